"""How well records are linked, on files with known answers: `tsunagu linker evaluate`. Nothing of the running service is touched."""
