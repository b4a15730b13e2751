"""Names in one spelling, for comparing only: what is kept and told is the name as it came (`domain.md` §6.2)."""

from typing import Protocol

from contracts.writing.characters import remembered, written


@remembered(65_536)
def comparable(name: str) -> str:
    """
    Return a name in the spelling in which two names are compared, whichever of its parts it is, and whether kanji or its reading.

    Small kana, long vowels and voiced marks stay: they make another name. What is no name at all is compared as it came.
    """
    return written(name, families=True) or "".join(name.split())


class Named(Protocol):
    """Whoever has a name, as far as it is known."""

    @property
    def name(self) -> str | None:
        """The name as it came."""
        ...

    @property
    def kana(self) -> str | None:
        """Its reading as it came."""
        ...


def given_name(name: str | None) -> str | None:
    """Return the given name, for comparing: what follows the family name; None where no space parts them."""
    parts = (name or "").split()
    return comparable(parts[-1]) if len(parts) > 1 else None


def may_be_one_name(one: Named, other: Named) -> bool:
    """Whether two names may be one: the readings decide where both have one, else the signs; what is not known excludes nobody."""
    if one.kana is not None and other.kana is not None:
        return comparable(one.kana) == comparable(other.kana)
    return one.name is None or other.name is None or comparable(one.name) == comparable(other.name)
