"""Questionnaires of those who use the system (EVAL-04)."""
