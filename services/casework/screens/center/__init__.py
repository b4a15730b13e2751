"""Whom a ward reported or sent to the child guidance centre."""
