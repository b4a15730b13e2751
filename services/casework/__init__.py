"""What the ward's people see, decide and do."""
