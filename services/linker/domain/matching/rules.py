"""The exact rules: given name and birth date agree in full, and so does the home. Most records need nothing else."""

from collections.abc import Callable

from services.linker.domain.matching.decisions import Candidate
from services.linker.domain.matching.levels import Level

Rule = Callable[[Candidate], bool]

_WRITTEN = frozenset({Level.KANJI})
_READ = frozenset({Level.KANJI, Level.KANA, Level.HOMOPHONE})


def _address(candidate: Candidate) -> bool:
    return candidate.compared.address is Level.EQUAL


def _guardian(candidate: Candidate) -> bool:
    return candidate.compared.guardian is Level.EQUAL


def _written(candidate: Candidate) -> bool:
    return candidate.compared.family.level in _WRITTEN and candidate.compared.given.level in _WRITTEN


def _spoken(candidate: Candidate) -> bool:
    return candidate.compared.family.level in _READ and candidate.compared.given.level in _READ


def _renamed(candidate: Candidate) -> bool:
    return candidate.compared.family.level is Level.FORMER


def _latin(candidate: Candidate) -> bool:
    return candidate.compared.given.level is Level.LATIN


RULES: tuple[tuple[str, Rule], ...] = (
    ("R1 written name, birth date, address", lambda candidate: _written(candidate) and _address(candidate)),
    ("R2 reading, birth date, address", lambda candidate: _spoken(candidate) and _address(candidate)),
    ("R3 written name, birth date, guardian", lambda candidate: _written(candidate) and _guardian(candidate)),
    ("R4 reading, birth date, guardian", lambda candidate: _spoken(candidate) and _guardian(candidate)),
    ("R5 given name, former family name, birth date, home", lambda candidate: _renamed(candidate) and candidate.homes > 0),
    ("R6 latin name, birth date, home", lambda candidate: _latin(candidate) and candidate.homes > 0),
)
"""In the order in which they are tried. Each wants the birth date and a given name that nothing speaks against, too."""


def exact_rule(candidate: Candidate) -> str:
    """Return the first rule that holds for a candidate, or ""."""
    if candidate.compared.birth is not Level.EQUAL or not candidate.given_is_sure:
        return ""
    return next((name for name, rule in RULES if rule(candidate)), "")
