"""What a child's page says."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, TypedDict

from contracts.deeds import casework as deeds
from contracts.ids import PersonId
from contracts.values import CaseState
from infra.pages import dates
from services.casework import phrases
from services.casework.domain import flow, wording
from services.casework.domain.feeds import freshness
from services.casework.domain.review import came_or_went
from services.casework.screens.child.case import CaseBox, case_box
from services.casework.screens.child.disputes import DisputeLine, dispute_lines
from services.casework.screens.child.handing import HandoverBox, ReportBox, handed
from services.casework.screens.child.history import AnswerLine, PastLine, answers
from services.casework.screens.child.items import Items, counted, items_of, opening_shows_more
from services.casework.screens.child.limits import Limits
from services.casework.screens.child.offer import Offer
from services.casework.screens.child.rows import Child, Double, Looked, Mate
from services.casework.screens.child.timeline import TimelineSheet, timeline
from services.casework.screens.reviews.said import FeedLine, feed_lines
from services.casework.sheets import LINES, PLAIN, OfPerson, Says, Sheet

STEPS: tuple[tuple[str, tuple[CaseState, ...]], ...] = (
    ("把握", (CaseState.NOTICED,)),
    ("調査", (CaseState.INVESTIGATION,)),
    ("協議", (CaseState.CONFERENCE, CaseState.DEFERRED)),
    ("アプローチ", (CaseState.APPROACH,)),
    ("アセスメント", (CaseState.ASSESSMENT,)),
    ("プラン", (CaseState.PLANNING,)),
    ("支援・見守り", (CaseState.SUPPORT, CaseState.WATCH_OVER)),
    ("終結", (CaseState.CLOSED,)),
)

STILL_NEEDED = "いまの記録でも、要確認のきっかけは残っています。"
SAME_REASONS = "きっかけは、加わっても減ってもいません。新しい日付の記録が届いたか、分からなかったことが分かっています。"
NOT_NEEDED = "いまの記録では、要確認のきっかけに当たらなくなりました。自動では閉じません。内容を見て、職員が決めてください。"
"""Of a review whose records have changed: whether the ruleset would still ask for it."""

HIDDEN_BY_MEASURE = "支援措置のため、表示できる人はいません。"
OF_ANOTHER_WARD = "いまの住所がこの区ではないため、表示できる人はいません。"
"""Of a household of whom nobody is shown, though there may be somebody: an adult who moved with the child is seen by their ward alone."""


@dataclass(frozen=True, slots=True)
class StepLine:
    """One step of the way of a case."""

    title: str
    mark: str
    note: str


@dataclass(frozen=True, slots=True)
class SiblingLine(OfPerson):
    """Another child of the household. Only one under review has a page."""

    person_id: Annotated[PersonId, PLAIN]
    protected: Annotated[bool, PLAIN]
    id: Annotated[PersonId | None, PLAIN]
    name: Annotated[str, Says("name")]
    age: Annotated[str, Says("age")]
    sex: Annotated[str, Says("sex")]
    state: Annotated[str, Says("state")]


@dataclass(frozen=True, slots=True)
class AdultLine(OfPerson):
    """An adult of the household, by name and relationship to its head."""

    kept_as = deeds.ADULT_SHOWN
    person_id: Annotated[PersonId, PLAIN]
    protected: Annotated[bool, PLAIN]
    name: Annotated[str, Says("name")]
    relationship: Annotated[str, Says("relationship")]


@dataclass(frozen=True, slots=True)
class DoubleLine(OfPerson):
    """Another review of the same person."""

    kept_as = deeds.DOUBLE_SHOWN
    person_id: Annotated[PersonId, PLAIN]
    protected: Annotated[bool, PLAIN]
    state: Annotated[str, Says("state")]


@dataclass(frozen=True, slots=True)
class LookLine:
    """Somebody looked."""

    at: str
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class ChildSheet(Sheet):
    """A child's page. Whatever it shows of the child is in the log by the name in its mark."""

    name: Annotated[str, Says("name")]
    kana: Annotated[str | None, Says("kana")]
    born: Annotated[str, Says("birth_date")]
    sex: Annotated[str, Says("sex")]
    place: Annotated[str, Says("ward")]
    town: Annotated[str | None, Says("address_code")]
    household_no: Annotated[str | None, Says("household_no")]
    protected: Annotated[bool, Says("protected")]
    voided: Annotated[bool, Says("voided")]
    steps: Annotated[tuple[StepLine, ...], Says("opened_on")]
    case: Annotated[CaseBox | None, Says("case")]
    handover: Annotated[HandoverBox | None, Says("handover")]
    report: Annotated[ReportBox | None, Says("history")]
    left: Annotated[str, Says("left_on")]
    answers: Annotated[tuple[AnswerLine, ...], Says("history")]
    history: Annotated[tuple[PastLine, ...], Says("history")]
    gone: Annotated[bool, Says("needed")]
    changed: Annotated[str, Says("basis_changed"), Says("needed")]
    overdue: Annotated[str, Says("overdue_since")]
    owner: Annotated[str, Says("owner")]
    hidden_reasons: Annotated[tuple[str, ...], Says("hidden_items")]
    siblings: Annotated[tuple[SiblingLine, ...], Says("household")]
    adults: Annotated[tuple[AdultLine, ...], Says("adults")]
    doubles: Annotated[tuple[DoubleLine, ...], Says("doubles")]
    looks: Annotated[tuple[LookLine, ...], Says("accesses")]
    items: Annotated[Items, LINES]
    disputes: Annotated[tuple[DisputeLine, ...], LINES, Says("disputes")]
    timeline: Annotated[TimelineSheet | None, LINES]
    offer: Annotated[Offer, PLAIN]
    id: Annotated[PersonId, PLAIN]
    as_of: Annotated[date, PLAIN]
    ruleset: Annotated[str, PLAIN]
    first_time: Annotated[bool, PLAIN]
    hides_looks: Annotated[bool, PLAIN]
    offers_sensitive: Annotated[bool, PLAIN]
    opened_nothing: Annotated[bool, PLAIN]
    ward_title: Annotated[str, PLAIN]
    list_address: Annotated[str, PLAIN]
    silent: Annotated[tuple[FeedLine, ...], PLAIN]
    shut: Annotated[tuple[FeedLine, ...], PLAIN]
    nobody_beside: Annotated[str, PLAIN]
    """Why nobody of the household is named, where there may be somebody: what it tells, `place` and `protected` say."""
    hint: Annotated[str, PLAIN] = wording.HINT_NOT_JUDGEMENT


def sheet(child: Child, limits: Limits, offer: Offer, *, ward_title: str, today: date, list_address: str = "/reviews") -> ChildSheet:
    """Say all of it."""
    items = items_of(child, shows_sensitive=limits.shows_sensitive)
    return ChildSheet(
        name=child.name or phrases.NAME_UNKNOWN,
        kana=child.kana,
        born=_born(child.birth_date, today),
        sex=phrases.sex(child.sex),
        place=phrases.ward(child.lives_in) if limits.shows_whereabouts else phrases.HIDDEN,
        town=_town(child) if limits.shows_whereabouts else None,
        household_no=child.household_no if not child.protected else None,
        protected=child.protected,
        voided=not child.stands and not _doubles(child),
        steps=_steps(child),
        case=case_box(child, child.case, today, shows_texts=limits.shows_whereabouts) if child.case else None,
        **handed(child, limits, today),
        answers=answers(child.file, shows_texts=limits.shows_whereabouts),
        gone=flow.is_gone(child.state, needed=child.needed),
        changed=_changed(child),
        overdue=wording.overdue_text(child.overdue_since, dates.era_date) if child.overdue_since else "",
        owner=child.owner or "",
        hidden_reasons=counted(child, shows_sensitive=limits.shows_sensitive),
        **_beside(child, limits, today),
        doubles=_doubles(child),
        looks=tuple(map(_look, child.looks)),
        items=items,
        disputes=dispute_lines(child.disputes, child.latest, shows_texts=limits.shows_whereabouts, shows_sensitive=limits.shows_sensitive),
        offer=offer,
        id=child.person_id,
        as_of=child.latest.as_of,
        ruleset=child.latest.ruleset,
        first_time=len(child.words) == 1,
        hides_looks=not limits.shows_whereabouts,
        offers_sensitive=limits.may_open_sensitive and not limits.shows_sensitive and opening_shows_more(child),
        opened_nothing=limits.shows_sensitive and not items.names_sensitive,
        ward_title=ward_title,
        list_address=list_address,
        **_feeds(child, today),
    )


class OldFeeds(TypedDict):
    """Which feeds fell silent, and which are shut."""

    silent: tuple[FeedLine, ...]
    shut: tuple[FeedLine, ...]


def _feeds(child: Child, today: date) -> OldFeeds:
    standing = freshness(child.feeds, today)
    return {"silent": feed_lines(standing.silent), "shut": feed_lines(standing.shut)}


class Beside(TypedDict):
    """Who of the household is shown beside the child, or why nobody is; and what became of them in time."""

    siblings: tuple[SiblingLine, ...]
    adults: tuple[AdultLine, ...]
    nobody_beside: str
    timeline: TimelineSheet | None


def _beside(child: Child, limits: Limits, today: date) -> Beside:
    siblings = tuple(_sibling(sibling, today) for sibling in limits.siblings)
    adults, nobody = tuple(map(_adult, limits.adults)), _nobody_beside(child, limits)
    return Beside(siblings=siblings, adults=adults, nobody_beside=nobody, timeline=timeline(child, limits, today))


def _nobody_beside(child: Child, limits: Limits) -> str:
    if child.protected:
        return HIDDEN_BY_MEASURE
    return OF_ANOTHER_WARD if limits.ward is not None and child.lives_in is not limits.ward else ""


def _changed(child: Child) -> str:
    if not child.basis_changed:
        return ""
    if not child.needed:
        return NOT_NEEDED
    return STILL_NEEDED if came_or_went(child.words) else SAME_REASONS


def _born(birth_date: date | None, today: date) -> str:
    if birth_date is None:
        return phrases.BIRTH_UNKNOWN
    return f"{dates.age(birth_date, today)}（{dates.era_date(birth_date)}生）"


def _town(child: Child) -> str | None:
    """Name the part of the town; by its code where the city's table does not have it."""
    return child.town or (f"町字 {child.address_code}" if child.address_code else None)


def _steps(child: Child) -> tuple[StepLine, ...]:
    here = next(number for number, (_, states) in enumerate(STEPS) if child.state in states)
    notes = {0: dates.month_day(child.opened_on)}
    if child.case and child.closed_on:
        notes[here] = dates.month_day(child.closed_on)
    elif child.case:
        notes[max(here, 1)] = f"期限 {dates.month_day(child.case.due_on)}"
    marks = ["done" if number < here else "here" if number == here else "yet" for number in range(len(STEPS))]
    return tuple(StepLine(title, mark, notes.get(number, "—")) for number, ((title, _), mark) in enumerate(zip(STEPS, marks, strict=True)))


def _adult(adult: Mate) -> AdultLine:
    return AdultLine(
        person_id=adult.person_id,
        protected=adult.protected,
        name=adult.name or phrases.NAME_UNKNOWN,
        relationship=wording.RELATIONSHIPS[adult.relationship],
    )


def _sibling(sibling: Mate, today: date) -> SiblingLine:
    gone = flow.is_gone(sibling.state, needed=sibling.needed)
    return SiblingLine(
        person_id=sibling.person_id,
        protected=sibling.protected,
        id=sibling.person_id if sibling.under_review else None,
        name=sibling.name or phrases.NAME_UNKNOWN,
        age=dates.age(sibling.birth_date, today),
        sex=phrases.sex(sibling.sex),
        state=f"要確認・{phrases.state(sibling.state, gone=gone)}" if sibling.under_review else "要確認なし",
    )


def _doubles(child: Child) -> tuple[DoubleLine, ...]:
    return tuple(_double(each) for each in child.doubles if each.protected is child.protected)


def _double(double: Double) -> DoubleLine:
    return DoubleLine(person_id=double.person_id, protected=double.protected, state=phrases.state(double.state, gone=False))


def _look(looked: Looked) -> LookLine:
    return LookLine(
        at=dates.short_moment(looked.at),
        who=f"{looked.staff_place}　{looked.staff_name}",
        what=phrases.deed(looked.action, refused=False),
    )
