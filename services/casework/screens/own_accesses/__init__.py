"""The list of one's own looks and deeds."""
