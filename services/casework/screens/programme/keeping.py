"""What the programme's screens do alike: the log's entry of a deed, a form that was not accepted, and words that tell of nobody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from contracts.deeds.deed import Deed, ThingKind
from contracts.messages import Thing
from infra.identity.staff import Staff
from infra.work import UnitOfWork
from services.casework import store
from services.casework.domain.manual import tells_of_somebody
from services.casework.screens.manual.screen import TELLS, names_before_the_eyes
from services.casework.seeing import ActForm, Mistake
from services.casework.store import AccessNote

KEY_REUSED = "この画面からは、別の内容をもう記録しています。この内容も記録するときは、もう一度押してください。"
CHANGED_MEANWHILE = "画面を開いたあとに、ほかの職員が変えました。新しい内容を確かめて、もう一度操作してください。"


@dataclass(frozen=True, slots=True)
class Sent:
    """A form that was not accepted: which act, at which line of the page, what is wrong by field, and what was filled in."""

    act: str = ""
    at: str = ""
    errors: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)


def sent(mistake: Mistake | None, line: str) -> Sent:
    """Return what a page shows of a form that was not accepted; `line` is the field that says of which line it is."""
    if mistake is None:
        return Sent()
    return Sent(mistake.act, mistake.typed.get(line, ""), dict(mistake.errors), mistake.typed)


def typed(form: ActForm) -> Mapping[str, str]:
    """Return what was filled in, as it is shown again."""
    return {name: str(value) for name, value in form.model_dump(mode="json").items() if value is not None}


def not_taken(act: str, form: ActForm, where: str, text: str, status: int = 422) -> Mistake:
    """Return the form as it was filled in, with what is wrong at a field."""
    return Mistake(((where, text),), typed=typed(form), act=act, status=status)


def another(work: UnitOfWork, act: str, form: ActForm, key: str) -> Mistake:
    """
    Return a form by whose `key` something else is kept already: sent again from a page that was gone back to, with other words.

    What was filled in stands there with a key of its own; nothing of it is kept.
    """
    return not_taken(act, form.model_copy(update={key: work.identifiers.random()}), "title", KEY_REUSED, 409)


async def tells(work: UnitOfWork, staff: Staff, act: str, form: ActForm, *fields: str) -> Mistake | None:
    """Return what is wrong where one of these fields tells of somebody: nothing of the programme is about a child."""
    names = await names_before_the_eyes(work, staff)
    words = typed(form)
    bad = tuple((name, TELLS) for name in fields if tells_of_somebody(words.get(name, ""), names))
    return Mistake(bad, typed=words, act=act) if bad else None


async def keep(work: UnitOfWork, staff: Staff, deed: Deed, kind: ThingKind, name: str, why: str) -> None:
    """Keep in the log, and in the list of one's own, what somebody did to what is called `name`."""
    entry = work.keep(deed, actor=staff.actor, thing=Thing(kind=kind, id=name), reason_code=why)
    note = AccessNote(entry, staff.id, staff.name, staff.place, deed.code, "done", None, is_decision=True)
    await store.note_access(work.db, note, work.now)


def uuid_or(text: str, other: UUID) -> UUID:
    """Return the id of a form that was not accepted, so that sent again it is the same; or another."""
    try:
        return UUID(text)
    except ValueError:
        return other
