"""Misuse by those who may look: rules over entries of a window (audit.md §5), one module a rule, pure."""
