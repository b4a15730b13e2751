"""Stories: their format, their events, their report."""
