"""The runtime's tables, the same in every service's schema."""
