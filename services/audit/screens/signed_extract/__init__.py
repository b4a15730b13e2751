"""One extract."""
