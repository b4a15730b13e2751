"""What readers say of the manual, for the coordinator to answer."""
