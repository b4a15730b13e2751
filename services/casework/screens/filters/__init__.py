"""Conditions of the list that are kept under names."""
