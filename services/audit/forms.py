"""The search form: what was typed, by whom it may be answered, and what is wrong with it, in Japanese beside its field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from infra.identity.staff import Registered
from infra.pages.dates import moment
from services.audit.domain import wording
from services.audit.domain.filters import PEOPLE, FilterInvalid, Filters, Wrong, is_id, parse_filters

FIELDS = {
    "thing": "こども・対象のID",
    "actor": "職員",
    "action": "操作",
    "decision": "許可・拒否",
    "from": "期間の初日",
    "from_time": "初日の時刻",
    "to": "期間の最終日",
    "to_time": "最終日の時刻",
    "who": "だれの操作か",
    "cursor": "続きの位置",
    "limit": "件数",
}

_WORDS = {
    Wrong.FORM: "書き方が違います。",
    Wrong.NAME: (
        "名前では探せません。監査記録には、こどもや保護者の名前を残していないためです。"
        "こどもの画面のアドレスの終わりにあるIDを入れてください（アドレスごと貼り付けても探せます）。"
    ),
    Wrong.REVERSED: "期間の終わりが、初めより前になっています。",
    Wrong.NO_DAY: "時刻を入れるときは、日も入れてください。",
    Wrong.UNKNOWN_STAFF: "この名前やログイン名の職員は登録されていません。候補から選ぶか、IDを入れてください。",
    Wrong.SEVERAL_STAFF: "同じ名前の職員が何人かいます。候補からログイン名で選んでください。",
}


@dataclass(frozen=True, slots=True)
class Form:
    """The form as a page shows it: what was typed stays, and what is wrong stands beside its field."""

    typed: Mapping[str, str]
    staff: Sequence[Registered]
    wrong: Mapping[str, str]

    @property
    def actions(self) -> list[tuple[str, str]]:
        """What can be done, to choose from."""
        return wording.searchable_actions()

    @property
    def decisions(self) -> list[tuple[str, str]]:
        """How it can end."""
        return list(wording.DECISIONS.items())


def form(typed: Mapping[str, str], staff: Sequence[Registered], error: FilterInvalid | None = None) -> Form:
    """Return the form for what was typed, which asks for people alone where nothing was said."""
    shown = {name: typed.get(name, PEOPLE if name == "who" else "") for name in FIELDS}
    wrong = {name: _WORDS[error.wrong] if error is not None and error.field == name else "" for name in FIELDS}
    return Form(shown, staff, wrong)


def asked_in(typed: Mapping[str, str], staff: Sequence[Registered]) -> Filters:
    """Return the search that was typed: a member of staff by name, login or id. Raises FilterInvalid."""
    actor = typed.get("actor", "").strip()
    if actor and not is_id(actor):
        typed = {**typed, "actor": _id_of(actor, staff)}
    return parse_filters({"who": PEOPLE, **typed})


def _id_of(typed: str, staff: Sequence[Registered]) -> str:
    meant = [each for each in staff if each.login == typed] or [each for each in staff if _plain(each.name) == _plain(typed)]
    if not meant:
        raise FilterInvalid("actor", "a login, a name or an id", Wrong.UNKNOWN_STAFF)
    if len(meant) > 1:
        raise FilterInvalid("actor", "a login: several have this name", Wrong.SEVERAL_STAFF)
    return str(meant[0].id)


def _plain(name: str) -> str:
    return "".join(name.split())


def conditions(asked: Filters, staff: Sequence[Registered]) -> list[tuple[str, str]]:
    """What was asked for, in words, for an extract: a reader must see what it does not hold."""
    person = next((each for each in staff if each.id == asked.actor), None)
    named = person.label() if person is not None else str(asked.actor or "すべて")
    deed = dict(wording.searchable_actions()).get(asked.action or "", asked.action or "すべて")
    return [
        (FIELDS["thing"], asked.thing or "すべて"),
        (FIELDS["actor"], named),
        (FIELDS["action"], deed),
        (FIELDS["decision"], wording.DECISIONS.get(asked.decision or "", "すべて")),
        ("期間", f"{_edge(asked.since, '初めから')} ～ {_edge(asked.until, 'いままで')}"),
        (FIELDS["who"], "職員の操作だけ" if asked.people else "システムの自動の処理も含む"),
    ]


def _edge(at: datetime | None, otherwise: str) -> str:
    return otherwise if at is None else moment(at)
