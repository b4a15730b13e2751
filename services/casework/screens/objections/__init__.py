"""Requests to suspend the use of data, for the privacy officer to decide."""
