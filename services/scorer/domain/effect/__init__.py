"""
What the lists were worth (`domain.md` EVAL-02, EVAL-03): reviews that people ended, held against what were their reasons.

Numbers of a few are not shown: `figures` leaves them out. Nothing here changes a rule; people do, by a proposal (`standing.py`).
"""
