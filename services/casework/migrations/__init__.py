"""The tables of casework, in order."""
