"""
What a page or an answer is given, and what the log keeps of it: one and the same.

A template (or a program) gets a `Sheet` and nothing else of anybody. Each part of a sheet says what the log calls it, so what is kept as
shown is what was given: there is no second list that could differ.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from inspect import get_annotations
from typing import Annotated, Any, ClassVar, get_origin

from contracts.deeds.deed import Deed
from contracts.ids import PersonId


@dataclass(frozen=True, slots=True)
class Says:
    """
    The part shows, where there is something in it, what the log calls `name`. A program is `even` told that there is none.

    A part that shows two things has two of these.
    """

    name: str
    even: bool = False


class Plain:
    """The part shows nothing of the person the sheet is about: an address, a heading, other people. Those are told by their own lines."""


class Lines:
    """The part's lines show what they show of whomever the sheet is about: of a list, of everybody in it."""


PLAIN, LINES = Plain(), Lines()
Mark = Says | Plain | Lines


class Unsaid(str):
    """Stands in the place of something that is not shown."""

    __slots__ = ()


def _marks(hint: object) -> tuple[Mark, ...]:
    return tuple(mark for mark in getattr(hint, "__metadata__", ()) if isinstance(mark, Says | Plain | Lines))


def _is_part(hint: object) -> bool:
    return get_origin(hint) is not ClassVar


class Sheet:
    """A page or an answer, or a line of one. Every part is marked. `named_by` is the part that names the whole line, e.g. its item."""

    __slots__ = ()
    named_by: ClassVar[str | None] = None
    marks: ClassVar[Mapping[str, tuple[Mark, ...]]] = {}

    def __init_subclass__(cls) -> None:
        """Refuse a part without a mark: nobody can forget to say what it tells."""
        parts_of_it = {name: hint for name, hint in get_annotations(cls).items() if _is_part(hint)}
        own = {name: (PLAIN,) if cls.named_by is not None else _marks(hint) for name, hint in parts_of_it.items()}
        unmarked = [name for name, marks in own.items() if not marks]
        if unmarked:
            raise TypeError(f"{cls.__name__}: what does the log call {', '.join(unmarked)}?")
        cls.marks = {name: marks for name, marks in cls.marks.items() if name not in own} | own

    def etag(self) -> str | None:
        """Return its version, where a program needs it."""
        return None

    def file_name(self) -> str:
        """Return what it is called as a file."""
        return "sheet.pdf"

    def count(self) -> int | None:
        """Return how many lines it has, where it is a list."""
        return None


class OfPerson(Sheet):
    """A line about somebody: who stands in a page beside has an entry of their own. Without a `person_id` it is about nobody."""

    __slots__ = ()
    kept_as: ClassVar[Deed | None] = None
    """What the log calls it that this line shows somebody, where it is not what the screen's lines about people are called (`beside`)."""
    # Each kind of line says itself where among its parts these stand, and whether it shows the second.
    person_id: Annotated[PersonId | None, PLAIN]
    protected: Annotated[bool, PLAIN]


def parts(sheet: Sheet) -> Mapping[str, Any]:
    """Return the parts by name, as a template reads them."""
    return {name: getattr(sheet, name) for name in sheet.marks}


def told(sheet: Sheet) -> tuple[str, ...]:
    """Return the log's names for what a sheet shows, each once, in the order of its parts."""
    return tuple(dict.fromkeys(_told(sheet)))


def people(sheet: Sheet) -> Iterator[OfPerson]:
    """Return every line about somebody, wherever it stands."""
    for value in parts(sheet).values():
        yield from _people(value)


def lines_of_others(sheet: Sheet) -> tuple[list[OfPerson], ...]:
    """Return the lines of everybody who stands in a page beside: of some there are several."""
    lines: dict[PersonId, list[OfPerson]] = {}
    for line in people(sheet):
        if line.person_id is not None and told(line):
            lines.setdefault(line.person_id, []).append(line)
    return tuple(lines.values())


def _told(sheet: Sheet) -> Iterator[str]:
    if sheet.named_by is not None:
        yield str(getattr(sheet, sheet.named_by))
        return
    marked = [(getattr(sheet, name), mark) for name, marks in sheet.marks.items() for mark in marks]
    yield from (mark.name for value, mark in marked if isinstance(mark, Says) and not _is_nothing(value, even=mark.even))
    for value, mark in marked:
        if isinstance(mark, Lines):
            for line in _flat(value):
                yield from _told(line)


def _is_nothing(value: object, *, even: bool) -> bool:
    if even:
        return value is None or value == () or isinstance(value, Unsaid)
    return not value or isinstance(value, Unsaid)


def _people(value: object) -> Iterator[OfPerson]:
    for line in _flat(value):
        if isinstance(line, OfPerson):
            yield line
        else:
            yield from people(line)


def _flat(value: object) -> Iterator[Sheet]:
    """Return the sheets in a part: a line, lines, or groups of lines."""
    if isinstance(value, Sheet):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _flat(each)
    elif isinstance(value, list | set | frozenset):
        raise TypeError("lines of a page are tuples: of anything else the log would not see what it shows")
