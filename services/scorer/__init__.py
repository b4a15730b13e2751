"""The scorer service: facts per child, indicators, rulesets, review signals."""
