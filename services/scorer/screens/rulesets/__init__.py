"""Every ruleset, and how it stands."""
