"""A child on paper."""
