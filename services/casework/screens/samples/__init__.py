"""Quiet requests that were drawn for a person to judge (`casework.md` §2.4)."""
