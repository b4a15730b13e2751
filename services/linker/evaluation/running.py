"""An evaluation from its files to its report."""

from collections.abc import Mapping
from pathlib import Path
from time import perf_counter
from typing import Any

from services.linker.domain.matching.gate import VERSION as GATE
from services.linker.domain.matching.models import IN_USE
from services.linker.domain.matching.profiles import profile
from services.linker.domain.matching.register import Register
from services.linker.domain.matching.weighing import Model
from services.linker.domain.normalising import VERSION, normalised
from services.linker.evaluation import measuring, report, tables
from services.linker.evaluation.charts import page


def evaluated(
    register: Path, records: Path, truth: Path, model: Model, *, processes: int = 1, splink: bool = False
) -> tuple[report.Report, str]:
    """Return the report of an evaluation and its charts as HTML. Raises `FileUnreadable`, `ColumnMissing`, `RowUnusable`."""
    told = tables.answers(truth)
    entries = list(tables.records(records))
    began = perf_counter()
    people = measuring.load(tables.register(register))
    loaded = perf_counter()
    answers, without = _of_the_register(people, entries, told)
    results = list(measuring.outcomes_side_by_side(people, entries, answers, model, processes=processes))
    done = perf_counter()
    shares = report.shares(results)
    found = report.Report(
        people=len(people),
        records=len(results),
        without=without,
        shares=shares,
        false_links=report.false_links(results),
        by_rule=report.by_rule(results),
        by_kind=report.by_kind(results),
        times=report.times(results, wall_seconds=done - loaded, load_seconds=loaded - began),
        model=model.version,
        normaliser=VERSION,
        gate=GATE,
        splink=_splink(people, entries, answers, model, shares) if splink and entries and len(people) else None,
    )
    return found, page(results)


def _of_the_register(
    people: Register, entries: list[tables.Entry], told: Mapping[str, tables.Answer]
) -> tuple[dict[str, tables.Answer], report.Without]:
    """Return the answers, those that name nobody of the register as such, and how many there are of what does not fit together."""
    unknown = {each for each, answer in told.items() if answer.number and people.row_of(answer.number) is None}
    answers = {each: answer._replace(number="") if each in unknown else answer for each, answer in told.items()}
    ids = {entry.id for entry in entries}
    return answers, report.Without(len(ids - told.keys()), len(told.keys() - ids), len(unknown))


def _splink(
    people: Register, entries: list[tables.Entry], answers: dict[str, tables.Answer], model: Model, shares: Mapping[str, report.Share]
) -> dict[str, Any]:
    from services.linker.evaluation.rival import Linked, rival  # Splink: only whoever compares has it

    ours = Linked(shares["auto_precision"].whole, shares["auto_recall"].part, shares["auto_recall"].whole)
    found = rival(people, entries, answers, model, beside=ours)
    as_much = f"{found.at_recall.false_links:,} false" if found.at_recall else "never reached"
    beside = (
        f"linker: {ours}; "
        f"Splink with as few false links: recall {found.at_false_links.recall:.4f}; "
        f"Splink at the linker's recall: {as_much}; "
        f"Splink's pairs and weights by the linker's gate: {found.with_gate}"
    )
    return {
        "seconds": found.seconds,
        "beside": beside,
        "linker": ours.as_json(),
        "as_few_false_links": found.at_false_links.as_json(),
        "as_much_recall": found.at_recall.as_json() if found.at_recall else None,
        "with_gate": found.with_gate.as_json(),
        "thresholds": [{**each.as_json(), "words": str(each)} for each in found.thresholds],
    }


def learned(register: Path, records: Path, *, version: str, pairs: float, seed: int) -> str:
    """Return a table of weights, learned from two files, as TOML. Raises a `Refusal`."""
    from services.linker.evaluation import training  # Splink: only whoever trains has it

    people = measuring.load(tables.register(register))
    sides = {entry.id: profile(normalised(entry.raw)) for entry in tables.records(records)}
    model = training.trained(people, sides, start=IN_USE, version=version, pairs=pairs, seed=seed)
    remark = (
        f"Learned from {len(sides):,} records and {len(people):,} people, {pairs:g} random pairs, seed {seed}, by {VERSION}; see hand-1."
    )
    return training.as_toml(model, remark)
