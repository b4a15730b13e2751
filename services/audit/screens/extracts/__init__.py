"""The list of extracts."""
