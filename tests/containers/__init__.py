"""The installation on containers, on a real engine."""
