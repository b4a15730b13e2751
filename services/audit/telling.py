"""An entry in plain Japanese: だれが・いつ・どの画面で・なにを."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from infra.clock import JST
from infra.identity.staff import Registered
from infra.pages.dates import moment
from services.audit.domain import wording
from services.audit.domain.leaf import Columns
from services.audit.domain.standing import CLOCKS_DIFFER_BY
from services.audit.views import Person, Row

UNREADABLE = "（読めません）"

Known: TypeAlias = Mapping[UUID, Registered]
"""The staff of a page's entries. The log holds no names: they are looked up for the page, and an unknown id stays an id."""


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as a page shows it. `who_id` and `thing_id` are opaque ids, for links; the names are those of staff, or None."""

    index: int
    when: str
    who: str
    who_id: str | None
    who_name: str | None
    who_short: str | None
    """Name and login alone, for a list."""
    screen: str
    deed: str
    thing: str
    thing_id: str | None
    thing_name: str | None
    decision: str
    is_refusal: bool
    is_intact: bool
    entitled: str = ""
    """By what somebody was entitled to look at a person; nothing of what is done to no person, or by no people."""


@dataclass(frozen=True, slots=True)
class ToldPerson:
    """Somebody who looked at a child, as its page shows it."""

    who: str
    who_id: str | None
    role: str
    entries: int
    first_at: datetime
    last_at: datetime
    entitled: str
    is_doubtful: bool


def person(it: Person, known: Known) -> ToldPerson:
    """How somebody reads who looked at a child, and by what they were entitled to."""
    found = known.get(it.actor) if it.actor is not None else None
    role = " ".join(filter(None, (wording.ward_of(it.actor_ward), wording.role_of(it.role))))
    words, is_doubtful = wording.entitled(it.relation, it.decision, is_emergency=it.is_emergency)
    name = f"{found.name}（{found.login}）" if found is not None else str(it.actor or role)
    return ToldPerson(name, str(it.actor) if it.actor else None, role, it.entries, it.first_at, it.last_at, words, is_doubtful)


def staff_ids(rows: Sequence[Row]) -> set[UUID]:
    """The ids of staff in these entries: who acted, and on whose login or record."""
    readable = [row.columns for row in rows if row.columns is not None]
    found = [each.actor for each in readable] + [_staff_thing(each) for each in readable]
    return {staff_id for staff_id in found if staff_id is not None}


def told(row: Row, known: Known) -> Told:
    """How an entry reads in a list."""
    columns = row.columns
    if columns is None:
        return _unreadable(row.index)
    return Told(
        index=row.index,
        when=exact(columns),
        who=who(columns),
        who_id=str(columns.actor) if columns.actor is not None else None,
        who_name=who_name(columns, known),
        who_short=_short(columns, known),
        screen=wording.screen_of(columns.action),
        deed=deed(columns),
        thing=thing(columns),
        thing_id=columns.thing_id,
        thing_name=_short_thing(columns, known),
        decision=wording.DECISIONS.get(columns.decision, columns.decision),
        is_refusal=columns.decision == "deny",
        entitled=_entitled(columns),
        is_intact=row.is_intact,
    )


def _entitled(columns: Columns) -> str:
    if columns.thing_kind not in {"child", "adult"} or columns.decision != "permit" or columns.actor is None:
        return ""
    is_emergency = "emergency" in (columns.reason_code or "").split(".")
    return "緊急の閲覧" if is_emergency else wording.RELATIONS.get(columns.relation, columns.relation)


def details(columns: Columns, known: Known) -> list[tuple[str, str]]:
    """Every field of an entry, by its Japanese name. An empty one says so: a reader must see that nothing was left out."""
    pairs: list[tuple[str, object]] = [
        ("だれが", who_name(columns, known)),
        ("だれが（そのときの役割）", who(columns)),
        ("だれが（職員のID）", columns.actor),
        ("いつ", exact(columns)),
        ("どの画面で", wording.screen_of(columns.action)),
        ("なにを", deed(columns)),
        ("操作の名前", columns.action),
        ("対象", " ".join(filter(None, (thing(columns), thing_name(columns, known))))),
        ("対象のID", columns.thing_id),
        ("見せた・変えた項目", "、".join(map(wording.field_of, columns.fields))),
        ("許可・拒否", wording.DECISIONS.get(columns.decision, columns.decision)),
        ("理由（符号）", wording.reason_of(columns.reason_code) if columns.reason_code else None),
        ("担当関係", wording.RELATIONS.get(columns.relation, columns.relation)),
        ("目的", wording.PURPOSES.get(columns.purpose, columns.purpose)),
        ("件数", columns.count),
        ("端末・入口", wording.origin_of(columns.origin)),
        ("ログインの符号", columns.session),
        ("関連する処理", columns.correlation),
        ("記録した部分", wording.producer_of(columns.producer)),
        ("系列と番号", f"系列 {columns.lane} の {columns.sequence} 番"),
        ("記録の種類", wording.TYPES.get(columns.type, columns.type)),
        ("事象のID", columns.event_id),
        ("監査記録簿が受け取った時刻", moment(columns.received)),
    ]
    return [(name, "なし" if value in (None, "") else str(value)) for name, value in pairs]


def exact(columns: Columns) -> str:
    """The time of an entry to the second, in Japan."""
    return f"{moment(columns.ts)}{columns.ts.astimezone(JST).second:02d}秒"


def ago(now: datetime, then: datetime) -> str:
    """How long ago something was, in the largest unit that fits; or that this cannot be said, since the clock went back."""
    if then - now > CLOCKS_DIFFER_BY:
        return "いまの時計では、まだ来ていない時刻"
    minutes = int((now - then).total_seconds()) // 60
    for unit, length in (("日", 24 * 60), ("時間", 60), ("分", 1)):
        if minutes >= length:
            return f"{minutes // length}{unit}前"
    return "1分以内"


def who(columns: Columns) -> str:
    """Who acted: ward and role at that time, as the log has them."""
    return " ".join(part for part in (wording.ward_of(columns.actor_ward), wording.role_of(columns.role)) if part)


def who_name(columns: Columns, known: Known) -> str | None:
    """Who acted by name, login and section of today; None where that is no registered member of staff."""
    person = known.get(columns.actor) if columns.actor is not None else None
    # Where the log keeps the ward back (a protected child's, domain.md §4.4), the page does too.
    return None if person is None else person.label(shows_ward=columns.actor_ward is not None)


def _short_thing(columns: Columns, known: Known) -> str | None:
    staff_id = _staff_thing(columns)
    person = known.get(staff_id) if staff_id is not None else None
    return None if person is None else f"{person.name}（{person.login}）"


def _short(columns: Columns, known: Known) -> str | None:
    person = known.get(columns.actor) if columns.actor is not None else None
    return None if person is None else f"{person.name}（{person.login}）"


def thing_name(columns: Columns, known: Known) -> str | None:
    """Who was acted on, where that is a registered member of staff."""
    staff_id = _staff_thing(columns)
    person = known.get(staff_id) if staff_id is not None else None
    return None if person is None else person.label()


def deed(columns: Columns) -> str:
    """What was done, or what somebody was refused to do."""
    return wording.deed_of(columns.action, columns.decision, columns.reason_code)


def thing(columns: Columns) -> str:
    """What was acted on: its kind, and its ward where it has one."""
    kind = wording.kind_of(columns.thing_kind)
    return f"{kind}（{wording.ward_of(columns.thing_ward)}）" if columns.thing_ward else kind


def _staff_thing(columns: Columns) -> UUID | None:
    if columns.thing_kind != "staff" or columns.thing_id is None:
        return None
    try:
        return UUID(columns.thing_id)
    except ValueError:
        return None


def _unreadable(index: int) -> Told:
    return Told(
        index=index,
        when=UNREADABLE,
        who=UNREADABLE,
        who_id=None,
        who_name=None,
        who_short=None,
        screen=UNREADABLE,
        deed=UNREADABLE,
        thing=UNREADABLE,
        thing_id=None,
        thing_name=None,
        decision=UNREADABLE,
        is_refusal=False,
        is_intact=False,
    )
