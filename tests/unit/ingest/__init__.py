"""What may come in, decided purely."""
