"""Children that are given to a colleague: what that would do, before it is done."""
