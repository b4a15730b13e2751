"""Lists of children that leave the system as a file: asked for, approved by another person, taken, deleted."""
