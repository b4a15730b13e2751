"""What was read in emergencies, and who looks into it."""
