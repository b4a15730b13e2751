"""Reading a child of another ward in an emergency: why, and whom."""
