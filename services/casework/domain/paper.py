"""What a child is put on paper for, and why: the four papers of ward work (`casework.md` §6.1). Each carries what it is for, no more."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Paper(StrEnum):
    """A paper about a child."""

    CONFERENCE = "conference_sheet"
    INVESTIGATION = "investigation_sheet"
    VISIT = "visit_form"
    HANDOVER = "handover_sheet"


class Purpose(StrEnum):
    """Why somebody puts a child on paper; kept with the access."""

    CONFERENCE = "for_conference"
    INVESTIGATION = "for_investigation"
    VISIT = "for_visit"
    HANDOVER = "for_handover"
    APPROVAL = "for_approval"


TITLES: Mapping[Paper, str] = MappingProxyType(
    {Paper.CONFERENCE: "協議シート", Paper.INVESTIGATION: "調査票", Paper.VISIT: "訪問票", Paper.HANDOVER: "引継書"}
)
PURPOSES: Mapping[Purpose, str] = MappingProxyType(
    {
        Purpose.CONFERENCE: "三課の協議で使うため",
        Purpose.INVESTIGATION: "調査の回答をまとめるため",
        Purpose.VISIT: "訪問に持っていくため",
        Purpose.HANDOVER: "引継ぎ先に渡すため",
        Purpose.APPROVAL: "決裁や上司への説明のため",
    }
)
NEEDS_A_CASE = frozenset({Paper.VISIT, Paper.HANDOVER})
"""Nobody is visited, and nothing is handed over, before people have begun."""
WITH_SENSITIVE = frozenset({Paper.CONFERENCE, Paper.INVESTIGATION, Paper.HANDOVER})
"""Papers on which sensitive items may stand, once they were opened. What is carried to a visit may be lost on the way."""

_ON_EVERY_PAPER = frozenset({"name", "kana", "born", "sex", "protected", "voided", "case"})
_REASONS = frozenset({"items", "hidden_reasons", "changed", "overdue"})
_HOME = frozenset({"place", "town", "household_no", "siblings", "adults", "left"})
PARTS: Mapping[Paper, frozenset[str]] = MappingProxyType(
    {
        Paper.CONFERENCE: _ON_EVERY_PAPER | _REASONS | _HOME | {"answers", "contacts"},
        Paper.INVESTIGATION: _ON_EVERY_PAPER | _REASONS | _HOME,
        Paper.VISIT: _ON_EVERY_PAPER | (_HOME - {"household_no"}) | {"approach", "contacts"},
        Paper.HANDOVER: _ON_EVERY_PAPER | _REASONS | _HOME | {"history", "handover"},
    }
)
"""Which parts of a child's page, and what more, stand on which paper."""


def offered(*, has_case: bool, with_sensitive: bool) -> tuple[Paper, ...]:
    """Return the papers that there are for a child, on its page or on the one with its sensitive items."""
    return tuple(paper for paper in Paper if (has_case or paper not in NEEDS_A_CASE) and (not with_sensitive or paper in WITH_SENSITIVE))
