"""The list of reviews."""
