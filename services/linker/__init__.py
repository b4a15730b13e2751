"""Makes one child and one household out of many records."""
