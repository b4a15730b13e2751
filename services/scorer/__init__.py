"""Evaluates indicators and says which children people should look at."""
