"""Keeps every access and decision so that nobody can alter one unseen."""
