"""What the lists were worth, by reviews that people ended."""
