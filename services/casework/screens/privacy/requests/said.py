"""What the page says of requests for disclosure, correction and suspension."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from contracts.ids import StaffId
from infra.pages import dates
from services.casework import phrases
from services.casework.domain.privacy_decision import Shield
from services.casework.domain.privacy_request import OVER, UNDECIDED, Does, Request, State, Word, can_be_done
from services.casework.screens.privacy.requests.words import (
    BESIDE,
    BUTTONS,
    CAPACITIES,
    DONE,
    ENTRIES,
    KINDS,
    RESULTS,
    STATES,
    VALUES,
    Entry,
)

SIDE = "請求した人は、支援措置の相手方か、相手方と同じ世帯です。所在や措置が分かることは、何も伝えられません。"
PROTECTED = "支援措置の対象者の記録です。住所・区・園や学校など、所在の分かることは、だれにも開示できません。"
TOO_LATE = "開示を受けた日から90日を過ぎた請求です（90条3項・98条3項）。"
EXTENDED = "延長しています。"


@dataclass(frozen=True, slots=True)
class Line:
    """A request in the list."""

    id: UUID
    number: str
    kind: str
    subject: str
    state: str
    due: str
    late: bool
    over: bool


@dataclass(frozen=True, slots=True)
class PastLine:
    """Something that was done with a request."""

    at: str
    who: str
    what: str
    written: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FormBox:
    """Something that can be done now: its name, its button, its fields and what goes with them unseen."""

    act: str
    button: str
    entries: tuple[Entry, ...]
    opens: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A request as it is worked on."""

    id: UUID
    number: str
    version: int
    title: str
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    past: tuple[PastLine, ...]
    forms: tuple[FormBox, ...]
    may_compile: bool


def line(request: Request, today: date) -> Line:
    """Say a request in the list; its day is the last opening day on which it can be decided in time."""
    undecided = request.state in UNDECIDED
    result = f"：{RESULTS[request.result]}" if request.result else ""
    return Line(
        id=request.id,
        number=request.number,
        kind=KINDS[request.kind],
        subject=request.subject,
        state=f"{STATES[request.state]}{result}",
        due=phrases.due(request.decide_by(today), today) if undecided else "",
        late=request.is_late(today),
        over=request.state in OVER,
    )


def card(request: Request, shield: Shield, today: date, staff_id: StaffId, *, decides: bool, compiles: bool) -> Card:
    """Say a request with all that was done with it, and what can be done now."""
    can = can_be_done(request, decides=decides, staff_id=staff_id)
    return Card(
        id=request.id,
        number=request.number,
        version=request.version,
        title=f"{request.number}　{KINDS[request.kind]}",
        facts=tuple(_facts(request, today)),
        warnings=tuple(_warnings(request, shield)),
        past=tuple(_past(request, word) for word in reversed(request.words)),
        forms=tuple(_form(request, does, shield) for does in can),
        may_compile=compiles and shield.held and request.state in {State.EXAMINED, State.PROPOSED, State.DECIDED},
    )


def _facts(request: Request, today: date) -> Iterator[tuple[str, str]]:
    yield "状態", STATES[request.state]
    yield "受け付けた日", dates.era_date(request.received_on)
    yield "請求した人", f"{request.requester}（{CAPACITIES[request.capacity]}）"
    yield "だれの記録か", request.subject
    yield "請求の内容", request.wanted
    if request.disclosed_on:
        yield "開示を受けた日", dates.era_date(request.disclosed_on)
    if request.state in UNDECIDED:
        stopped = "（補正を待つあいだは進みません）" if request.state is State.INCOMPLETE else ""
        yield "法律の期限", f"{dates.era_date(request.due_on(today))}{stopped}"
        yield "決定する日の目安", f"{phrases.due(request.decide_by(today), today)}{EXTENDED if request.all_of(Does.EXTEND) else ''}"
    elif request.result:
        yield "決定", RESULTS[request.result]
    if request.given_out_from and request.state is State.DECIDED:
        yield "開示できる日", f"{dates.era_date(request.given_out_from)}から（反対意見のため。86条3項）"


def _warnings(request: Request, shield: Shield) -> Iterator[str]:
    if shield.opponents_side:
        yield SIDE
    elif shield.protected:
        yield PROTECTED
    if request.asked_too_late:
        yield TOO_LATE


def _form(request: Request, does: Does, shield: Shield) -> FormBox:
    entries = ENTRIES[does]
    if does is Does.HEAR:
        asked = tuple((str(word.version), str(word.details["whom"])) for word in request.unheard)
        entries = (Entry("of", "どの照会か", choices=asked), *entries)
    main = does in {Does.CHECK, Does.COMPLETE, Does.PROPOSE, Does.DECIDE, Does.CARRY_OUT}
    return FormBox(does.value, BUTTONS[does], entries, main and not (does is Does.CARRY_OUT and shield.opponents_side))


def _past(request: Request, word: Word) -> PastLine:
    return PastLine(dates.short_moment(word.at), word.by_name, DONE[word.does], tuple(_written(request, word)))


def _written(request: Request, word: Word) -> Iterator[tuple[str, str]]:
    labels = {**{entry.name: entry.label for entry in ENTRIES[word.does]}, **BESIDE}
    for name, value in word.details.items():
        if name in labels and value not in (None, "", []):
            yield labels[name], _said(request, name, value)


def _said(request: Request, name: str, value: Any) -> str:
    if name in {"on", "issued_on", "reply_by"}:
        return dates.era_date(date.fromisoformat(value))
    if name == "of":
        return next((str(each.details["whom"]) for each in request.all_of(Does.CONSULT) if each.version == value), "")
    words = VALUES.get(name, {})
    return "、".join(words.get(str(each), str(each)) for each in (value if isinstance(value, list) else [value]))
