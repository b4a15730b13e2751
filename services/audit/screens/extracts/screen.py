"""Parts of the log that leave it under its signature: what was asked for, and a form that asks for one."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from contracts.deeds import audit as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from infra.screens.seeing import Act, Done, Form, Mistake, Question, Result, Said
from infra.work import UnitOfWork
from services.audit import extracting, forms, store, words_of_extracts
from services.audit.domain.extracts import ENTRIES_MOST, Asked, Kind, Of, state_of
from services.audit.domain.filters import FilterInvalid, Filters, index_in
from services.audit.domain.permission import READERS
from services.audit.extracting import Extract
from services.audit.seeing import Asking, Screen

SHOWN = 100
NO_KIND = "どちらかを選んでください。"
NO_REASON = "理由を選んでください。"
ONE_OF_TWO = "こども・対象のIDか、職員か、どちらか一つを入れてください。"
OF_A_PERSON = "開示の報告書は、こども・対象についてのものです。職員は空けてください。"
NOTHING = "あてはまる記録がありません。"
TOO_MANY = f"{ENTRIES_MOST:,}件より多いため、一度に取り出せません。期間を分けてください。"
WITHHELD = "記録の番号を、読点かカンマで区切って入れてください。この範囲にある番号だけです。"
NO_WHY = "載せない記録があるときは、その理由を選んでください。"
_NAMES = {"thing": "thing", "actor": "actor", "from": "since", "to": "until"}


class About(Question):
    """Of whom an extract is to be asked for."""

    thing: str = ""
    actor: str = ""


class AskForm(Form):
    """What is asked for."""

    kind: str = ""
    thing: str = ""
    actor: str = ""
    since: str = ""
    until: str = ""
    reason: str = ""
    withheld: str = ""
    why_withheld: str = ""


async def read(work: UnitOfWork, _asking: Asking[About]) -> Sequence[Extract]:
    """Read the newest."""
    return await extracting.newest(work.db, SHOWN)


def show(found: Sequence[Extract], asking: Asking[About]) -> Said:
    """Say it on a page."""
    filled = asking.mistake.filled if asking.mistake is not None else {}
    parts = {
        "lines": [_line(each, asking) for each in found],
        "filled": {**dict.fromkeys(AskForm.model_fields, ""), "thing": asking.question.thing, "actor": asking.question.actor, **filled},
        "kinds": [(kind.value, words) for kind, words in words_of_extracts.KINDS.items()],
        "reasons": list(words_of_extracts.WHY.items()),
        "whys": list(words_of_extracts.WHY_WITHHELD.items()),
        "staff_list": asking.desk.staff,
        "most": ENTRIES_MOST,
    }
    return Said(parts, count=len(found))


def _line(each: Extract, asking: Asking[Any]) -> Mapping[str, Any]:
    asked, known = each.asked, asking.desk.known
    return {
        "id": str(asked.id),
        "kind": words_of_extracts.KINDS[asked.kind].partition("（")[0],
        "subject": words_of_extracts.subject_of(asked, known),
        "asked_at": asked.asked_at,
        "asked_by": words_of_extracts.who(asked.asked_by, asked.asked_role, known),
        "entries": asked.entries - len(asked.withheld),
        "state": words_of_extracts.STATES[state_of(each.decided, asking.now)],
    }


async def ask(work: UnitOfWork, asking: Asking[Any], form: AskForm) -> Result:
    """Ask for an extract of the log as it is now."""
    errors = _errors(form)
    try:
        filters = forms.asked_in({"thing": form.thing, "actor": form.actor, "from": form.since, "to": form.until}, asking.desk.staff)
    except FilterInvalid as error:
        said = forms.form({}, (), error).wrong[error.field]
        return Mistake({**errors, _NAMES.get(error.field, ""): said})
    if errors:
        return Mistake(errors)
    asked = _asked(work, asking, form, filters, await store.log_size(work.db))
    there = {row.index for row in await extracting.entries(work.db, asked)}
    if not there or len(there) > ENTRIES_MOST:
        return Mistake({"thing" if form.thing else "actor": TOO_MANY if there else NOTHING})
    if not there.issuperset(asked.withheld):
        return Mistake({"withheld": WITHHELD})
    asked = replace(asked, entries=len(there))
    await extracting.ask(work, asked, asking.staff.actor, asking.origin)
    return Done(f"/extracts/{asked.id}")


def _asked(work: UnitOfWork, asking: Asking[Any], form: AskForm, filters: Filters, size: int) -> Asked:
    withheld = tuple(sorted({number for number in _typed(form.withheld) if number is not None}))
    return Asked(
        id=work.identifiers.random(),
        kind=Kind(form.kind),
        of_kind=Of.ACTOR if filters.thing is None else Of.THING,
        of_id=str(filters.actor) if filters.thing is None else filters.thing,
        since=filters.since,
        until=filters.until,
        reason_code=form.reason,
        withheld=withheld,
        why_withheld=form.why_withheld if withheld else None,
        size=size,
        entries=0,
        asked_by=asking.staff.id,
        asked_role=asking.staff.actor.role,
        asked_at=work.now,
    )


def _errors(form: AskForm) -> dict[str, str]:
    errors = {}
    if form.kind not in set(Kind):
        errors["kind"] = NO_KIND
    if form.reason not in words_of_extracts.WHY:
        errors["reason"] = NO_REASON
    if bool(form.thing) is bool(form.actor):
        errors["thing"] = ONE_OF_TWO
    elif form.kind == Kind.DISCLOSURE and form.actor:
        errors["actor"] = OF_A_PERSON
    if form.withheld and (None in _typed(form.withheld)):
        errors["withheld"] = WITHHELD
    if form.withheld and form.why_withheld not in words_of_extracts.WHY_WITHHELD:
        errors["why_withheld"] = NO_WHY
    return errors


def _typed(text: str) -> list[int | None]:
    return [index_in(part) for part in text.replace("、", ",").replace(" ", ",").split(",") if part]


SCREENS = (
    Screen(
        name="extracts",
        address="/extracts",
        deed=deeds.EXTRACTS_LISTED,
        read=read,
        show=show,
        question=About,
        thing=lambda _asking: Thing(kind=ThingKind.SIGNED_EXTRACTS, id=None),
        acts=(Act("ask", deeds.EXTRACT_ASKED, AskForm, ask, "申請しました。", READERS),),
    ),
)
