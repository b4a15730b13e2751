"""`tsunagu audit misuse …`: the rules against misuse, and what one would have found. Nothing is raised by it."""

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Annotated, Any

import typer

from contracts.deeds import audit as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from contracts.values import ServiceName
from infra.clock import JST
from infra.identity.confirming import registered_login
from infra.identity.staff import Registered
from infra.local.deciding import COMMAND_LINE, OPERATOR, work_at
from infra.local.root import CannotDo, Root, reaching, settings_of
from infra.printing import Json, print_json, print_table
from services.audit.domain.findings.hits import Hit, joined
from services.audit.domain.misuse.duty import days_on_duty
from services.audit.domain.misuse.looks import Period
from services.audit.domain.misuse.rules import BY_CODE, RULES
from services.audit.domain.misuse.thresholds import Thresholds
from services.audit.misusing import STEP, hits_of
from services.audit.rostering import DutyListUnreadable, Roster
from services.audit.settings import AuditSettings

app = typer.Typer(help="Rules against misuse: what there are, and what one would have found.", no_args_is_help=True)


@app.command("list")
def list_rules(root: Root) -> None:
    """Name the rules, and whether each runs here."""
    thresholds = settings_of(AuditSettings, root, ServiceName.AUDIT).misuse
    print_table(
        ("rule", "runs", "what"), [(rule.code, "no" if rule.code in thresholds.off else "yes", deeds.MISUSE[rule.code]) for rule in RULES]
    )


@app.command("try")
def try_rule(
    rule: Annotated[str, typer.Argument(help="A rule's code (`tsunagu audit misuse list`).")],
    *,
    first: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day, in Japan.")],
    last: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="The last day.")],
    thresholds: Annotated[str, typer.Option(help="Other thresholds than those in use, as JSON.")] = "",
    as_json: Json = False,
    root: Root,
) -> None:
    """
    Say what RULE would have found in the log from one day to another: how many a day, about whom, on which entries.

    Nothing is raised by it. That it was tried is in the log.
    """
    if rule not in BY_CODE:
        raise CannotDo(f"there is no rule {rule}; there are: {', '.join(BY_CODE)}")
    if last < first:
        raise CannotDo("--to is before --from")
    with reaching(root):
        settings = settings_of(AuditSettings, root, ServiceName.AUDIT)
        try:
            found = asyncio.run(_tried(settings, rule, first.date(), last.date(), _thresholds(settings, thresholds)))
        except DutyListUnreadable as error:
            raise CannotDo(str(error)) from error
    if as_json:
        print_json([_told(hit) for hit in found])
        return
    days = Counter(_day(hit) for hit in found)
    print_table(("day", "findings"), sorted(days.items()))
    print_table(("about", "entries", "figures"), [(hit.about, _entries(hit), _figures(hit)) for hit in found])
    print(f"{len(found)} findings in {(last - first).days + 1} days")


@app.command("duty")
def duty_of(
    day: Annotated[datetime, typer.Argument(formats=["%Y-%m-%d"], help="A day in Japan.")],
    *,
    root: Root,
) -> None:
    """Say who is on duty on DAY and in the night after it, by the duty list (TSUNAGU_DUTY_LIST); what is wrong with that list, too."""
    with reaching(root):
        settings = settings_of(AuditSettings, root, ServiceName.AUDIT)
        try:
            on_duty = days_on_duty(roster_of(settings).turns(), day.date(), day.date())
        except DutyListUnreadable as error:
            raise CannotDo(str(error)) from error
        logins = sorted({login for login, _ in on_duty})
        known = {each.login for each in asyncio.run(_registered(settings, logins))}
    print_table(("login", "registered"), [(login, "yes" if login in known else "no: this line counts for nobody") for login in logins])


def roster_of(settings: AuditSettings) -> Roster:
    """Return the duty list of an installation, with its register of staff."""
    return Roster(settings.duty_list, partial(_registered, settings))


async def _registered(settings: AuditSettings, logins: Collection[str]) -> Sequence[Registered]:
    found = []
    for login in logins:
        with suppress(CannotDo):
            found.append((await registered_login(settings, login))[0])
    return found


async def _tried(settings: AuditSettings, rule: str, first: date, last: date, thresholds: Thresholds) -> list[Hit]:
    start, end = (datetime.combine(day, time(), JST) for day in (first, last + timedelta(days=1)))
    found: dict[str, Hit] = {}
    async with work_at(ServiceName.AUDIT, settings) as work:
        thing = Thing(kind=ThingKind.AUDIT_LOG, id=None)
        work.keep(deeds.RULE_TRIED, actor=OPERATOR, thing=thing, reason_code=rule, origin=COMMAND_LINE)
        while start < end:
            until = min(start + STEP, end)
            for hit in await hits_of(work.db, BY_CODE[rule], Period(start, until, work.now), thresholds, roster_of(settings).on_duty):
                # In the queue it would join the one that there is.
                found[hit.about] = joined(found[hit.about], hit) if hit.about in found else hit
            start = until
    return list(found.values())


def _thresholds(settings: AuditSettings, typed: str) -> Thresholds:
    try:
        return Thresholds.model_validate_json(typed) if typed else settings.misuse
    except ValueError as error:
        raise CannotDo(f"--thresholds: {error}") from error


def _told(hit: Hit) -> dict[str, Any]:
    return {
        "rule": hit.kind,
        "about": hit.about,
        "actor": str(hit.actor) if hit.actor else None,
        "thing": hit.thing_id,
        "entries": [sign.index for sign in hit.signs],
        "figures": dict(hit.figures),
    }


def _day(hit: Hit) -> str:
    return "" if hit.last_at is None else str(hit.last_at.astimezone(JST).date())


def _entries(hit: Hit) -> str:
    shown = [str(sign.index) for sign in hit.signs if sign.index is not None]
    return " ".join(shown[:8]) + (" …" if len(shown) > len(shown[:8]) else "")


def _figures(hit: Hit) -> str:
    return ", ".join(f"{name} {value}" for name, value in hit.figures.items())
