"""What people are asked about who is who: what speaks for and against it, what would follow, and who may answer. Pure."""
