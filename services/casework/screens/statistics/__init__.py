"""Numbers of a ward or of the city, of which none tells of somebody."""
