"""Documents on paper: HTML becomes a tagged PDF, in a program of its own that is bounded in size, memory and time."""
