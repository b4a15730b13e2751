"""An entry in plain Japanese: だれが・いつ・どの画面で・なにを."""

from dataclasses import dataclass

from infra.clock import JST
from infra.pages.dates import moment
from services.audit.domain import wording
from services.audit.domain.leaf import Columns
from services.audit.views import Row

UNREADABLE = "(読めません)"


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as a page shows it. `who_id` and `thing_id` are opaque ids, for links."""

    index: int
    when: str
    who: str
    who_id: str | None
    screen: str
    deed: str
    thing: str
    thing_id: str | None
    decision: str
    is_refusal: bool
    is_intact: bool


def told(row: Row) -> Told:
    """How an entry reads in a list."""
    columns = row.columns
    if columns is None:
        return Told(row.index, *(UNREADABLE,) * 2, None, *(UNREADABLE,) * 3, None, UNREADABLE, is_refusal=False, is_intact=False)
    words = wording.action_wording(columns.action)
    return Told(
        index=row.index,
        when=exact(columns),
        who=who(columns),
        who_id=str(columns.actor) if columns.actor is not None else None,
        screen=words.screen,
        deed=words.deed,
        thing=thing(columns),
        thing_id=columns.thing_id,
        decision=wording.DECISIONS.get(columns.decision, columns.decision),
        is_refusal=columns.decision == "deny",
        is_intact=row.is_intact,
    )


def details(columns: Columns) -> list[tuple[str, str]]:
    """Every field of an entry, by its Japanese name. An empty one says so: a reader must see that nothing was left out."""
    words = wording.action_wording(columns.action)
    pairs: list[tuple[str, object]] = [
        ("だれが(役割)", who(columns)),
        ("だれが(職員のID)", columns.actor),
        ("いつ", exact(columns)),
        ("どの画面で", words.screen),
        ("なにを", words.deed),
        ("操作の名前", columns.action),
        ("対象", thing(columns)),
        ("対象のID", columns.thing_id),
        ("見せた・変えた項目", "、".join(columns.fields)),
        ("許可・拒否", wording.DECISIONS.get(columns.decision, columns.decision)),
        ("理由の符号", columns.reason_code),
        ("担当関係", wording.RELATIONS.get(columns.relation, columns.relation)),
        ("目的", wording.PURPOSES.get(columns.purpose, columns.purpose)),
        ("件数", columns.count),
        ("端末・入口", columns.origin),
        ("ログインの符号", columns.session),
        ("関連する処理", columns.correlation),
        ("記録した部分", wording.PRODUCERS.get(columns.producer, columns.producer)),
        ("系列と番号", f"系列 {columns.lane} の {columns.sequence} 番"),
        ("記録の種類", {"AccessRecorded": "閲覧の記録", "DecisionRecorded": "判断・操作の記録"}.get(columns.type, columns.type)),
        ("事象のID", columns.event_id),
        ("監査記録簿が受け取った時刻", moment(columns.received)),
    ]
    return [(name, "なし" if value in (None, "") else str(value)) for name, value in pairs]


def exact(columns: Columns) -> str:
    """The time of an entry to the second, in Japan."""
    return f"{moment(columns.ts)}{columns.ts.astimezone(JST).second:02d}秒"


def who(columns: Columns) -> str:
    """Who acted: ward and role. Names are not in the log."""
    return " ".join(part for part in (ward(columns.actor_ward), wording.role_wording(columns.role)) if part)


def thing(columns: Columns) -> str:
    """What was acted on: its kind, and its ward where it has one."""
    kind = wording.THINGS.get(columns.thing_kind, columns.thing_kind)
    return f"{kind}({ward(columns.thing_ward)})" if columns.thing_ward else kind


def ward(key: str | None) -> str:
    """A ward's name, or nothing."""
    return "" if key is None else wording.WARDS.get(key, key)
