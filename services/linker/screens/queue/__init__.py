"""What waits for people, oldest first."""
