"""
The city, its wards and its sections: one file of the city's configuration, read once, at import.

Tsunagu comes with that of Fukuoka City (`organisation.toml`); another city's is named in TSUNAGU_ORGANISATION. `Ward` and all words for
places follow from it. Nothing here may import the values, which are made from it. `python -m contracts.organisation FILE` checks a file.
"""

import os
import re
import sys
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

OWN_FILE = Path(__file__).with_name("organisation.toml")
VARIABLE = "TSUNAGU_ORGANISATION"

SECTIONS = (
    "childcare_support_section",
    "community_health_welfare_section",
    "health_section",
    "child_family_division",
    "information_security",
    "data_owner_section",
    "guidance_center",
)
"""The codes of `contracts.values.Section`: what they may do is the product's, what they are called the city's."""

TAKEN = frozenset({"apart", "protected", "unknown", "none", "all", "other"})
"""Words that stand in the place of a ward somewhere: no ward is called so."""

_CODE = re.compile(r"[a-z][a-z0-9_]{0,29}")
_LONGEST_NAME = 40
_ANY = "*"
"""In a fixed list of the catalogue it matches any text (`catalogue/enums.toml`)."""


class Mistake(ValueError):
    """The file cannot be used. Says which file, which key, and what is the matter."""

    def __init__(self, file: Path, key: str, matter: str) -> None:
        super().__init__(f"{file}: {key}: {matter}")


@dataclass(frozen=True, slots=True)
class WardEntry:
    """A ward: its code, which is kept for ever, what it is called, and what the register writes for it besides that."""

    code: str
    name: str
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Organisation:
    """What the file says. `sections` are names by code; `phone` and `mail` are "" where they are not to be shown."""

    file: Path
    city: str
    phone: str
    mail: str
    sections: Mapping[str, str]
    wards: tuple[WardEntry, ...]

    @property
    def spellings(self) -> Mapping[str, str]:
        """
        What sources write for a ward, and its code: its name, with and without the city's, and what else the register writes.

        Each as it stands in the file, and in the form in which what sources write is compared.
        """
        told = {
            **{ward.name: ward.code for ward in self.wards},
            **{f"{self.city}{ward.name}": ward.code for ward in self.wards},
            **dict(sorted((spelling, ward.code) for ward in self.wards for spelling in ward.spellings)),
        }
        return told | {_plain(spelling): code for spelling, code in told.items()}

    @property
    def contact(self) -> str:
        """How to reach the division that leads, e.g. こども家庭課　電話 …; "" where the file says nothing of it."""
        ways = (f"電話 {self.phone}" if self.phone else "", self.mail)
        return "　".join(filter(None, (self.sections["child_family_division"], *ways))) if any(ways) else ""


def read(file: Path) -> Organisation:
    """Read a file. Raises Mistake, also where it is not there."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Mistake(file, "the file", f"cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise Mistake(file, "the file", "not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise Mistake(file, "the file", f"not TOML: {error}") from error
    return _Reading(file).organisation(content)


@dataclass(frozen=True, slots=True)
class _Reading:
    file: Path

    def organisation(self, content: Mapping[str, Any]) -> Organisation:
        self._only(content, "", ("city", "sections", "ward"))
        city, sections = self._table(content, "city"), self._table(content, "sections")
        self._only(city, "city.", ("name", "phone", "mail"))
        self._only(sections, "sections.", SECTIONS)
        names = {code: self._text(sections, "sections.", code) for code in SECTIONS}
        self._all_differ("sections", names.items())
        found = Organisation(
            self.file,
            self._text(city, "city.", "name"),
            self._text(city, "city.", "phone", least=0),
            self._text(city, "city.", "mail", least=0),
            names,
            self._wards(content.get("ward")),
        )
        self._spelled_once(found)
        return found

    def _wards(self, entries: Any) -> tuple[WardEntry, ...]:
        if not isinstance(entries, list) or not entries:
            raise Mistake(self.file, "ward", "at least one [[ward]]: a city without wards is one")
        wards = tuple(self._ward(f"ward[{number}].", entry) for number, entry in enumerate(entries))
        for part in ("code", "name"):
            self._all_differ("ward", ((f"[{number}].{part}", getattr(ward, part)) for number, ward in enumerate(wards)))
        return wards

    def _ward(self, at: str, entry: Any) -> WardEntry:
        if not isinstance(entry, dict):
            raise Mistake(self.file, at[:-1], "not a table: write [[ward]]")
        self._only(entry, at, ("code", "name", "spellings"))
        code = self._text(entry, at, "code")
        if not _CODE.fullmatch(code) or code in TAKEN:
            raise Mistake(
                self.file, f"{at}code", f"{code!r}: small letters, digits and underscores, at most 30, and none of {sorted(TAKEN)}"
            )
        spellings = entry.get("spellings", [])
        if not isinstance(spellings, list):
            raise Mistake(self.file, f"{at}spellings", "not a list")
        each = {f"spellings[{number}]": spelling for number, spelling in enumerate(spellings)}
        return WardEntry(code, self._text(entry, at, "name"), tuple(self._text(each, at, key) for key in each))

    def _spelled_once(self, found: Organisation) -> None:
        """Whoever is spelled as another would be taken for it, and a child would be shown to another ward."""
        seen: dict[str, int] = {}
        for number, ward in enumerate(found.wards):
            for spelling in sorted({ward.code, ward.name, f"{found.city}{ward.name}", *ward.spellings}):
                if _ANY in spelling:
                    raise Mistake(self.file, f"ward[{number}]", f"{spelling!r}: {_ANY} would take any text for this ward")
                if seen.setdefault(_plain(spelling), number) != number:
                    raise Mistake(self.file, f"ward[{number}]", f"{spelling!r} already means ward[{seen[_plain(spelling)]}]")

    def _table(self, content: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        table = content.get(key)
        if not isinstance(table, dict):
            raise Mistake(self.file, key, f"missing: write [{key}]")
        return table

    def _text(self, table: Mapping[str, Any], at: str, key: str, least: int = 1) -> str:
        text = table.get(key, "" if least == 0 else None)
        if not isinstance(text, str) or text != text.strip() or not least <= len(text) <= _LONGEST_NAME or _unseen(text):
            raise Mistake(
                self.file, f"{at}{key}", f"a text of {least} to {_LONGEST_NAME} characters that are seen, without blanks around it"
            )
        return text

    def _only(self, table: Mapping[str, Any], at: str, keys: Iterable[str]) -> None:
        for key in table:
            if key not in keys:
                raise Mistake(self.file, f"{at}{key}", "nobody reads this key")

    def _all_differ(self, at: str, named: Iterable[tuple[str, str]]) -> None:
        seen: dict[str, str] = {}
        for key, text in named:
            if seen.setdefault(text, key) != key:
                raise Mistake(self.file, f"{at}{key}" if key.startswith("[") else f"{at}.{key}", f"{text!r} stands there twice")


def _unseen(text: str) -> bool:
    """Whether there is something in a text that nobody sees: a control character, a line's end, a change of direction."""
    return not text.replace("\u3000", " ").isprintable()


def _plain(spelling: str) -> str:
    """Return a spelling in the form in which ingest looks for it (`services/ingest/domain/normalise.py`): １Ａ is 1a."""
    return unicodedata.normalize("NFKC", spelling).strip().casefold()


def _of_this_process() -> Organisation:
    """Read the file that the environment names. Every program does, first of all: whoever wrote the file is told which key, and no more."""
    try:
        return read(Path(os.environ.get(VARIABLE) or OWN_FILE))
    except Mistake as error:
        raise SystemExit(f"{VARIABLE}: {error}") from None


ORGANISATION = _of_this_process()
"""The one that this process works for."""


def main(arguments: list[str]) -> None:
    """The command: says what a file says, or what is the matter with it."""
    try:
        found = read(Path(arguments[0]) if arguments else OWN_FILE)
    except Mistake as error:
        sys.exit(f"{error}")
    wards = ", ".join(f"{ward.code} {ward.name}" for ward in found.wards)
    sys.stdout.write(f"{found.city}: {len(found.wards)} wards ({wards}), {len(found.sections)} sections\n")


if __name__ == "__main__":
    main(sys.argv[1:])
