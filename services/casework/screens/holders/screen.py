"""Who knows where a protected child is: the coordinator names staff of its ward who are no relatives of the opponent (`domain.md` §4.4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import StringConstraints

from contracts.deeds import casework as deeds
from contracts.ids import PersonId
from contracts.words import place_of
from infra.looking import Refused
from infra.pages import dates
from infra.work import UnitOfWork
from services.casework import cases, holders, phrases
from services.casework.accesses import viewer_of
from services.casework.domain.holding import NotNamed, why_not
from services.casework.domain.policy import Action, Deny, Facts, Reason, decide
from services.casework.holders import HeldChild
from services.casework.seeing import Act, ActForm, Asking, Done, Face, Mistake, Question, Screen
from services.casework.sheets import PLAIN, Says, Sheet

NOBODY = "このログイン名の職員は登録されていません。"
WHY_NOT: Mapping[NotNamed, str] = {
    NotNamed.OTHER_WARD: "このこどもを担当する区の職員ではないため、指定できません。",
    NotNamed.NO_WARD_SECTION: "区の三課の職員ではないため、指定できません。",
    NotNamed.OPPONENTS_WARD: "支援措置の相手方が住む区の職員は、指定できません。",
}
SAME_NAME = "相手方かその世帯の人と、同じ名字の職員です。親族でないことをどう確かめたかを、10文字以上で書いてください。"
CHECKED_AT_LEAST = 10
FIELDS = ("login", "checked")


class NameForm(ActForm):
    """Who is to know it, and how it was checked that they are no relative of the opponent."""

    wrong: ClassVar = {
        "login": "職員のログイン名を63文字までで入れてください。",
        "no_relative": "相手方やその親族でないことを、本人に確かめてから指定してください。",
        "checked": "確かめたことは500文字までで書いてください。",
    }
    login: Annotated[str, StringConstraints(min_length=1, max_length=63)]
    no_relative: Annotated[str, StringConstraints(pattern="yes")]
    checked: Annotated[str, StringConstraints(max_length=500)] = ""


class EndForm(ActForm):
    """Who is to know it no longer."""

    holder: UUID


@dataclass(frozen=True, slots=True)
class HolderLine:
    """Somebody who knows it."""

    id: UUID
    who: str
    named: str
    checked: str


@dataclass(frozen=True, slots=True)
class HoldersSheet(Sheet):
    """The page."""

    id: Annotated[PersonId | None, PLAIN]
    name: Annotated[str, Says("name")]
    holders: Annotated[tuple[HolderLine, ...], Says("holders", even=True)]
    typed: Annotated[dict[str, str], PLAIN]
    errors: Annotated[dict[str, str], PLAIN]
    done: Annotated[str, PLAIN]


async def read(work: UnitOfWork, asking: Asking[Question]) -> HeldChild | None:
    """Read who knows it."""
    assert asking.person_id is not None  # noqa: S101 -- the address names a child
    return await holders.held_child(work.db, asking.person_id)


def show(child: HeldChild, asking: Asking[Question]) -> HoldersSheet:
    """Say it on a page."""
    mistake = asking.mistake
    errors = dict(mistake.errors) if mistake else {}
    lines = tuple(
        HolderLine(
            id=each.id,
            who=f"{each.place}　{each.name}" if each.name else f"職員番号 {each.id}",
            named=f"{dates.short_moment(each.named_at)}　{each.named_by or ''}",
            checked=each.checked or "",
        )
        for each in child.holders
    )
    return HoldersSheet(
        id=asking.person_id,
        name=child.name or phrases.NAME_UNKNOWN,
        holders=lines,
        typed={name: mistake.typed.get(name, "") if mistake else "" for name in FIELDS},
        errors={name: errors.get(name, "") for name in (*FIELDS, "no_relative")},
        done=HOLDERS.said(asking.done),
    )


async def name(work: UnitOfWork, asking: Asking[Question], form: NameForm) -> Done | Mistake | Refused:
    """Name somebody, decided on the locked row: whoever works out anew who may see the child waits for it."""
    facts = await _held(work, asking)
    if isinstance(facts, Refused):
        return facts
    assert facts.thing is not None and asking.person_id is not None  # noqa: PT018, S101 -- of what there is not nothing is permitted
    found = await asking.register.registered(logins=[form.login])
    if not found:
        return _mistake(form, "login", NOBODY)
    [named] = found
    if (wrong := why_not(named.section, named.ward, facts.thing)) is not None:
        return _mistake(form, "login", WHY_NOT[wrong])
    if len(form.checked) < CHECKED_AT_LEAST and await holders.is_called_as_an_opponent(work, asking.staff, asking.person_id, named.name):
        return _mistake(form, "checked", SAME_NAME)
    await holders.name_holder(work, asking.staff, asking.person_id, named, place_of(named.section, named.ward), form.checked)
    return Done()


async def end(work: UnitOfWork, asking: Asking[Question], form: EndForm) -> Done | Refused:
    """Let somebody know it no longer."""
    facts = await _held(work, asking)
    if isinstance(facts, Refused):
        return facts
    assert asking.person_id is not None  # noqa: S101 -- the address names a child
    await holders.end_holder(work, asking.staff, asking.person_id, form.holder)
    return Done()


async def _held(work: UnitOfWork, asking: Asking[Question]) -> Facts | Refused:
    """Lock the child, and return what permission depends on, where it permits to name who knows it."""
    assert asking.person_id is not None  # noqa: S101 -- the address names a child
    review = await cases.lock_review(work.db, asking.person_id)
    if review is None:
        return Refused(Reason.NO_REVIEW, hidden=True)
    decision = decide(viewer_of(asking.staff), Action.NAME_HOLDERS, review.facts)
    return Refused(decision.reason, decision.hidden) if isinstance(decision, Deny) else review.facts


def _mistake(form: NameForm, field: str, sentence: str) -> Mistake:
    return Mistake(((field, sentence),), typed={"login": form.login, "checked": form.checked}, act="name")


HOLDERS = Screen(
    name="holders",
    address="/children/{person_id}/holders",
    right=Action.NAME_HOLDERS,
    deed=deeds.HOLDERS_OPENED,
    read=read,
    page=Face(Question, show),
    facts=lambda child: child.facts,
    under="reviews",
    acts=(
        Act("name", Action.NAME_HOLDERS, deeds.HOLDERS_OPENED, NameForm, name, "指定しました。この職員には、いまから住所が見えます。"),
        Act("end", Action.NAME_HOLDERS, deeds.HOLDERS_OPENED, EndForm, end, "指定を終えました。この職員には、いまから住所が見えません。"),
    ),
)
SCREENS = (HOLDERS,)
