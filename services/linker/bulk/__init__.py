"""`tsunagu linker bulk`: the first load of a city, or linking it anew, from files to a file of decisions."""
