"""One ruleset: in words, in numbers, and what can be done with it."""
