"""What was found and waits for people: what it is about, how it may be moved, and by whom."""
