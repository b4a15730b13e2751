"""An evaluation from its files to its report."""

from pathlib import Path
from time import perf_counter
from typing import Any

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
    """Return the report of an evaluation and its charts as HTML. Raises `FileUnreadable`, `ColumnMissing`."""
    answers = tables.answers(truth)
    entries = list(tables.records(records))
    began = perf_counter()
    people = measuring.load(tables.register(register))
    loaded = perf_counter()
    results = list(measuring.outcomes_side_by_side(people, entries, answers, model, processes=processes))
    done = perf_counter()
    shares = report.shares(results)
    found = report.Report(
        people=len(people),
        records=len(results),
        shares=shares,
        false_links=report.false_links(results),
        by_rule=report.by_rule(results),
        by_kind=report.by_kind(results),
        times=report.times(results, wall_seconds=done - loaded, load_seconds=loaded - began),
        model=model.version,
        normaliser=VERSION,
        splink=_splink(people, entries, answers, model, shares["auto_recall"].value or 0.0) if splink else None,
    )
    return found, page(results)


def _splink(
    people: Register, entries: list[tables.Entry], answers: dict[str, tables.Answer], model: Model, recall: float
) -> dict[str, Any]:
    from services.linker.evaluation.rival import rival  # Splink: only whoever compares has it

    found = rival(people, entries, answers, model, recall=recall)
    thresholds = [{**each.as_json(), "words": str(each)} for each in found.thresholds]
    return {"seconds": found.seconds, "thresholds": thresholds}


def learned(register: Path, records: Path, *, version: str, pairs: float, seed: int) -> str:
    """Return a table of weights, learned from two files, as TOML. Raises `FileUnreadable`, `ColumnMissing`, `LearnedTheHousehold`."""
    from services.linker.evaluation import training  # Splink: only whoever trains has it

    people = measuring.load(tables.register(register))
    sides = {entry.id: profile(normalised(entry.raw)) for entry in tables.records(records)}
    model = training.trained(people, sides, start=IN_USE, version=version, pairs=pairs, seed=seed)
    remark = (
        f"Learned from {len(sides):,} records and {len(people):,} people, {pairs:g} random pairs, seed {seed}, by {VERSION}; see hand-1."
    )
    return training.as_toml(model, remark)
