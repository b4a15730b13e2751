"""
`tsunagu scorer ruleset …` and `tsunagu scorer simulate FILE`: rulesets proposed, simulated, approved by another person, and tried.

Who decides is a registered person, who shows the one-time code of the moment. Wrong rulesets are refused with the field named.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from contracts.ids import PersonId
from contracts.values import ServiceName
from infra.identity.confirming import confirmed
from infra.local.deciding import act, work_at
from infra.local.root import CannotDo, Root
from infra.options import takes
from infra.printing import Json, moment, print_json, print_table
from infra.settings import Settings
from infra.work import UnitOfWork
from services.scorer import deciding, results, rulesets, shown, succession
from services.scorer.deciders import Decider
from services.scorer.domain.programme import IN_USE
from services.scorer.domain.rulesets import NotARuleset, read
from services.scorer.domain.rulesets.result import GROUNDS_MOST, is_result, read_result
from services.scorer.domain.simulating import Part, Simulation
from services.scorer.domain.standing import SENTENCES, NotAllowed, in_order, standing_of
from services.scorer.simulation import Outcome

T = TypeVar("T")
app = typer.Typer(
    help="Rulesets: proposed, simulated, approved by another person, in use from a day on; and on trial.", no_args_is_help=True
)

By = Annotated[str, typer.Option("--by", help="The login of whoever decides.")]
Code = Annotated[str, typer.Option("--code", prompt="One-time code", help="That person's one-time code of this moment.")]
File = Annotated[
    Path, typer.Argument(help="A ruleset (TOML), like services/scorer/domain/rulesets/SP-1.toml.", exists=True, dir_okay=False)
]
_GROUNDS_MOST = 2_000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who decides, by login and one-time code, about a stack."""

    login: str
    code: str
    root: Path


def person_of(by: By, code: Code, root: Root) -> Person:
    """Return who decides."""
    return Person(by, code, root)


@app.command()
def check(file: File) -> None:
    """Say whether FILE is a ruleset, or the result of an analysis, and what is wrong with it, field by field."""
    if is_result(text := text_of(file)):
        try:
            found = read_result(text)
        except NotARuleset as error:
            raise _refused(file, "no result of an analysis", error) from error
        print(f"{file.name} is a result of the dataset {found.dataset}: it sets {', '.join(found.settings)}")
        return
    ruleset = read_file(file)
    print(f"{file.name} is a ruleset: {ruleset.name}, {len(ruleset.group_of)} items")


@app.command()
@takes(person=person_of)
def propose(
    file: File,
    person: Person,
    *,
    grounds: Annotated[str, typer.Option(help="Why, in Japanese: it stands in the ruleset's history. A result has its own.")] = "",
    analysis: Annotated[bool, typer.Option("--analysis", help="It is the result of an external analysis (MASK-04).")] = False,
) -> None:
    """
    Propose the ruleset in FILE. It is simulated next, and holds when another person has approved it.

    With --analysis FILE may be a result (dataset, begin, grounds, parameters): what it comes to is proposed.
    """
    text = text_of(file)
    if analysis and is_result(text):
        name = decided(person, lambda work, who: _propose_result(work, who, file, text, grounds))
    else:
        read_file(file)
        given, origin = _grounds(grounds), "analysis" if analysis else "person"
        name = decided(person, lambda work, who: deciding.propose(work, who, text, given, origin=origin))
    print(f"proposed; next: tsunagu scorer ruleset simulate {name} --by LOGIN")


async def _propose_result(work: UnitOfWork, who: Decider, file: Path, text: str, grounds: str) -> str | NotAllowed:
    try:
        made = await results.prepared(work, text, grounds and _grounds(grounds, GROUNDS_MOST))
    except NotARuleset as error:
        raise _refused(file, "no result of an analysis", error) from error
    return await deciding.propose(work, who, made.document, made.grounds, origin="analysis")


def _grounds(grounds: str, most: int = _GROUNDS_MOST) -> str:
    if not grounds.strip() or len(grounds) > most:
        raise typer.BadParameter(f"1 to {most} characters", param_hint="--grounds")
    return grounds


def _refused(file: Path, what: str, error: NotARuleset) -> CannotDo:
    return CannotDo(f"{file.name} is {what}:\n" + "\n".join(f"  {mistake}" for mistake in error.mistakes))


@app.command("simulate")
@takes(person=person_of)
def simulate_proposal(name: str, person: Person, *, as_json: Json = False) -> None:
    """Simulate the proposal NAME on the whole city, and keep the numbers with it."""
    outcome = decided(person, lambda work, who: deciding.simulate_proposal(work, who, name))
    if isinstance(outcome, Outcome):
        show(outcome, as_json=as_json)


@app.command()
@takes(person=person_of)
def approve(
    name: str,
    person: Person,
    *,
    effective_from: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day on which it is in use.")],
) -> None:
    """Approve what another person proposed, after it was simulated."""
    decided(person, lambda work, who: deciding.approve(work, who, name, effective_from.date()))
    print(f"{name} is in use from {effective_from.date()} on")


@app.command()
@takes(person=person_of)
def withdraw(name: str, person: Person) -> None:
    """Take back a proposal, or what was approved and has not begun."""
    decided(person, lambda work, who: deciding.withdraw(work, who, name))
    print(f"{name} is withdrawn")


@app.command()
@takes(person=person_of)
def trial(name: str, person: Person, *, end: Annotated[bool, typer.Option("--end", help="End it.")] = False) -> None:
    """Let the proposal NAME run beside the ruleset in use: it lists whom it would, and opens no review."""
    decided(person, lambda work, who: deciding.set_on_trial(work, who, name, on=not end))
    print(f"{name} is {'not on trial any more' if end else 'on trial'}")


@app.command("trial-list")
def trial_list(name: str, root: Root) -> None:
    """Print whom the ruleset NAME, on trial, would list: ids, since when, and the groups."""

    async def listed(work: UnitOfWork) -> list[tuple[PersonId, date, tuple[str, ...]]]:
        found = await succession.trial_list(work, name)
        shown.keep_candidates(work, None, (person_id for person_id, _, _ in found), ("groups",))
        return found

    found = asked(root, listed)
    for person_id, since, groups in found:
        print(f"{person_id}  since {since}  {' '.join(groups)}")
    print(f"{len(found)} children; nobody was told")


@app.command("list")
def list_all(root: Root, *, as_json: Json = False) -> None:
    """Show every ruleset that was proposed, the newest first, and which is in use."""
    rows = asked(root, _rows)
    if as_json:
        print_json(rows)
        return
    columns = ("name", "standing", "on_trial", "effective_from", "proposed_by", "approved_by")
    print_table(columns, [[row[name] for name in columns] for row in rows])


@app.command()
def history(name: str, root: Root) -> None:
    """Show every step that was taken of the ruleset NAME, the document as it was entered, and the reason."""
    kept = asked(root, lambda work: rulesets.kept(work.db)).get(name)
    if kept is None:
        raise CannotDo(SENTENCES[NotAllowed.NO_SUCH_RULESET][1])
    for taken in kept.history.steps:
        print(f"{moment(taken.at)}  {taken.step}  {taken.label or ''}" + (f"  from {taken.effective_from}" if taken.effective_from else ""))
    print(f"\norigin: {kept.origin}\n{kept.grounds}\n\n{kept.document}")


def simulate(file: File, root: Root, *, as_json: Json = False, children: Annotated[bool, typer.Option(help="Ids too.")] = False) -> None:
    """Print what the ruleset in FILE would change in the whole city today. Nothing is kept, nobody is told."""
    read_file(file)
    document = text_of(file)

    async def simulated(work: UnitOfWork) -> Outcome:
        outcome = await deciding.simulated_with(work, document)
        if children:
            changed = outcome.after.children ^ outcome.before.children
            shown.keep_candidates(work, None, changed, shown.OF_A_SIMULATION)
        return outcome

    show(asked(root, simulated), as_json=as_json, children=children)


def show(outcome: Outcome, *, as_json: bool, children: bool = False) -> None:
    """Print a simulation, as tables or as JSON."""
    new, gone = outcome.after.children - outcome.before.children, outcome.before.children - outcome.after.children
    ids = {"new": sorted(map(str, new)), "gone": sorted(map(str, gone))} if children else {}
    if as_json:
        print_json(outcome.simulation.as_numbers() | {"asked_again": outcome.asked_again} | ids)
        return
    for title, columns, rows in tables(outcome.simulation):
        print(f"\n{title}")
        print_table(columns, rows)
    for title, who in ids.items():
        print(f"\n{title}", *who, sep="\n  ")


def tables(simulation: Simulation) -> list[tuple[str, tuple[str, ...], list[list[object]]]]:
    """Return what is printed of a simulation: title, columns and rows."""
    columns = ("", "children", "before", "after", "new", "gone", "of 1,000 before", "after")
    head = f"{simulation.ruleset} instead of {simulation.instead_of}, on {simulation.day}: the list"
    kinds = {"by ward": simulation.by_ward, "by age": simulation.by_age, "by sex": simulation.by_sex}
    found = [(head, columns, [_row(simulation.total)])]
    found += [(title, columns, [_row(part) for part in parts]) for title, parts in kinds.items()]
    groups = [[part.name, *map(_cell, (part.before, part.after, part.new, part.gone))] for part in simulation.by_group]
    return [*found, ("with the group", ("", "before", "after", "new", "gone"), groups)]


def read_file(file: Path) -> Any:
    """Return the ruleset of a file. Raises CannotDo, naming every wrong field."""
    try:
        return read(text_of(file))
    except NotARuleset as error:
        raise _refused(file, "no ruleset", error) from error


def text_of(file: Path) -> str:
    """Return a document, also one that an editor marked as UTF-8. Raises CannotDo for what is not written in it."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise CannotDo(f"{file.name} is not written in UTF-8") from error


def asked(root: Path, question: Callable[[UnitOfWork], Awaitable[T]]) -> T:
    """Return the answer to a question about the scorer of a stack."""

    async def in_work(settings: Settings) -> T:
        async with work_at(ServiceName.SCORER, settings) as work:
            return await question(work)

    return act(root, ServiceName.SCORER, in_work)


def decided(person: Person, decide: Callable[[UnitOfWork, Decider], Awaitable[T | NotAllowed]]) -> T | NotAllowed:
    """Decide as the person who shows the code. Raises CannotDo with what is in the way, which the log has by then."""

    async def in_work(settings: Settings) -> T | NotAllowed:
        who = Decider.at_the_command_line(await confirmed(settings, person.login, person.code))
        async with work_at(ServiceName.SCORER, settings) as work:
            return await decide(work, who)

    done = act(person.root, ServiceName.SCORER, in_work)
    if isinstance(done, NotAllowed):
        raise CannotDo(SENTENCES[done][1])
    return done


async def _rows(work: UnitOfWork) -> list[dict[str, Any]]:
    entered, used = await rulesets.kept(work.db), await rulesets.used_now(work.db)
    in_use = used.ruleset if used is not None else IN_USE.ruleset.name
    rows = [_told(each, in_use, work) for each in in_order([kept.history for kept in entered.values()])]
    if in_use not in entered:
        rows.append(
            {"name": in_use, "standing": "in_use", "on_trial": None, "effective_from": None, "proposed_by": None, "approved_by": None}
        )
    return rows


def _told(history_of: Any, in_use: str, work: UnitOfWork) -> dict[str, Any]:
    by = {taken.step: taken.label for taken in history_of.steps}
    return {
        "name": history_of.ruleset,
        "standing": standing_of(history_of, in_use, work.today),
        "on_trial": "on trial" if history_of.is_on_trial else None,
        "effective_from": history_of.effective_from,
        "proposed_by": by.get("proposed"),
        "approved_by": by.get("approved"),
    }


def _row(part: Part) -> list[object]:
    cells = map(_cell, (part.before, part.after, part.new, part.gone, *part.rates))
    return [part.name, part.children, *cells]


def _cell(number: float | None) -> object:
    return "(few)" if number is None else number
