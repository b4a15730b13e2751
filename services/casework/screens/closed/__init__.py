"""What was closed: so that a case that ended is found again without knowing its address."""
