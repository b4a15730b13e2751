"""The page of a child, with and without its sensitive items."""
