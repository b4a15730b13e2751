"""
Rows whose fields slipped into their neighbours' columns: a separator too many or too few, or a column that was inserted.

What a value is can be seen: a date, a sex, an address, a reading, a name. Where one stands in a column of another kind, the values are laid
into the columns anew, in their order. Such a row is linked by an exact rule or by people, never by a pattern that forgives slips.
"""

from collections.abc import Callable, Iterable
from dataclasses import fields
from unicodedata import normalize

from contracts.writing.kana import spelled
from contracts.writing.names import parted
from services.linker.domain.matching.profiles import is_reading
from services.linker.domain.normalising import Normal, Raw
from services.linker.domain.normalising.addresses import address
from services.linker.domain.normalising.dates import birth
from services.linker.domain.normalising.sexes import sex

_COLUMNS = tuple(field.name for field in fields(Raw) if field.name != "household_no")
_DIGITS_OF_A_DATE = 5
_DIGITS_AFTER_AN_ERA = 3
"""R1/5/1: an era says that it is a date."""
_ERAS = frozenset("MTSHR明大昭平令")


def _is_date(value: str) -> bool:
    least = _DIGITS_AFTER_AN_ERA if normalize("NFKC", value[:1]).upper() in _ERAS else _DIGITS_OF_A_DATE
    return sum(sign.isdigit() for sign in value) >= least and birth(value).day is not None


def _is_sex(value: str) -> bool:
    return bool(sex(value))


def _is_address(value: str) -> bool:
    read = address(value)
    return bool(read.town and read.numbers)


def _is_kana(value: str) -> bool:
    return is_reading(spelled(value))


_KINDS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("birth_date", _is_date),
    ("sex", _is_sex),
    ("address", _is_address),
    ("kana", _is_kana),
)


def repaired(raw: Raw, normal: Normal) -> Raw | None:
    """Return a row with its values in their columns, or None where nothing shows that they are not."""
    if normal.birth.year is not None:
        return None
    told = [(column, value, _kind(value)) for column in _COLUMNS if (value := getattr(raw, column))]
    if not any(kind == "birth_date" and column != "birth_date" for column, _, kind in told):
        return None
    return _laid_anew([(value, kind) for _, value, kind in told])


def _kind(value: str) -> str:
    return next((kind for kind, holds in _KINDS if holds(value)), "name")


def _laid_anew(told: list[tuple[str, str]]) -> Raw:
    """Names before the birth date are the child's, the one behind it is the guardian's."""
    born = next(place for place, (_, kind) in enumerate(told) if kind == "birth_date")
    family, given = _two(value for value, kind in told[:born] if kind == "name")
    family_kana, given_kana = _two(value for value, kind in told[:born] if kind == "kana")
    return Raw(
        family=family,
        given=given,
        family_kana=family_kana,
        given_kana=given_kana,
        birth_date=told[born][0],
        sex=_first(told, "sex"),
        address=_first(told, "address"),
        guardian=_first(told[born:], "name"),
    )


def _two(values: Iterable[str]) -> tuple[str, str]:
    found = list(values)
    if len(found) == 1:
        return parted(found[0])
    return (found[0], found[1]) if found else ("", "")


def _first(told: Iterable[tuple[str, str]], wanted: str) -> str:
    return next((value for value, kind in told if kind == wanted), "")
