"""The files of a child's cases."""
