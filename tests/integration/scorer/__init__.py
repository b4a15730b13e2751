"""The scorer with a real PostgreSQL."""
