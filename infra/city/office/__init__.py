"""The staff of a ward at work in the demonstration: by their own logins, through casework's API, on the days of the city's nights."""
