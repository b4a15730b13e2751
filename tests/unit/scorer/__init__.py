"""The scorer's pure domain."""
