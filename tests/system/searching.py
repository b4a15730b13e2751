"""Searches all that a stack wrote for what was planted in it: every file of its data folder, and every row of every table."""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg

from infra.local.access import Access

MARK = "zqplanted"
"""With this every planted word begins; nothing else holds it, whatever the case of its letters."""

WORD = re.compile(MARK + "[a-z]{4}", re.IGNORECASE)
_LETTERS = 26
_WORD_LENGTH = len(MARK) + 4


def word(number: int) -> str:
    """The planted word of a number: letters alone, so that it may stand wherever a name, a field's name or an id may."""
    letters = ""
    for _ in range(4):
        number, rest = divmod(number, _LETTERS)
        letters = chr(ord("a") + rest) + letters
    return MARK + letters


@dataclass(frozen=True, slots=True)
class Found:
    """Where something planted lies: a file of the data folder, a table, or what was said; and the form in which it does."""

    place: str
    planted: str
    form: str = "as it was sent"


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: words by their mark, and `numbers`, each by the planted word that stands for it."""

    numbers: Mapping[str, str] = field(default_factory=dict)

    def text(self, place: str, content: str) -> Iterator[Found]:
        """What stands in a text, also in a column of bytes that PostgreSQL writes in hexadecimal digits."""
        yield from self.octets(place, content.encode("utf-8", "surrogatepass"))

    def octets(self, place: str, content: bytes) -> Iterator[Found]:
        """What stands in bytes, in any of the forms in which a store may write text."""
        for form, (needle, lead, read) in _FORMS.items():
            start = 0
            while (at := content.find(needle, start)) >= 0:
                start = at + len(needle)
                if (planted := read(content[max(0, at - lead) : at + 4 * _WORD_LENGTH])) is not None:
                    yield Found(place, planted, form)
        for number, planted in self.numbers.items():
            if content.find(number.encode()) >= 0:
                yield Found(place, planted, "its number")

    def files(self, root: Path) -> Iterator[Found]:
        """What stands in any file under a folder, links followed; named relative to it.

        Servers at work delete and rename files meanwhile: what is gone is passed over, and what has come is looked at in another round.
        """
        seen: set[Path] = set()
        while new := sorted(set(_files(root)) - seen):
            seen.update(new)
            for file in new:
                with suppress(FileNotFoundError):
                    yield from self.octets(_named(file, root), file.read_bytes())

    async def database(self, access: Access) -> list[Found]:
        """What stands in a row of any table of any schema of any database, those of PostgreSQL itself included."""
        server = await asyncpg.connect(access.admin_url("postgres"))
        names = [row["datname"] for row in await server.fetch("select datname from pg_database where datallowconn")]
        await server.close()
        return [found for name in names for found in await self._one_database(access, name)]

    async def _one_database(self, access: Access, name: str) -> list[Found]:
        patterns = "|".join([MARK, MARK.encode().hex(), *self.numbers, *(number.encode().hex() for number in self.numbers)])
        db = await asyncpg.connect(access.admin_url(name))
        try:
            tables = await db.fetch(
                """
                select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
                where c.relkind in ('r', 'm', 'p', 'f') and n.nspname not like 'pg_toast%' order by 1
                """
            )
            found = []
            for table in tables:
                rows = await db.fetch(f"select t::text as row from {table['name']} as t where t::text ~* $1", patterns)
                found += [each for row in rows for each in self.text(f"table {table['name']}", row["row"])]
            return found
        finally:
            await db.close()


def places(found: Iterable[Found]) -> list[str]:
    """The places of what was found, each with what lies there and how: what a failing test shows."""
    return sorted({f"{each.place}: {each.planted} ({each.form})" for each in found})


def _files(root: Path) -> Iterator[Path]:
    with suppress(FileNotFoundError):
        for entry in root.iterdir():
            if entry.is_dir():
                yield from _files(entry)
            elif entry.is_file():
                yield entry


def _named(file: Path, root: Path) -> str:
    return str(file.relative_to(root))


def _plain(content: bytes) -> str | None:
    found = WORD.match(content[:_WORD_LENGTH].decode("ascii", "replace"))
    return found.group().lower() if found else None


def _each_second(content: bytes) -> str | None:
    return _plain(content[::2])


def _hexadecimal(content: bytes) -> str | None:
    return _plain(bytes.fromhex(content[: 2 * _WORD_LENGTH].decode("ascii", "replace"))) if re.match(rb"[0-9a-fA-F]{26}", content) else None


def _base64_at(offset: int) -> tuple[bytes, int]:
    """The mark in base64 where it begins `offset` bytes into a group of three; and how many characters of the first group are unknown."""
    unknown = -(-offset * 8 // 6)
    known = (offset + len(MARK)) * 8 // 6
    return base64.b64encode(bytes(offset) + MARK.encode())[unknown:known], unknown


def _out_of_base64(content: bytes) -> str | None:
    # A word and the two bytes that may stand before it in its group are five groups.
    if re.match(rb"[0-9A-Za-z+/]{18}[0-9A-Za-z+/=]{2}", content) is None:
        return None
    found = WORD.search(base64.b64decode(content[:20]).decode("ascii", "replace"))
    return found.group().lower() if found else None


# Of each form: how the mark is written in it, how many bytes before that belong to it, and how a word is read out of it.
_FORMS = {
    "as it was sent": (MARK.encode(), 0, _plain),
    "in capitals": (MARK.upper().encode(), 0, _plain),
    "as UTF-16": (MARK.encode("utf-16-le"), 0, _each_second),
    "in hexadecimal digits": (MARK.encode().hex().encode(), 0, _hexadecimal),
    "in HEXADECIMAL digits": (MARK.encode().hex().upper().encode(), 0, _hexadecimal),
    **{f"in base64, from byte {offset} on": (*_base64_at(offset), _out_of_base64) for offset in range(3)},
}
