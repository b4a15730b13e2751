"""
What sources write about a person in one spelling each, for comparing: pure, total, and the same for every spelling of one thing.

The raw values are kept by whoever calls (`Raw` holds them). A decision that rests on a `Normal` names `VERSION`.
"""

from contracts.quick import quick
from contracts.writing import characters, kana, names
from services.linker.domain.normalising import addresses, dates, latin
from services.linker.domain.normalising.addresses import Address
from services.linker.domain.normalising.dates import Birth
from services.linker.domain.normalising.sexes import sex

__all__ = ["VERSION", "Address", "Birth", "Normal", "Raw", "normalised"]

VERSION = "normal-4"
"""Changes with whatever changes an answer of `normalised`: code or tables, those of `contracts.writing` included."""


@quick(frozen=True, slots=True)
class Raw:
    """What a source says of a person, as it came; "" where it says nothing."""

    family: str = ""
    given: str = ""
    family_kana: str = ""
    given_kana: str = ""
    former_family: str = ""
    former_given: str = ""
    latin: str = ""
    birth_date: str = ""
    sex: str = ""
    address: str = ""
    household_no: str = ""
    guardian: str = ""


@quick(frozen=True, slots=True)
class Normal:
    """The same in one spelling; empty where nothing is said, or nothing that can be read."""

    family: str
    given: str
    family_kana: str
    given_kana: str
    former_family: tuple[str, ...]
    former_given: tuple[str, ...]
    latin: tuple[str, ...]
    birth: Birth
    sex: str
    address: Address
    household_no: str
    guardian: tuple[str, ...]


def normalised(raw: Raw) -> Normal:
    """Return what `raw` says in one spelling. Never raises, whatever stands there."""
    return Normal(
        family=names.family(raw.family),
        given=names.given(raw.given),
        family_kana=kana.spelled(raw.family_kana),
        given_kana=kana.spelled(raw.given_kana),
        former_family=_each(raw.former_family),
        former_given=_each(raw.former_given, families=False),
        latin=latin.tokens(raw.latin),
        birth=dates.birth(raw.birth_date),
        sex=sex(raw.sex),
        address=addresses.address(raw.address),
        household_no=characters.folded(raw.household_no),
        guardian=_each(raw.guardian),
    )


def _each(text: str, *, families: bool = True) -> tuple[str, ...]:
    if not text:
        return ()
    read = names.family if families else names.given
    return tuple(name for each in names.several(text) if (name := read(each)))
