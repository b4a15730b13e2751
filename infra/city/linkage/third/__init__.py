"""The third population, written apart from the other two and from the linker: what it measures is said before anything is changed."""
