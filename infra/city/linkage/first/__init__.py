"""The first population: families of a city as its register holds them, and school-side records with the slips of people who type."""
