"""
Whether a record that carries no number is about a person of the register: compare, weigh, and let a gate decide.

`profiles.py` (what is compared) → `blocking.py` (who may be meant) → `comparing.py` (a level per field) → `weighing.py` (bits, by
the table in `models/`) → `rules.py`, `gate.py` and `deciding.py` (a link, a person's look, or somebody new). `register.py` holds a
whole register in memory, for bulk. Everything here is pure. Source of the method: Fellegi & Sunter, 1969; what must never be linked:
`domain.md` §2.8.
"""
