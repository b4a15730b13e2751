"""What the scorer decides, without any effect: ages, facts, indicators, rulesets, review signals."""
