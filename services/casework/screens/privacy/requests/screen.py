"""
Requests for disclosure, correction and suspension of use: the coordinator and the privacy officer keep them, another person decides.

個人情報の保護に関する法律76条–103条; `domain.md` §4.1, §2.8-8. Who asks and of whom stands on the page; the log has the request's number.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from contracts.deeds import privacy as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import PersonId
from contracts.messages import Thing
from infra.identity.staff import Staff
from infra.work import UnitOfWork
from services.casework.accesses import viewer_of
from services.casework.domain.policy import Action, Permit, may
from services.casework.domain.privacy_decision import Shield
from services.casework.domain.privacy_request import OVER, SECONDS, Does, Request, State, can_be_done, in_order
from services.casework.screens.privacy.requests import checks, forms, store
from services.casework.screens.privacy.requests.said import Card, Line, card, line
from services.casework.screens.privacy.requests.store import Received, Tied
from services.casework.screens.privacy.requests.words import BUTTONS, DONE, RECEIVING, Entry
from services.casework.screens.privacy.tabs import tabs_of
from services.casework.screens.programme.keeping import CHANGED_MEANWHILE, Sent, another, keep, not_taken, sent, typed, uuid_or
from services.casework.screens.programme.tabs import Tab
from services.casework.seeing import Act, ActForm, Asking, Done, Face, Menu, Mistake, Question, Screen
from services.casework.sheets import PLAIN, Says, Sheet
from services.casework.store import AccessNote, note_access

ADDRESS = "/requests"
SHOWN = 300
GONE = "この請求はありません。画面を見直してください。"
NOT_NOW = "いまの状態からは、そうできません。画面を見直してください。"
OWN = "自分が出した案は、自分では決められません。ほかの職員が決めます。"


class RequestsQuestion(Question):
    """Which request is worked on; without one, the list alone."""

    request: UUID | None = None


@dataclass(frozen=True, slots=True)
class RequestsSheet(Sheet):
    """The page."""

    lines: Annotated[tuple[Line, ...], Says("privacy_requests")]
    card: Annotated[Card | None, Says("privacy_request")]
    late: Annotated[int, PLAIN]
    receiving: Annotated[tuple[Entry, ...], PLAIN]
    key: Annotated[UUID, PLAIN]
    sent: Annotated[Sent, PLAIN]
    done: Annotated[str, PLAIN]
    tabs: Annotated[tuple[Tab, ...], PLAIN]

    def count(self) -> int:
        """Return how many requests it shows."""
        return len(self.lines)


@dataclass(frozen=True, slots=True)
class Found:
    """Requests, the one that is worked on, and what the register says of whom it is about; `key` is for a form."""

    requests: tuple[Request, ...]
    at: Request | None
    tied: Tied | None
    key: UUID


async def read(work: UnitOfWork, asking: Asking[Any]) -> Found:
    """Read the requests; after a form that was not accepted, the one that it was about."""
    listed = await store.requests(work.db, SHOWN)
    of_form = asking.mistake.typed.get("request", "") if asking.mistake else ""
    asked = getattr(asking.question, "request", None) or (uuid_or(of_form, work.identifiers.random()) if of_form else None)
    at = await store.request(work.db, asked) if asked else None
    tied = await store.tied(work, asking.staff, at.id) if at is not None and at.state not in OVER else None
    return Found(listed, at, tied, work.identifiers.random())


def show(found: Found, asking: Asking[Any]) -> RequestsSheet:
    """Say it on a page."""
    mistake, staff = sent(asking.mistake, "request"), asking.staff
    tied = found.tied or Tied((), Shield())
    decides, compiles = _may(staff, Action.DECIDE_PRIVACY_REQUEST), _may(staff, Action.COMPILE_PRIVACY_REQUEST)
    return RequestsSheet(
        lines=tuple(line(each, asking.today) for each in in_order(found.requests, asking.today)),
        card=card(found.at, tied.shield, asking.today, staff.id, decides=decides, compiles=compiles) if found.at else None,
        late=sum(each.is_late(asking.today) for each in found.requests),
        receiving=RECEIVING,
        key=uuid_or(mistake.typed.get("key", ""), found.key),
        sent=mistake,
        done=REQUESTS.said(asking.done),
        tabs=tabs_of(asking.staff),
    )


def _may(staff: Staff, action: Action) -> bool:
    return isinstance(may(viewer_of(staff), action), Permit)


def _to(request_id: UUID) -> Done:
    return Done(f"{ADDRESS}?request={request_id}")


async def receive(work: UnitOfWork, asking: Asking[Any], form: forms.ReceiveForm) -> Done | Mistake:
    """Keep a request that came in. Pressed twice, it is one."""
    if wrong := tuple(checks.received(form, asking.today)):
        return Mistake(wrong, typed=typed(form), act="receive")
    came_in = Received(**form.model_dump())
    number = await store.receive(work, came_in)
    if number is not None:
        await keep(work, asking.staff, deeds.REQUEST_CHANGED, ThingKind.PRIVACY_REQUEST, number, "request_received")
    elif not await store.was_received(work.db, came_in):
        return another(work, "receive", form, "key")
    return _to(form.key)


async def do(does: Does, work: UnitOfWork, asking: Asking[Any], form: Any) -> Done | Mistake:
    """Do something with a request, as it was read and as the register stands at this moment."""
    act, staff = does.value, asking.staff
    request = await store.request(work.db, form.request)
    if request is None:
        return not_taken(act, form, "request", GONE, 409)
    if request.version != form.version:
        return not_taken(act, form, "version", CHANGED_MEANWHILE, 409)
    if does not in can_be_done(request, decides=_may(staff, Action.DECIDE_PRIVACY_REQUEST), staff_id=staff.id):
        own = does is Does.DECIDE and request.state is State.PROPOSED
        return not_taken(act, form, "version", OWN if own else NOT_NOW, 409)
    tied = await store.tied(work, staff, request.id)
    check = checks.CHECKS.get(does)
    if check is not None and (wrong := tuple(check(request, form, tied.shield, asking.today))):
        return Mistake(wrong, typed=typed(form), act=act)

    kept = checks.details(does, form, asking.today)
    child = await _tie(work, staff, request, form) if isinstance(form, forms.CheckForm) else None
    kept |= {"found": "yes" if child else "no"} if isinstance(form, forms.CheckForm) and form.person_no else {}
    if not await store.write(work, staff, request, does, kept):
        return not_taken(act, form, "version", CHANGED_MEANWHILE, 409)
    await keep(work, staff, deeds.REQUEST_CHANGED, ThingKind.PRIVACY_REQUEST, request.number, _why(does, request))
    return _to(request.id)


def _why(does: Does, request: Request) -> str:
    result = request.proposal.details["result"] if does is Does.DECIDE and request.proposal else ""
    return f"request_{does}.decided_{result}" if result else f"request_{does}"


async def _tie(work: UnitOfWork, staff: Staff, request: Request, form: forms.CheckForm) -> PersonId | None:
    """Find whom a request is about. That a child was looked up stands in the log under the child."""
    child = await store.tie(work, staff, request.id, form.person_no, form.birth_date, form.requester_no)
    if child is not None:
        deed = deeds.CHILD_OF_REQUEST
        thing = Thing(kind=ThingKind.CHILD, id=str(child))
        entry = work.keep(deed, actor=staff.actor, thing=thing, correlation=str(request.id))
        await note_access(
            work.db, AccessNote(entry, staff.id, staff.name, staff.place, deed.code, "done", child, is_decision=True), work.now
        )
    return child


def _act(does: Does, form: type[ActForm]) -> Act[Any]:
    right = Action.DECIDE_PRIVACY_REQUEST if does in SECONDS else Action.KEEP_PRIVACY_REQUESTS
    return Act(does.value, right, deeds.REQUESTS_OPENED, form, partial(do, does), f"{DONE[does]}ことを記録しました。")


FORMS: Mapping[Does, type[ActForm]] = {
    **dict.fromkeys((Does.NOTE, Does.SEND_BACK, Does.RECONSIDER), forms.WhyForm),
    **dict.fromkeys((Does.ASK_TO_COMPLETE, Does.WITHDRAW), forms.OnForm),
    Does.COMPLETE: forms.CompletedForm,
    Does.CHECK: forms.CheckForm,
    Does.CONSULT: forms.ConsultForm,
    Does.HEAR: forms.HearForm,
    Does.EXTEND: forms.ExtendForm,
    Does.PROPOSE: forms.ProposeForm,
    Does.DECIDE: forms.SaidForm,
    Does.CARRY_OUT: forms.CarriedOutForm,
    Does.TRANSFER: forms.TransferForm,
}
REQUESTS = Screen(
    name="privacy_requests",
    folder="privacy/requests",
    address=ADDRESS,
    right=Action.KEEP_PRIVACY_REQUESTS,
    deed=deeds.REQUESTS_OPENED,
    read=read,
    page=Face(RequestsQuestion, show),
    thing=lambda _staff: Thing(kind=ThingKind.PRIVACY_REQUEST, id=None),
    menu=Menu("個人情報の保護", 6),
    acts=(
        Act(
            "receive",
            Action.KEEP_PRIVACY_REQUESTS,
            deeds.REQUESTS_OPENED,
            forms.ReceiveForm,
            receive,
            "請求を受け付けました。本人確認を記録してください。",
        ),
        *(_act(does, FORMS[does]) for does in BUTTONS),
    ),
)
SCREENS = (REQUESTS,)
