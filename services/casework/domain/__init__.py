"""Rules of casework: who may see what, how a case moves, how reasons are worded. Pure."""
