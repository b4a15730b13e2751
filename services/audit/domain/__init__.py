"""What the log is made of, without a database or a clock: tree, notes, leaves, the rules of a sound log."""
