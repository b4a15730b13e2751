"""What became of one bundle that was brought."""
