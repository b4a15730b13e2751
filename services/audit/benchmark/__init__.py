"""Synthetic months of a city's staff at work, with misuse planted among them: how much of it rules find, and how much else they raise."""
