"""How records become persons, households, pregnancies and measures: pure functions of the current records, whatever their order."""
