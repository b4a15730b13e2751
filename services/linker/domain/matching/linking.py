"""Decides about a raw record by a whole register in memory."""

from services.linker.domain.matching.deciding import decide, read, weighed
from services.linker.domain.matching.decisions import Candidate, Decision
from services.linker.domain.matching.register import Register
from services.linker.domain.matching.weighing import Scale
from services.linker.domain.normalising import Raw


def linked(register: Register, raw: Raw, scale: Scale, *, number: str = "") -> tuple[list[Candidate], Decision]:
    """Return who may be meant, the likeliest first, and what is decided. `number` is the 宛名番号 that the record carries, or ""."""
    record, slipped = read(raw)
    people = register.alike(record)
    number_row = register.row_of(number) if number else None
    if number_row is not None:
        people[number_row] = register.profiles[number_row]
    candidates = weighed(record, people.items(), scale)
    return candidates, decide(record, candidates, scale, number_row=number_row, slipped=slipped)
