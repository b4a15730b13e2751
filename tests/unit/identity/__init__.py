"""People, passwords and codes."""
