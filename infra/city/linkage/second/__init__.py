"""The second population, written apart: other names, other families, other ways to go wrong. No figure of the linker is tuned on it."""
