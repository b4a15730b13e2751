"""What people decided, so that it can be taken back."""
