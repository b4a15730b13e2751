"""Where a ruleset is proposed."""
