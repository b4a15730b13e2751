"""Meetings of the review board: when, who, about what, and what came of it (ROLE-09, EVAL-05)."""
