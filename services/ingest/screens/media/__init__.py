"""What was brought on removable media."""
