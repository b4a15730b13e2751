"""The runtime: pure parts."""
