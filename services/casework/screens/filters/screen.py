"""Conditions of the list that are kept under names: the own ones, and those that colleagues of the ward share."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar
from uuid import UUID, uuid4

from pydantic import StringConstraints

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from infra.work import UnitOfWork
from services.casework import filters
from services.casework.accesses import viewer_of
from services.casework.domain.filtering import AGES, FILTERS_OF_A_WARD, FILTERS_OF_ONE, GROUPS, Owner
from services.casework.domain.policy import Action, Permit, may
from services.casework.filters import NotKept, Saved
from services.casework.screens.reviews.asked import Conditions, OwnerText, conditions_of
from services.casework.screens.reviews.screen import TAB_TITLES
from services.casework.seeing import Act, ActForm, Asking, Done, Face, Mistake, Question, Screen
from services.casework.sheets import PLAIN, Sheet
from services.casework.steps import Line as ShortText

NOT_THERE = "その条件は、もうないか、あなたが保存したものではありません。"
WHY_NOT: Mapping[NotKept, tuple[str, str]] = {
    NotKept.TOO_MANY_OWN: ("", f"保存できるのは、1人{FILTERS_OF_ONE}件までです。使わないものを消してください。"),
    NotKept.TOO_MANY_SHARED: (
        "shared",
        f"区で共有できるのは、{FILTERS_OF_A_WARD}件までです。自分用に保存するか、使わないものを消してください。",
    ),
    NotKept.KEY_REUSED: ("", "この画面からは、別の内容をもう保存しています。この内容も保存するときは、もう一度押してください。"),
    NotKept.NAME_TAKEN: ("name", "同じ名前の条件を、もう保存しています。ほかの名前にしてください。"),
}
NO_WARD = "区に属さないため、共有できません。自分用に保存してください。"
OWNERS = {Owner.MINE.value: "自分の受け持ち", Owner.NOBODY.value: "受け持ちなし"}


class SaveForm(ActForm):
    """A name, whether colleagues may use it, and the conditions as the list's page has them."""

    wrong: ClassVar = {
        "name": "名前を、1文字以上40文字までで書いてください。こどもの名前は書かないでください。",
        **dict.fromkeys(("tab", "owner", "age", "group"), "一覧の条件を読み取れません。一覧で選び直してください。"),
    }
    key: UUID
    name: Annotated[ShortText, StringConstraints(min_length=1, max_length=40)]
    shared: bool = False
    tab: Annotated[str, StringConstraints(pattern=f"^({'|'.join(TAB_TITLES)})$")]
    owner: OwnerText = ""
    age: Annotated[str, StringConstraints(pattern=f"^(|{'|'.join(AGES)})$")] = ""
    group: Annotated[str, StringConstraints(pattern=f"^(|{'|'.join(GROUPS)})$")] = ""


class ForgetForm(ActForm):
    """Which."""

    wrong: ClassVar = {"filter": NOT_THERE}
    filter: UUID


@dataclass(frozen=True, slots=True)
class FilterLine:
    """Conditions under a name, in words. `usable` unless a release took away what they say."""

    id: UUID
    name: str
    own: bool
    by: str
    shared: bool
    what: str
    usable: bool
    may_forget: bool
    """It is one's own; or a lead's to take away, because whoever shared it is not of the ward any more."""


@dataclass(frozen=True, slots=True)
class FiltersSheet(Sheet):
    """The page: it names no child."""

    lines: Annotated[tuple[FilterLine, ...], PLAIN]
    errors: Annotated[Mapping[str, str], PLAIN]
    typed: Annotated[Mapping[str, str], PLAIN]
    again: Annotated[bool, PLAIN]
    """Whether conditions could not be kept, and can be under another name, or for oneself."""
    done: Annotated[str, PLAIN]
    most: Annotated[int, PLAIN] = FILTERS_OF_ONE

    def count(self) -> int:
        """Return how many there are."""
        return len(self.lines)


@dataclass(frozen=True, slots=True)
class FilterAnswer:
    """Conditions under a name, as they were kept: `GET /v1/reviews?saved=` its id uses them."""

    id: UUID
    name: str
    own: bool
    shared: bool
    usable: bool
    conditions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class FiltersAnswer(Sheet):
    """The same, as a program is told of it."""

    filters: Annotated[tuple[FilterAnswer, ...], PLAIN]

    def count(self) -> int:
        """Return how many there are."""
        return len(self.filters)


@dataclass(frozen=True, slots=True)
class Found:
    """What whoever asks may use; `left` are those of colleagues who are not of the ward any more, for a lead to take away."""

    saved: tuple[Saved, ...]
    left: frozenset[UUID]


async def read(work: UnitOfWork, asking: Asking[Question]) -> Found:
    """Read what whoever asks may use."""
    saved = await filters.all_of(work.db, asking.staff)
    of_others = [each for each in saved if each.staff_id != asking.staff.id]
    here = await _here(asking) if of_others and _leads(asking) else None
    return Found(saved, frozenset(each.id for each in of_others if here is not None and each.staff_id not in here))


def _leads(asking: Asking[Any]) -> bool:
    return isinstance(may(viewer_of(asking.staff), Action.ASSIGN), Permit)


async def _here(asking: Asking[Any]) -> frozenset[UUID]:
    ward = asking.staff.ward
    return frozenset(each.id for each in await asking.register.of_ward(ward)) if ward else frozenset()


def show(found: Found, asking: Asking[Question]) -> FiltersSheet:
    """Say it on a page."""
    mistake = asking.mistake
    typed = dict(mistake.typed) if mistake else {}
    return FiltersSheet(
        lines=tuple(_line(each, asking, left=each.id in found.left) for each in found.saved),
        errors=dict(mistake.errors) if mistake else {},
        typed=typed,
        again=mistake is not None and mistake.act == "save" and "tab" in typed and "key" in typed,
        done=FILTERS.said(asking.done),
    )


def _line(saved: Saved, asking: Asking[Any], *, left: bool) -> FilterLine:
    conditions, own = conditions_of(saved.conditions), saved.staff_id == asking.staff.id
    what = _in_words(conditions) if conditions else "いまの画面では使えない条件です"
    return FilterLine(saved.id, saved.name, own, saved.by, saved.shared, what, conditions is not None, own or left)


def _in_words(conditions: Conditions) -> str:
    said = [TAB_TITLES[conditions.tab]]
    if conditions.owner:
        said.append(OWNERS.get(conditions.owner, "選んだ職員の受け持ち"))
    if conditions.age:
        said.append(AGES[conditions.age])
    if conditions.group:
        said.append(f"理由：{GROUPS[conditions.group]}")
    return "、".join(said)


def answer(found: Found, asking: Asking[Any]) -> FiltersAnswer:
    """Conditions of the list that are kept under names: the own ones, then those that colleagues of the ward share."""
    return FiltersAnswer(
        tuple(
            FilterAnswer(
                each.id,
                each.name,
                each.staff_id == asking.staff.id,
                each.shared,
                conditions_of(each.conditions) is not None,
                {name: str(value) for name, value in each.conditions.items()},
            )
            for each in found.saved
        )
    )


# --- Acts


async def save(work: UnitOfWork, asking: Asking[Any], form: SaveForm) -> Done | Mistake:
    """Keep conditions of the list under a name, at most so many. `Idempotency-Key` becomes their id."""
    typed = {name: str(value) for name, value in form.model_dump().items() if value not in ("", False)}
    if form.shared and asking.staff.ward is None:
        return Mistake((("shared", NO_WARD),), typed=typed, act="save")
    conditions = form.model_dump(include={"tab", "owner", "age", "group"})
    not_kept = await filters.save(work, asking.staff, form.key, form.name, conditions, shared=form.shared)
    if not_kept is not None:
        typed |= {"key": str(uuid4())} if not_kept is NotKept.KEY_REUSED else {}
        return Mistake((WHY_NOT[not_kept],), typed=typed, act="save", status=409)
    return Done(told={"id": str(form.key)})


async def forget(work: UnitOfWork, asking: Asking[Any], form: ForgetForm) -> Done | Mistake:
    """Forget conditions that one kept; for a lead also those that somebody shares who is not of the ward any more."""
    gone = await filters.forget(work, asking.staff, form.filter)
    if not gone and _leads(asking):
        gone = await filters.forget_of_one_who_left(work, asking.staff, form.filter, await _here(asking))
    if not gone:
        return Mistake((("filter", NOT_THERE),), act="forget", status=409)
    return Done(told={"id": str(form.filter)})


FILTERS = Screen(
    name="filters",
    address="/filters",
    right=Action.LIST_REVIEWS,
    deed=deeds.FILTERS_OPENED,
    read=read,
    page=Face(Question, show),
    json=Face(Question, answer),
    thing=lambda staff: Thing(kind=ThingKind.REVIEW_LIST, id=None, ward=staff.ward),
    under="reviews",
    acts=(
        Act(
            "save",
            Action.LIST_REVIEWS,
            deeds.FILTERS_OPENED,
            SaveForm,
            save,
            "条件を保存しました。名前を選ぶと、その条件の一覧になります。",
            json=True,
        ),
        Act("forget", Action.LIST_REVIEWS, deeds.FILTERS_OPENED, ForgetForm, forget, "条件を消しました。", json=True),
    ),
)
SCREENS = (FILTERS,)
