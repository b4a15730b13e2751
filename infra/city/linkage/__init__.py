"""
Cities made to be difficult to link: a register, records without a number, and whom each record is about.

Three populations, written apart from each other and from the linker's normaliser: they share the tables (`tables.py`) and what writes them
(`writing.py`), and nothing else.
"""
