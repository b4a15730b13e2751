"""The purpose register, a line for each source."""
