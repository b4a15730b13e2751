"""
`tsunagu ingest register …` and `tsunagu ingest owners …`: the purpose register, and who answers for a source.

Who decides is a registered person, who shows the one-time code of the moment: a renewal needs two of them.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from contracts.deeds import ingest as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.messages import Thing
from contracts.values import ServiceName, Source
from infra.clock import JST
from infra.identity.confirming import confirmed, registered_login
from infra.local.deciding import Reason, act, code_of, work_at
from infra.local.root import CannotDo, Root
from infra.options import takes
from infra.printing import Json, moment, print_json, print_table
from infra.work import UnitOfWork
from services.ingest import owning, registering
from services.ingest.deciders import Decider
from services.ingest.domain.register import SENTENCES, STANDINGS, TO_RESUME, TO_SUSPEND, NotAllowed, Proposal, Why, wrong_with
from services.ingest.domain.rights import Doing, why_not
from services.ingest.registering import Registration, Step
from services.ingest.settings import IngestSettings

T = TypeVar("T")
app = typer.Typer(help="The purpose register (LAW-02): show, renew (two people), suspend, resume.", invoke_without_command=True)
owners = typer.Typer(
    help="Who of a source's owner sees what becomes of it: a coordinator's decision (ROLE-06).", invoke_without_command=True
)

By = Annotated[str, typer.Option("--by", help="The login of whoever decides.")]
Code = Annotated[str, typer.Option("--code", prompt="One-time code", help="That person's one-time code of this moment.")]
Day = Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="As it was at the end of that day.")]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who decides, by login and one-time code, about a stack."""

    login: str
    code: str
    root: Path


def person_of(by: By, code: Code, root: Root) -> Person:
    """Return who decides."""
    return Person(by, code, root)


_DEEDS: Mapping[Doing, Deed] = {
    Doing.PROPOSE: deeds.REGISTRATION_PROPOSED,
    Doing.APPROVE: deeds.REGISTRATION_APPROVED,
    Doing.DECLINE: deeds.REGISTRATION_DECLINED,
    Doing.SUSPEND: deeds.FEED_SUSPENDED,
    Doing.RESUME: deeds.FEED_RESUMED,
    Doing.NAME_OWNERS: deeds.OWNERS_NAMED,
}
_NO_RIGHT = {"role": "this role may not do that", "not_owner": "this person is not registered as of the owner of that source"}


@app.callback()
def register(context: typer.Context, root: Root, on: Day = None, *, as_json: Json = False) -> None:
    """Show which source may be used for what, on which basis, whose it is, and until when it must be looked at again."""
    if context.invoked_subcommand is not None:
        return
    found, today, notice_days = _with_work(root, lambda work, settings: _read(work, settings, on))
    if as_json:
        print_json([_told(row, today, notice_days) for row in found])
        return
    for row in found:
        print(row.source, *_fields(_told(row, today, notice_days)), "", sep="\n")


@app.command()
def history(source: Source, root: Root, *, as_json: Json = False) -> None:
    """Show every step of SOURCE's registration, newest first: who proposed, who approved, when, until when."""
    steps = _with_work(root, lambda work, _: registering.history(work.db, source))
    if as_json:
        print_json([_step(step) for step in steps])
        return
    for step in steps:
        print(f"{moment(step.at)}  {step.step}", *_fields(_step(step), but=("step", "at")), "", sep="\n")


@app.command()
@takes(person=person_of)
def propose(
    source: Source,
    person: Person,
    *,
    review_on: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day on which it is to hold.")],
    basis: Annotated[str | None, typer.Option(help="Default of this and the others: what is registered.")] = None,
    nature: Annotated[str | None, typer.Option(help="standing or temporary.")] = None,
    grounds: Annotated[str | None, typer.Option(help="The reason (相当の理由), in Japanese.")] = None,
    approver: Annotated[str | None, typer.Option(help="The section that approves it.")] = None,
    owner_unit: Annotated[str | None, typer.Option(help="The one unit that holds and manages the source.")] = None,
) -> None:
    """Propose to renew SOURCE's registration. It holds when another person has approved it."""

    async def decide(work: UnitOfWork, who: Decider) -> str | NotAllowed | None:
        now = await _stands(work, source)
        proposal = Proposal(
            now.purpose,
            basis or now.basis,
            nature or now.nature,
            grounds or now.reason,
            approver or now.approver,
            owner_unit or now.owner_unit or "",
            review_on.date(),
        )
        if errors := wrong_with(proposal, work.today):
            return "; ".join(f"{field}: {sentence}" for field, sentence in errors.items())
        return await registering.propose(work, who, source, proposal, now.version)

    _do(person, Doing.PROPOSE, [source], decide)
    print(f"proposed; another person approves it: tsunagu ingest register approve {source} --by LOGIN")


@app.command()
@takes(person=person_of)
def approve(source: Source, person: Person) -> None:
    """Approve what another person proposed for SOURCE: it holds from today on."""

    async def decide(work: UnitOfWork, who: Decider) -> NotAllowed | None:
        return await registering.approve(work, who, source, (await _stands(work, source)).version)

    _do(person, Doing.APPROVE, [source], decide)
    print(f"the registration of {source} is renewed")


@app.command()
@takes(person=person_of)
def decline(source: Source, person: Person) -> None:
    """Take back what was proposed for SOURCE."""

    async def decide(work: UnitOfWork, who: Decider) -> NotAllowed | None:
        return await registering.decline(work, who, source, (await _stands(work, source)).version)

    _do(person, Doing.DECLINE, [source], decide)
    print(f"the proposal for {source} is taken back")


@app.command()
@takes(person=person_of)
def suspend(source: Source, person: Person, *, why: Annotated[Why, typer.Option(help="One of the reasons to stop.")]) -> None:
    """Suspend the use of SOURCE: from the next event on it is refused."""
    _must_be(why, TO_SUSPEND)
    _do(person, Doing.SUSPEND, [source], lambda work, who: registering.suspend(work, who, source, why))
    print(f"{source} is suspended")


@app.command()
@takes(person=person_of)
def resume(source: Source, person: Person, *, why: Annotated[Why, typer.Option(help="One of the reasons to go on.")]) -> None:
    """Let the suspended SOURCE go on."""
    _must_be(why, TO_RESUME)
    _do(person, Doing.RESUME, [source], lambda work, who: registering.resume(work, who, source, why))
    print(f"{source} goes on")


@owners.callback()
def named(context: typer.Context, root: Root, *, as_json: Json = False) -> None:
    """Show who is registered for which source."""
    if context.invoked_subcommand is not None:
        return
    found = _with_work(root, lambda work, _: owning.everybody(work.db))
    if as_json:
        print_json([{"source": source, "owner": label} for source, label in found])
        return
    print_table(("source", "owner"), found)


@owners.command()
@takes(person=person_of)
def grant(login: str, source: list[Source], person: Person, reason: Reason) -> None:
    """Let LOGIN, of the unit that owns them, see what becomes of each SOURCE."""
    _name_owner(person, login, source, reason, granted=True)
    print(f"{login} is registered for {', '.join(source)}")


@owners.command()
@takes(person=person_of)
def revoke(login: str, source: list[Source], person: Person, reason: Reason) -> None:
    """Let LOGIN not see any more what becomes of each SOURCE."""
    _name_owner(person, login, source, reason, granted=False)
    print(f"{login} is not registered any more for {', '.join(source)}")


def _name_owner(person: Person, login: str, sources: list[Source], reason: str, *, granted: bool) -> None:
    ticket = code_of(reason)

    async def decide(work: UnitOfWork, who: Decider) -> str | None:
        return await owning.name(work, who, of_login, roles, sources, ticket, granted=granted)

    of_login, roles = act(person.root, ServiceName.INGEST, lambda settings: registered_login(settings, login))
    _do(person, Doing.NAME_OWNERS, sources, decide)


def _must_be(why: Why, reasons: Mapping[Why, str]) -> None:
    if why not in reasons:
        raise typer.BadParameter(f"one of {', '.join(reasons)}", param_hint="--why")


def _do(
    person: Person,
    doing: Doing,
    sources: list[Source],
    decide: Callable[[UnitOfWork, Decider], Awaitable[str | NotAllowed | None]],
) -> None:
    """Decide as the person who shows the code. Raises CannotDo with what is in the way, which the log has by then."""

    async def in_work(settings: IngestSettings) -> str | NotAllowed | None:
        who = Decider.at_the_command_line(await confirmed(settings, person.login, person.code))
        async with work_at(ServiceName.INGEST, settings) as work:
            owned = await owning.owned_by(work.db, who.staff_id)
            for source in sources:
                if (no_right := why_not(doing, source, who.roles, owned)) is not None:
                    _keep_refused(work, doing, who, source, no_right)
                    return _NO_RIGHT[no_right]
            return await decide(work, who)

    why = act(person.root, ServiceName.INGEST, in_work, kind=IngestSettings)
    if why is not None:
        raise CannotDo(SENTENCES[why][1] if isinstance(why, NotAllowed) else why)


def _keep_refused(work: UnitOfWork, doing: Doing, who: Decider, source: Source, no_right: str) -> None:
    thing = Thing(kind=ThingKind.SOURCE, id=source.value)
    work.keep(_DEEDS[doing], actor=who.actor, thing=thing, refused=True, reason_code=no_right, origin=who.origin)


async def _stands(work: UnitOfWork, source: Source) -> Registration:
    found = await registering.registrations(work.db, [source])
    if not found:
        raise CannotDo(SENTENCES[NotAllowed.NOT_REGISTERED][1])
    return found[0]


async def _read(work: UnitOfWork, settings: IngestSettings, on: datetime | None) -> tuple[list[Registration], date, int]:
    at = None if on is None else datetime.combine(on.date() + timedelta(days=1), time.min, JST).astimezone(UTC) - timedelta(microseconds=1)
    day = work.today if on is None else on.date()
    return await registering.registrations(work.db, list(Source), at), day, settings.review_notice_days


def _with_work(root: Path, question: Callable[[UnitOfWork, IngestSettings], Awaitable[T]]) -> T:
    async def asked(settings: IngestSettings) -> T:
        async with work_at(ServiceName.INGEST, settings) as work:
            return await question(work, settings)

    return act(root, ServiceName.INGEST, asked, kind=IngestSettings)


def _told(row: Registration, today: date, notice_days: int) -> dict[str, object]:
    standing = row.standing(today, notice_days)
    return {
        "source": row.source,
        "standing": standing,
        "purpose": row.purpose,
        "basis": row.basis,
        "nature": row.nature,
        "reason": row.reason,
        "approver": row.approver,
        "owner_unit": row.owner_unit,
        "since": row.since,
        "review_on": row.review_on,
        "days_left": (row.review_on - today).days if row.review_on is not None else None,
        "proposed_by": row.proposed_by,
        "approved_by": row.approved_by,
        "stood_at": row.stood_at if row.suspended else None,
        "stood_by": row.stood_by if row.suspended else None,
        "why": row.why if row.suspended else None,
        "waits_for_approval": row.proposal is not None,
        "means": STANDINGS[standing][1],
    }


def _step(step: Step) -> dict[str, object]:
    return {
        "step": step.step,
        "at": step.at,
        "by": step.by_label,
        "why": step.why,
        "since": step.since,
        "review_on": step.review_on,
        **step.says,
    }


def _fields(known: Mapping[str, object], but: tuple[str, ...] = ("source", "waits_for_approval")) -> list[str]:
    lines = [f"  {name.replace('_', ' '):11} {value}" for name, value in known.items() if value not in {None, ""} and name not in but]
    return [*lines, "  a proposal waits for approval"] if known.get("waits_for_approval") else lines
