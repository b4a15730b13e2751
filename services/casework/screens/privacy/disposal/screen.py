"""Disposal of what is over its years: the coordinator proposes and looks through, the privacy officer approves (`domain.md` §4.6)."""

from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from contracts.deeds import privacy as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from infra.identity.staff import Staff
from infra.pages import dates
from infra.work import UnitOfWork
from services.casework import disposing
from services.casework.accesses import viewer_of
from services.casework.disposing import Hold, List, ListItem
from services.casework.domain.policy import Action, Permit, may
from services.casework.domain.retention import CLASSES, WHYS, ItemState, Kept, Why, over_before
from services.casework.screens.privacy.disposal.forms import NO_CASE, DeclineForm, HoldForm, KeepForm, ListForm, ProposeForm, ReleaseForm
from services.casework.screens.privacy.tabs import UNDER, tabs_of
from services.casework.screens.programme.keeping import CHANGED_MEANWHILE, Sent, keep, not_taken, sent, tells, uuid_or
from services.casework.screens.programme.tabs import Tab
from services.casework.seeing import Act, ActForm, Asking, Done, Face, Mistake, Question, Screen
from services.casework.sheets import PLAIN, Says, Sheet

ADDRESS = "/disposal"
STATES = {
    ItemState.PROPOSED: "廃棄の予定",
    ItemState.KEPT: "残すことにした",
    ItemState.HELD: "保留のため残した",
    ItemState.DISPOSED: "廃棄した",
}
KEPT_BECAUSE = {"declined": "認められなかったため", "held": "保留・未了の請求や確認があるか、再び開かれたため"}
NOTHING = "保存期間を過ぎて、廃棄の予定に入れられるケースは、ありません。"
HELD_ALREADY = "このケースは、もう保留されています。"


class DisposalQuestion(Question):
    """Which list is looked through; without one, none."""

    list: UUID | None = None


@dataclass(frozen=True, slots=True)
class ListLine:
    """A list, how it stands, and what can be done with it."""

    id: UUID
    number: str
    facts: tuple[tuple[str, str], ...]
    shown: bool
    may_look: bool
    may_decide: bool


@dataclass(frozen=True, slots=True)
class ItemLine:
    """A case of the list that is looked through."""

    id: UUID
    closed: str
    state: str
    may_keep: bool


@dataclass(frozen=True, slots=True)
class HoldLine:
    """A case that is to stay."""

    id: UUID
    case: UUID
    why: str
    placed: str


@dataclass(frozen=True, slots=True)
class DisposalSheet(Sheet):
    """The page: numbers of cases, and of nobody."""

    classes: Annotated[tuple[Kept, ...], PLAIN]
    before: Annotated[str, PLAIN]
    lists: Annotated[tuple[ListLine, ...], Says("disposal")]
    items: Annotated[tuple[ItemLine, ...], Says("disposal")]
    holds: Annotated[tuple[HoldLine, ...], Says("disposal")]
    whys: Annotated[tuple[tuple[str, str], ...], PLAIN]
    proposes: Annotated[bool, PLAIN]
    key: Annotated[UUID, PLAIN]
    sent: Annotated[Sent, PLAIN]
    done: Annotated[str, PLAIN]
    tabs: Annotated[tuple[Tab, ...], PLAIN]


@dataclass(frozen=True, slots=True)
class Found:
    """Lists, the cases of the one that is looked through, what is held; `key` is for a form."""

    lists: tuple[List, ...]
    at: UUID | None
    items: tuple[ListItem, ...]
    holds: tuple[Hold, ...]
    key: UUID


async def read(work: UnitOfWork, asking: Asking[Any]) -> Found:
    """Read them; after a form that was not accepted, the list that it was about."""
    of_form = asking.mistake.typed.get("list", "") if asking.mistake else ""
    at = getattr(asking.question, "list", None) or (uuid_or(of_form, work.identifiers.random()) if of_form else None)
    items = await disposing.items(work.db, at) if at else ()
    return Found(await disposing.lists(work.db), at, items, await disposing.holds(work.db), work.identifiers.random())


def show(found: Found, asking: Asking[Any]) -> DisposalSheet:
    """Say it on a page."""
    decided = any(each.id == found.at and each.approved is not None for each in found.lists)
    mistake = sent(asking.mistake, "case")
    return DisposalSheet(
        classes=CLASSES,
        before=dates.era_date(over_before(asking.today)),
        lists=tuple(_line(each, found.at, asking.staff) for each in found.lists),
        items=tuple(_item(each, decided=decided) for each in found.items),
        holds=tuple(_hold(each) for each in found.holds),
        whys=tuple((why.value, words) for why, words in WHYS.items()),
        proposes=_may(asking.staff, Action.PROPOSE_DISPOSAL),
        key=uuid_or(mistake.typed.get("key", ""), found.key),
        sent=mistake,
        done=DISPOSAL.said(asking.done),
        tabs=tabs_of(asking.staff),
    )


def _may(staff: Staff, action: Action) -> bool:
    return isinstance(may(viewer_of(staff), action), Permit)


def _line(each: List, at: UUID | None, staff: Staff) -> ListLine:
    counts = "、".join(f"{STATES[state]} {n}件" for state, n in each.counts.items())
    facts = [
        ("作った人", f"{each.made_by_name}、{dates.short_moment(each.made_at)}"),
        ("対象", f"{dates.era_date(each.over_before)}より前に終結したケース"),
        ("件数", counts or "0件"),
        ("見直した人", f"{each.looked_by_name}、{dates.short_moment(each.looked_at)}" if each.looked_at else "まだ見直していません"),
    ]
    if each.decided_at:
        verdict = "承認" if each.approved else f"認めない：{each.decided_words}"
        facts.append(("決裁", f"{verdict}（{each.decided_by_name}、{dates.short_moment(each.decided_at)}）"))
    open_for = each.approved is None
    may_decide = open_for and each.looked_at is not None and each.looked_by != staff.id and _may(staff, Action.APPROVE_DISPOSAL)
    may_look = open_for and each.looked_at is None and _may(staff, Action.PROPOSE_DISPOSAL)
    return ListLine(each.id, each.number, tuple(facts), each.id == at, may_look, may_decide)


def _item(item: ListItem, *, decided: bool) -> ItemLine:
    why = f"：{KEPT_BECAUSE.get(item.why, item.why)}" if item.why else ""
    may_keep = item.state is ItemState.PROPOSED and not decided
    return ItemLine(item.case_id, dates.era_date(item.closed_on), f"{STATES[item.state]}{why}", may_keep)


def _hold(hold: Hold) -> HoldLine:
    why = f"{WHYS[Why(hold.why)]}：{hold.words}"
    return HoldLine(hold.id, hold.case_id, why, f"{hold.placed_by_name}、{dates.short_moment(hold.placed_at)}")


async def _kept(work: UnitOfWork, staff: Staff, why: str, at: UUID) -> Done:
    """Keep in the log what was done with a list, by its number, as what is disposed of by it."""
    await keep(work, staff, deeds.DISPOSAL_CHANGED, ThingKind.DISPOSAL_LIST, await disposing.number_of(work.db, at), why)
    return Done(f"{ADDRESS}?list={at}")


async def _kept_of_case(work: UnitOfWork, staff: Staff, why: str, case_id: UUID) -> Done:
    await keep(work, staff, deeds.DISPOSAL_CHANGED, ThingKind.DISPOSAL_LIST, str(case_id), why)
    return Done()


async def propose(work: UnitOfWork, asking: Asking[Any], form: ProposeForm) -> Done | Mistake:
    """Make a list, once."""
    made = await disposing.propose(work, asking.staff, form.key)
    if made == 0:
        return not_taken("propose", form, "key", NOTHING, 409)
    return await _kept(work, asking.staff, "disposal_proposed", form.key) if made else Done(f"{ADDRESS}?list={form.key}")


async def keep_case(work: UnitOfWork, asking: Asking[Any], form: KeepForm) -> Done | Mistake:
    """Take a case out of a list."""
    if (told := await tells(work, asking.staff, "keep", form, "words")) is not None:
        return told
    if not await disposing.keep_case(work, form.list, form.case, form.words):
        return not_taken("keep", form, "words", CHANGED_MEANWHILE, 409)
    return await _kept(work, asking.staff, "disposal_case_kept", form.list)


async def look_through(work: UnitOfWork, asking: Asking[Any], form: ListForm) -> Done | Mistake:
    """Keep that somebody looked a list through."""
    if not await disposing.look_through(work, asking.staff, form.list):
        return not_taken("look", form, "list", CHANGED_MEANWHILE, 409)
    return await _kept(work, asking.staff, "disposal_looked_through", form.list)


async def approve(work: UnitOfWork, asking: Asking[Any], form: ListForm) -> Done | Mistake:
    """Approve a list that another person looked through. It is carried out by the clock."""
    if not await disposing.decide(work, asking.staff, form.list, approved=True, words=""):
        return not_taken("approve", form, "list", CHANGED_MEANWHILE, 409)
    return await _kept(work, asking.staff, "disposal_approved", form.list)


async def decline(work: UnitOfWork, asking: Asking[Any], form: DeclineForm) -> Done | Mistake:
    """Decline a list: all of it stays, and may stand in another."""
    if (told := await tells(work, asking.staff, "decline", form, "words")) is not None:
        return told
    if not await disposing.decide(work, asking.staff, form.list, approved=False, words=form.words):
        return not_taken("decline", form, "list", CHANGED_MEANWHILE, 409)
    return await _kept(work, asking.staff, "disposal_declined", form.list)


async def hold(work: UnitOfWork, asking: Asking[Any], form: HoldForm) -> Done | Mistake:
    """Keep that a case is to stay."""
    if (told := await tells(work, asking.staff, "hold", form, "words")) is not None:
        return told
    placed = await disposing.place_hold(work, asking.staff, form.key, form.case, form.why, form.words)
    if not placed:
        return not_taken("hold", form, "case", NO_CASE if placed is None else HELD_ALREADY, 409)
    return await _kept_of_case(work, asking.staff, "disposal_held", form.case)


async def release(work: UnitOfWork, asking: Asking[Any], form: ReleaseForm) -> Done | Mistake:
    """Keep that a case need not stay any more."""
    if (told := await tells(work, asking.staff, "release", form, "words")) is not None:
        return told
    case_id = await disposing.release_hold(work, asking.staff, form.hold, form.words)
    if case_id is None:
        return not_taken("release", form, "words", CHANGED_MEANWHILE, 409)
    return await _kept_of_case(work, asking.staff, "disposal_released", case_id)


def _act(name: str, right: Action, form: type[ActForm], do: Any, done: str) -> Act[Any]:
    return Act(name, right, deeds.DISPOSAL_OPENED, form, do, done)


PROPOSES, APPROVES = Action.PROPOSE_DISPOSAL, Action.APPROVE_DISPOSAL
DISPOSAL = Screen(
    name="disposal",
    folder="privacy/disposal",
    address=ADDRESS,
    right=Action.READ_DISPOSAL,
    deed=deeds.DISPOSAL_OPENED,
    read=read,
    page=Face(DisposalQuestion, show),
    thing=lambda _staff: Thing(kind=ThingKind.DISPOSAL_LIST, id=None),
    under=UNDER,
    acts=(
        _act("propose", PROPOSES, ProposeForm, propose, "廃棄の一覧を作りました。1件ずつ見直してください。"),
        _act("keep", PROPOSES, KeepForm, keep_case, "残すことにしました。"),
        _act("look", PROPOSES, ListForm, look_through, "見直したことを記録しました。プライバシー保護責任者の承認を待っています。"),
        _act("approve", APPROVES, ListForm, approve, "承認しました。まもなく、順に廃棄されます。"),
        _act("decline", APPROVES, DeclineForm, decline, "認めないことにしました。"),
        _act("hold", Action.READ_DISPOSAL, HoldForm, hold, "保留しました。"),
        _act("release", Action.READ_DISPOSAL, ReleaseForm, release, "保留を終えました。"),
    ),
)
SCREENS = (DISPOSAL,)
