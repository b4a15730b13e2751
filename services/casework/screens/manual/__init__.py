"""The manual, a chapter at a time, and what its readers say of it."""
