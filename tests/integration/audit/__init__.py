"""The audit service against real servers."""
