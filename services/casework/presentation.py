"""
What the pages say, made of what the actions read: names of things, sentences, dates. Nothing here reads or decides.

What the log says was shown is taken from what a template is given (`..._FIELDS`: which name the log has for it), so that the two
cannot differ.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from contracts.values import CaseState, IndicatorValue, Section, Sex, Ward
from contracts.words import SECTIONS, WARDS
from infra.identity.staff import Staff
from infra.pages import dates
from services.casework import actions, views
from services.casework.accesses import Shown, Sight
from services.casework.actions import ChildPage, InvestigationRequest, ListPage, OpeningReason, Tab
from services.casework.domain import wording
from services.casework.domain.flow import STATE_TITLES
from services.casework.domain.policy import WARD_SECTIONS
from services.casework.domain.review import Reason, changes
from services.casework.domain.wording import sensitive_kind

TAB_TITLES = {Tab.NOT_STARTED: "未着手", Tab.REASONS_GONE: "きっかけがなくなった", Tab.INVESTIGATION: "調査中", Tab.ALL: "すべて"}
OPENING_REASONS = {
    OpeningReason.WHETHER_TO_INVESTIGATE: "調査が必要か確かめるため",
    OpeningReason.INVESTIGATION: "始めた調査を進めるため",
    OpeningReason.CONFERENCE: "三課の協議の準備のため",
}
ACTION_TITLES = {
    "casework.list_opened": ("要確認の一覧を開いた", "要確認の一覧を開こうとした"),
    "casework.child_opened": ("こどもの画面を開いた", "こどもの画面を開こうとした"),
    "casework.sensitive_opened": ("福祉・保護者の健康の項目を開いた", "福祉・保護者の健康の項目を開こうとした"),
    "casework.own_accesses_opened": ("自分の閲覧記録を開いた", "自分の閲覧記録を開こうとした"),
    "casework.investigation_started": ("調査を始めた", "調査を始めようとした"),
    "casework.move_refused": ("調査を始めようとした", "調査を始めようとした"),
    "identity.logged_in": ("ログインした", "ログインしようとした"),
    "identity.login_refused": ("ログインしようとした", "あなたのログイン名でログインしようとした"),
    "identity.logged_out": ("ログアウトした", "ログアウトしようとした"),
}
"""What somebody did, and what it is called where it was refused: then it did not happen."""

RESULTS = {"permit": "表示", "done": "実施", "deny": "断られた"}
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
FORM_FIELDS = ("reason", "sections", "due_on")
"""Fields of a child's page beside which it says what is wrong with them."""

NAME_UNKNOWN = "（氏名の記録なし）"
WARD_UNKNOWN = "不明"
BIRTH_UNKNOWN = "生年月日の記録なし"
NOTHING_TOLD = frozenset({NAME_UNKNOWN, WARD_UNKNOWN, BIRTH_UNKNOWN, wording.WHEREABOUTS_HIDDEN, wording.SEXES[Sex.UNKNOWN]})
"""What stands in the place of something that is not shown."""

ROW_FIELDS = {
    "name": "name",
    "age": "age",
    "lines": "reasons",
    "hidden_lines": "hidden_items",
    "since": "opened_on",
    "says_needed": "needed",
    "basis_changed": "basis_changed",
    "overdue": "overdue_since",
    "state": "state",
    "due": "due_on",
}
"""What the list is given of a child, by the log's name for it."""

HOUSEHOLD_FIELDS = {"number": "household_no", "protected": "protected"}
"""What the list is given of a household, by the log's name for it at every child of it."""

CHILD_FIELDS = {
    "name": "name",
    "kana": "kana",
    "born": "birth_date",
    "sex": "sex",
    "place": "ward",
    "address_code": "address_code",
    "household_no": "household_no",
    "protected": "protected",
    "voided": "voided",
    "steps": "opened_on",
    "case": "case",
    "says_needed": "needed",
    "basis_changed": "basis_changed",
    "overdue": "overdue_since",
    "hidden_reasons": "hidden_items",
    "siblings": "household",
    "looks": "accesses",
}
"""What a child's page is given of the child, by the log's name for it. Items go by their own names."""

HIDDEN_ITEMS = "hidden_items"
ITEM_LISTS = ("reasons", "reassuring", "unknown", "history", "changes")
SIBLING_FIELDS = {"name": "name", "age": "age", "sex": "sex", "state": "state"}
"""What a child's page is given of a sibling, by the log's name for it."""


# --- The list ---------------------------------------------------------------------------------------------------------


def show_list(shown: ListPage, staff: Staff, today: date) -> Shown[dict[str, Any]]:
    """Return what the list says, and of whom it says what."""
    context: dict[str, Any] = {
        "title": f"要確認　{WARDS[staff.ward]}" if staff.ward else "要確認　支援措置のあるこども（全区）",
        "hint": wording.HINT_NOT_JUDGEMENT,
        "tabs": [(tab, TAB_TITLES[tab], shown.counts[tab], tab is shown.tab) for tab in Tab],
        "households": [_household_context(household, today) for household in shown.households],
        "tab": shown.tab,
        "page": shown.page,
        "pages": shown.pages,
        "gone": shown.counts[Tab.REASONS_GONE] if shown.tab is Tab.NOT_STARTED else 0,
        "gone_tab": Tab.REASONS_GONE,
        "waiting": shown.counts[Tab.NOT_STARTED],
    }
    others = tuple(
        Sight(child["id"], _told(household, HOUSEHOLD_FIELDS) + _told(child, ROW_FIELDS), household["protected"])
        for household in context["households"]
        for child in household["children"]
    )
    return Shown(context, tuple(dict.fromkeys(field for sight in others for field in sight.fields)), others, len(others))


def _told(context: Mapping[str, Any], fields: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(name for key, name in fields.items() if context[key] and str(context[key]) not in NOTHING_TOLD)


def _household_context(household: Sequence[views.ListedChild], today: date) -> dict[str, Any]:
    first = household[0]
    return {
        # A protected household shows no number: it would lead to the other papers of the house.
        "number": first.household_no if not first.protected else None,
        "known": first.household_id is not None,
        "protected": first.protected,
        "children": [_row_context(row, today) for row in household],
    }


def _row_context(row: views.ListedChild, today: date) -> dict[str, Any]:
    return {
        "id": row.person_id,
        "name": row.name or NAME_UNKNOWN,
        "age": dates.age(row.birth_date, today) if row.birth_date else "",
        "lines": wording.named_lines(row.reasons, dates.month_day),
        "hidden_lines": wording.sensitive_lines(row.reasons, dates.month_day),
        "gone": row.is_gone,
        # The mark of a change words it, too.
        "says_needed": row.is_gone or row.basis_changed,
        "overdue": f"▲ {dates.month_day(row.overdue_since)}からの見直しがまだ" if row.overdue_since else "",
        "since": dates.month_day(row.opened_on),
        "since_full": dates.era_date(row.opened_on),
        "basis_changed": row.basis_changed,
        "needed": row.needed,
        "state": _state_title(row.state, gone=row.is_gone),
        "due": _due(row.due_on, today) if row.due_on else "",
        "late": row.due_on is not None and row.due_on < today,
    }


def _state_title(state: CaseState | None, *, gone: bool) -> str:
    if gone:
        return "きっかけなし"
    return "未着手" if state is None else STATE_TITLES[state]


def _due(due_on: date, today: date) -> str:
    days = (due_on - today).days
    if days < 0:
        return f"{dates.month_day(due_on)}（{-days}日超過）"
    return f"{dates.month_day(due_on)}（きょうまで）" if days == 0 else f"{dates.month_day(due_on)}（あと{days}日）"


# --- A child ----------------------------------------------------------------------------------------------------------


def show_child(
    page: ChildPage, staff: Staff, today: date, asked: InvestigationRequest | None = None, errors: Sequence[tuple[str, str]] = ()
) -> Shown[dict[str, Any]]:
    """
    Return what a child's page says, and of whom it says what.

    `asked` and `errors` are those of a form that was refused: nothing filled in is lost.
    """
    child = page.child
    gone = views.is_gone(child.case.state if child.case else None, needed=child.needed)
    context: dict[str, Any] = {
        **_facts_context(page),
        **_form_context(page, asked, errors),
        "id": child.person_id,
        "name": child.name or NAME_UNKNOWN,
        "kana": child.kana,
        "born": f"{dates.age(child.birth_date, today)}（{dates.era_date(child.birth_date)}生）" if child.birth_date else BIRTH_UNKNOWN,
        "sex": wording.SEXES[child.sex],
        "place": _place(child.lives_in) if page.shows_whereabouts else wording.WHEREABOUTS_HIDDEN,
        "address_code": child.address_code if page.shows_whereabouts else None,
        "household_no": child.household_no if not child.protected else None,
        "protected": child.protected,
        "voided": not child.stands,
        "hint": wording.HINT_NOT_JUDGEMENT,
        "needed": child.needed,
        "gone": gone,
        # The banner of a change words it, too.
        "says_needed": gone or child.basis_changed,
        "overdue": wording.overdue_text(child.overdue_since, dates.era_date) if child.overdue_since else "",
        "basis_changed": child.basis_changed,
        "as_of": child.latest.as_of,
        "ruleset": child.latest.ruleset,
        "steps": _steps(child),
        "case": child.case and _case_context(child.case, today),
        "first_time": len(child.words) == 1,
        "changes": list(_changes(child, shows_sensitive=page.shows_sensitive)),
        "has_sensitive": page.has_sensitive,
        "shows_sensitive": page.shows_sensitive,
        "opening_reasons": [(reason.value, title) for reason, title in OPENING_REASONS.items()],
        "siblings": [_sibling_context(sibling, today) for sibling in page.siblings],
        "looks": [_look_context(look) for look in child.looks],
        "ward_title": f"要確認　{WARDS[staff.ward]}" if staff.ward else "要確認",
    }
    items = [fact["item"] for facts in ITEM_LISTS for fact in context[facts]]
    others = tuple(Sight(told["person_id"], _told(told, SIBLING_FIELDS), child.protected) for told in context["siblings"])
    return Shown(context, tuple(dict.fromkeys([*_told(context, CHILD_FIELDS), *items])), others)


def _facts_context(page: ChildPage) -> dict[str, Any]:
    latest = page.child.latest.reasons
    shown = [reason for reason in latest if page.shows_sensitive or sensitive_kind(reason.item) is None]
    holding = [reason for reason in shown if reason.holds]
    reassuring = [reason for reason in shown if wording.reassures(reason)]
    unknown = [reason for reason in shown if reason.value is IndicatorValue.UNKNOWN and reason.counted]
    history = [reason for reason in shown if reason.value is IndicatorValue.TRUE and not reason.counted]
    said = [reason.item for reason in (*holding, *reassuring, *unknown, *history)] + [change.item for change in changes(page.child.words)]
    return {
        "reasons": [_reason_context(reason) for reason in holding],
        "reassuring": [_fact(reason) for reason in reassuring],
        "unknown": [_fact(reason) for reason in unknown],
        "history": [_fact(reason) for reason in history],
        "hidden_reasons": wording.sensitive_lines([reason for reason in latest if reason not in shown], dates.era_date),
        # The opening is offered alike to all: an offer that is missing would tell what is behind it.
        "opened_nothing": page.shows_sensitive and not any(map(sensitive_kind, said)),
    }


def _form_context(page: ChildPage, asked: InvestigationRequest | None, errors: Sequence[tuple[str, str]]) -> dict[str, Any]:
    due_on = asked.due_on if asked else page.due_by_default
    sections = asked.sections if asked else WARD_SECTIONS
    return {
        "start": next((move for move in page.moves if move.key == actions.START), None),
        "sections": [(each, SECTIONS[each], each in sections) for each in Section if each in WARD_SECTIONS],
        "due_by_default": page.due_by_default,
        "due_on": due_on.isoformat() if due_on else "",
        "version": page.version,
        "key": uuid4(),
        "errors": [(field if field in FORM_FIELDS else None, text) for field, text in errors],
        "wrong": dict.fromkeys(FORM_FIELDS) | dict(errors),
    }


def _place(ward: Ward | None) -> str:
    return WARDS[ward] if ward is not None else WARD_UNKNOWN


def _steps(child: views.Child) -> list[dict[str, str]]:
    state = child.case.state if child.case else CaseState.NOTICED
    here = next(number for number, (_, states) in enumerate(STEPS) if state in states)
    notes = {0: dates.month_day(child.opened_on)}
    if child.case:
        notes[1] = f"期限 {dates.month_day(child.case.due_on)}"
    marks = ["done" if number < here else "here" if number == here else "yet" for number in range(len(STEPS))]
    return [
        {"title": title, "mark": mark, "note": notes.get(number, "—")}
        for number, ((title, _), mark) in enumerate(zip(STEPS, marks, strict=True))
    ]


def _case_context(case: views.CaseView, today: date) -> dict[str, Any]:
    return {
        "state": STATE_TITLES[case.state],
        "ward": WARDS[case.ward],
        "opened_by": case.opened_by_name,
        "opened_at": dates.moment(case.opened_at),
        "due": _due(case.due_on, today),
        "sections": "、".join(SECTIONS[section] for section in case.sections),
    }


def _reason_context(reason: Reason) -> dict[str, str]:
    return {
        "item": reason.item,
        "title": wording.title_of(reason),
        "recorded": wording.explain(reason, dates.era_date),
        "since": f"{dates.era_date(reason.valid_from)}から" if reason.valid_from else "いつからかの記録なし",
        "fresh": f"{dates.era_date(reason.fresh_through)}までの記録による" if reason.fresh_through else "",
        "known": f"{dates.era_date(dates.local_day(reason.known_at))}に判明",
        "source": wording.SOURCES.get(reason.source, "もとの課"),
    }


def _fact(reason: Reason) -> dict[str, str]:
    return {
        "item": reason.item,
        "title": wording.title_of(reason),
        "text": wording.explain(reason, dates.era_date),
        "source": wording.SOURCES.get(reason.source, ""),
    }


def _changes(child: views.Child, *, shows_sensitive: bool) -> Sequence[dict[str, str]]:
    return [
        {
            "item": change.item if shows_sensitive or kind is None else HIDDEN_ITEMS,
            "on": dates.era_date(change.on),
            "text": wording.change_text(change, dates.era_date)
            if shows_sensitive or kind is None
            else f"{kind}の項目に変化があった（理由を選んで開くと表示します）",
        }
        for change in changes(child.words)
        for kind in (sensitive_kind(change.item),)
    ]


def _sibling_context(sibling: views.Sibling, today: date) -> dict[str, Any]:
    gone = views.is_gone(sibling.state, needed=sibling.needed)
    return {
        "person_id": sibling.person_id,
        "id": sibling.person_id if sibling.under_review else None,
        "name": sibling.name or NAME_UNKNOWN,
        "age": dates.age(sibling.birth_date, today),
        "sex": wording.SEXES[sibling.sex],
        "state": f"要確認・{_state_title(sibling.state, gone=gone)}" if sibling.under_review else "要確認なし",
    }


def _look_context(look: views.Look) -> dict[str, str]:
    return {
        "at": dates.short_moment(look.at),
        "who": f"{look.staff_place}　{look.staff_name}",
        "what": _title(look.action, refused=False),
    }


def show_accesses(accesses: Sequence[views.OwnAccess]) -> Shown[dict[str, Any]]:
    """Return what the list of one's own looks and deeds says, and whom it names."""
    named = {access.person_id: access.protected for access in accesses if access.person_id is not None and access.name}
    others = tuple(Sight(person_id, ("name",), protected) for person_id, protected in named.items())
    return Shown({"accesses": [_access_context(access) for access in accesses]}, (), others, len(accesses))


def _access_context(access: views.OwnAccess) -> dict[str, Any]:
    refused = access.decision == "deny"
    return {
        "at": dates.moment(access.at),
        "what": _title(access.action, refused=refused) + _beside(access),
        "refused": refused,
        "result": RESULTS.get(access.decision, access.decision),
        "name": access.name or ("—" if access.person_id is None else "（表示できません）"),
    }


def _beside(access: views.OwnAccess) -> str:
    if not access.others:
        return ""
    return f"（{'ほかの' if access.person_id else ''}こども {access.others}人を表示）"


def _title(action: str, *, refused: bool) -> str:
    deed, attempt = ACTION_TITLES.get(action, (action, action))
    return attempt if refused else deed
