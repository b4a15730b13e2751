"""By what the list can be narrowed: whose work it is, of which age, for which kind of reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from contracts.catalogue import ITEMS
from contracts.ids import StaffId
from contracts.values import Group
from services.casework.domain.calendar import born_from

FILTERS_OF_ONE, FILTERS_OF_A_WARD = 20, 20
"""So many conditions somebody may keep, and so many may be shared in a ward [PROP]: a list of lists helps nobody."""
_ELEMENTARY, _PRESCHOOL = 3, 9
"""So many years later than the oldest who are looked at were born who is in 小学校, and who is not in school yet."""


class Owner(StrEnum):
    """Whose work, where it is no id of a colleague's."""

    MINE = "mine"
    NOBODY = "nobody"


class Age(StrEnum):
    """By school: an age alone does not tell which."""

    PRESCHOOL = "preschool"
    ELEMENTARY = "elementary"
    JUNIOR_HIGH = "junior_high"


AGES: Mapping[Age, str] = MappingProxyType({Age.PRESCHOOL: "小学校に入る前", Age.ELEMENTARY: "小学生", Age.JUNIOR_HIGH: "中学生"})
GROUPS: Mapping[Group, str] = MappingProxyType(
    {Group.CHK: "乳幼児健診", Group.GROW: "体重", Group.SCH: "学校", Group.CONN: "行政とのつながり"}
)
"""
Groups of reasons by which the list is narrowed: those without any sensitive item.

Whoever narrowed by another would learn of each child in the list what the list does not name.
"""
assert not {item.group for item in ITEMS.values() if item.sensitivity is not None} & GROUPS.keys()  # noqa: S101 -- the catalogue may change


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What is left of the list: the work of one, or of nobody; born from a day and before another; with a group of reasons."""

    owner: StaffId | None = None
    nobodys: bool = False
    group: Group | None = None
    born_from: date | None = None
    born_before: date | None = None


def born_between(age: Age, today: date) -> tuple[date, date | None]:
    """Return the first day of birth of an age, and the first that is too young for it. A school year's children are born from 2 April."""
    oldest = born_from(today)
    elementary, preschool = (oldest.replace(year=oldest.year + years) for years in (_ELEMENTARY, _PRESCHOOL))
    match age:
        case Age.JUNIOR_HIGH:
            return oldest, elementary
        case Age.ELEMENTARY:
            return elementary, preschool
        case Age.PRESCHOOL:
            return preschool, None
