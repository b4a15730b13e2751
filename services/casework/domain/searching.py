"""
Whom a name asks for, however it is typed: kana or kanji, either form of a kanji, from the family name or the given name on.

Pure. A person looks at what is found: what only looks alike is found rather than missed (`domain.md` §6.2).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from contracts.writing import kana, names
from contracts.writing.characters import LONGEST

LATELY = timedelta(hours=1)
SEARCHES_MOST = 60
"""So often somebody may search within any hour: one a minute. Whoever needs more looks around (`casework.md` §4.1)."""


def lately(made: Sequence[datetime], now: datetime) -> list[datetime]:
    """Return which of the searches `made` were within the last hour."""
    return sorted(each for each in made if now - LATELY < each)


def next_search_at(made: Sequence[datetime]) -> datetime | None:
    """Return from when on somebody may search again who searched so within the last hour; None where they may now."""
    return made[-SEARCHES_MOST] + LATELY if len(made) >= SEARCHES_MOST else None


def is_called(asked: str, *called: str | None) -> bool:
    """Whether somebody's name, or its reading, begins with what is asked; its given name may, too."""
    return any(_begins(asked, each, spelled) for each in called if each for spelled in (names.family, _sound))


def _begins(asked: str, name: str, spelled: names.Spelled) -> bool:
    wanted = "".join(_words(asked, spelled))
    if not wanted:
        return False
    words = list(_words(name, spelled))
    rests = ["".join(words[first:]) for first in range(len(words))]
    # Typed without a blank, a name may begin as one hears it after another: キョウコオオノ.
    return any(rest.startswith(wanted) or spelled(rest).startswith(spelled(wanted)) for rest in rests)


def _words(text: str, spelled: names.Spelled) -> Iterator[str]:
    return map(spelled, names.several(text[:LONGEST]))


def _sound(text: str) -> str:
    return kana.sound(kana.spelled(text))
