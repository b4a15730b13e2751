"""What a program is told of a child."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from contracts.ids import CaseId, PersonId
from contracts.values import CaseState, IndicatorValue, Item, Section, Sex, Source, Ward
from services.casework import phrases
from services.casework.domain.case import Case
from services.casework.domain.review import Reason
from services.casework.domain.wording import notices, sensitive_kind
from services.casework.screens.child.handing import HandoverAnswer, handover_answer
from services.casework.screens.child.rows import Child
from services.casework.sheets import LINES, PLAIN, Says, Sheet


@dataclass(frozen=True, slots=True)
class Indicator(Sheet):
    """One indicator as it was told."""

    named_by = "item"
    item: Item
    value: IndicatorValue
    counted: bool
    valid_from: date | None
    valid_to: date | None
    known_at: datetime
    reason_code: str
    source: Source
    fresh_through: date | None
    stale_since: date | None


@dataclass(frozen=True, slots=True)
class CaseAnswer:
    """The child's case."""

    case_id: CaseId
    ward: Ward | None
    """The ward that owns it; of a protected child it is not told."""
    state: CaseState
    due_on: date
    lead_section: Section | None
    outcome: str | None
    asks: str | None
    """The move that waits for another person's approval."""


@dataclass(frozen=True, slots=True)
class ChildAnswer(Sheet):
    """A child under review."""

    person_id: Annotated[PersonId, PLAIN]
    name: Annotated[str | None, Says("name", even=True)]
    kana: Annotated[str | None, Says("kana", even=True)]
    birth_date: Annotated[date | None, Says("birth_date", even=True)]
    sex: Annotated[Sex, Says("sex", even=True)]
    ward: Annotated[Ward | str | None, Says("ward", even=True)]
    address_code: Annotated[str | None, Says("address_code", even=True)]
    left_on: Annotated[date | None, Says("left_on")]
    protected: Annotated[bool, Says("protected", even=True)]
    opened_on: Annotated[date, Says("opened_on", even=True)]
    as_of: Annotated[date, PLAIN]
    needed: Annotated[bool, Says("needed", even=True)]
    overdue_since: Annotated[date | None, Says("overdue_since", even=True)]
    basis_changed: Annotated[bool, Says("basis_changed", even=True)]
    support_unknown: Annotated[bool, Says("support_unknown", even=True)]
    indicators: Annotated[tuple[Indicator, ...], LINES]
    hidden_items: Annotated[int, Says("hidden_items", even=True)]
    case: Annotated[CaseAnswer | None, Says("case")]
    handover: Annotated[HandoverAnswer | None, Says("handover")]
    moves: Annotated[tuple[str, ...], PLAIN]
    version: Annotated[str, PLAIN]

    def etag(self) -> str:
        """Return the version that a move must name."""
        return self.version


def answer(child: Child, moves: tuple[str, ...], version: str, *, shows_whereabouts: bool) -> ChildAnswer:
    """Say all that a program is told. Sensitive items are a number."""
    shown = [reason for reason in child.latest.reasons if sensitive_kind(reason.item) is None]
    return ChildAnswer(
        person_id=child.person_id,
        name=child.name,
        kana=child.kana,
        birth_date=child.birth_date,
        sex=child.sex,
        ward=child.lives_in if shows_whereabouts else phrases.HIDDEN,
        address_code=child.address_code if shows_whereabouts else phrases.HIDDEN,
        left_on=child.left_on if shows_whereabouts else None,
        protected=child.protected,
        opened_on=child.opened_on,
        as_of=child.latest.as_of,
        needed=child.needed,
        overdue_since=child.overdue_since,
        basis_changed=child.basis_changed,
        support_unknown=bool(notices(child.latest.reasons)),
        indicators=tuple(map(_indicator, shown)),
        hidden_items=len(child.latest.reasons) - len(shown),
        case=_case(child.case, protected=child.protected) if child.case else None,
        handover=handover_answer(child.file) if shows_whereabouts else None,
        moves=moves,
        version=version,
    )


def _case(case: Case, *, protected: bool) -> CaseAnswer:
    return CaseAnswer(case.case_id, None if protected else case.ward, case.state, case.due_on, case.lead_section, case.outcome, case.asks)


def _indicator(reason: Reason) -> Indicator:
    return Indicator(
        item=reason.item,
        value=reason.value,
        counted=reason.counted,
        valid_from=reason.valid_from,
        valid_to=reason.valid_to,
        known_at=reason.known_at,
        reason_code=reason.reason_code,
        source=reason.source,
        fresh_through=reason.fresh_through,
        stale_since=reason.stale_since,
    )
