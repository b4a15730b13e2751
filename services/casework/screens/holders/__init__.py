"""Who knows where a protected child is."""
