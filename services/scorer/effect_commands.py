"""`tsunagu scorer evaluate`: what the lists were worth, by the reviews that people ended (EVAL-02, EVAL-03). No small numbers."""

import csv
from datetime import date, datetime, timedelta
from io import StringIO
from math import isnan
from pathlib import Path
from typing import Annotated, cast

import typer

from contracts.days import EARLIEST_DAY, LATEST_DAY, is_countable
from infra.local.root import CannotDo, Root
from infra.printing import Json, print_json, print_table
from infra.work import UnitOfWork
from services.scorer import effect
from services.scorer.domain.ages import add_months
from services.scorer.domain.effect.chart import chart as drawn
from services.scorer.domain.effect.figures import Line
from services.scorer.domain.effect.report import CITY, Report
from services.scorer.domain.effect.stopping import CYCLES, FLOOR, Standing
from services.scorer.domain.effect.weekly import WEEK_DAYS, Pack, week_of
from services.scorer.domain.rulesets import Ruleset
from services.scorer.list_commands import Named, or_say_why
from services.scorer.ruleset_commands import asked, read_file


def a_share(value: float) -> float:
    """Refuse what is no number: it lies within all bounds. Raises BadParameter."""
    if isnan(value):
        raise typer.BadParameter("a number from 0 to 1")
    return value


Since = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Reviews that ended from that day on; else two years.")
]
Until = Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Up to that day; else today.")]
Floor = Annotated[float, typer.Option(min=0, max=1, callback=a_share, help="The agreed floor of the share that was in need.")]
WhatIf = Annotated[
    Path | None, typer.Option("--what-if", help="A ruleset (TOML): which of these it would have listed.", exists=True, dir_okay=False)
]
Week = Annotated[datetime | None, typer.Option("--week", formats=["%Y-%m-%d"], help="A day of the week.")]
CsvFile = Annotated[Path | None, typer.Option("--csv", help="Write it into that file, too (CSV).")]
ChartFile = Annotated[Path | None, typer.Option("--chart", help="Draw it into that file (SVG).")]

_YEARS = 24
_COLUMNS = ("", "reviews", "assessed", "in need", "share", "from", "to", "lift", "not known before", "visits for one", "stands")


def evaluate(
    root: Root,
    since: Since = None,
    until: Until = None,
    ruleset: Named = None,
    floor: Floor = FLOOR,
    what_if: WhatIf = None,
    chart: ChartFile = None,
    *,
    as_json: Json = False,
) -> None:
    """Print, of the reviews that people ended, how many were in need of support: in all, by group, item and part of the city."""
    other = cast("Ruleset", read_file(what_if)) if what_if is not None else None

    async def read(work: UnitOfWork) -> Report:
        last = until.date() if until is not None else work.today
        if not is_countable(last):
            raise CannotDo(f"--to: {last} is no day that can be counted with")
        first = since.date() if since is not None else add_months(last, -_YEARS)
        _check(first, last)
        return await or_say_why(effect.report(work.db, ruleset, first, last, work.today, floor, other))

    report = asked(root, read)
    if chart is not None:
        _write(chart, drawn(report))
    if as_json:
        print_json(report.as_numbers())
    else:
        _show(report)


def report(
    root: Root,
    week: Week = None,
    since: Since = None,
    until: Until = None,
    floor: Floor = FLOOR,
    csv_file: CsvFile = None,
) -> None:
    """Print the data of a weekly report (Monday to Sunday; else of the last week that is over), or of --from … --to for a final one."""

    async def read(work: UnitOfWork) -> Pack:
        first, last = _days(work, week, since, until)
        return await or_say_why(effect.pack(work.db, first, last, work.today, floor))

    found = asked(root, read)
    if csv_file is not None:
        rows = StringIO(newline="")
        csv.writer(rows).writerows(found.as_rows())
        _write(csv_file, rows.getvalue())
    print_json(found.as_numbers())


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise CannotDo(f"{file} cannot be written: {error.strerror}") from error


def _days(work: UnitOfWork, week: datetime | None, since: datetime | None, until: datetime | None) -> tuple[date, date]:
    """The days that are meant. Raises CannotDo for such as make no report."""
    if week is not None and (since is not None or until is not None):
        raise CannotDo("a week is named, or --from and --to, and not both")
    if (since is None) is not (until is None):
        raise CannotDo("--from and --to belong together")
    if since is not None and until is not None:
        first, last = since.date(), until.date()
    else:
        day = week.date() if week is not None else work.today - timedelta(days=WEEK_DAYS)
        _check(day, day, "--week")
        first, last = week_of(day)
    _check(first, last)
    if last > work.today:
        raise CannotDo(f"{last} has not come yet; it is {work.today} in Japan")
    return first, last


def _check(first: date, last: date, *options: str) -> None:
    for option, day in zip(options or ("--from", "--to"), (first, last), strict=False):
        if not is_countable(day):
            raise CannotDo(f"{option}: {day} is no day that can be counted with ({EARLIEST_DAY} to {LATEST_DAY})")
    if first > last:
        raise CannotDo(f"--from {first} lies after --to {last}")


def _show(report: Report) -> None:
    kinds = {
        f"{report.ruleset}, reviews that ended from {report.since} to {report.until}": (report.total,),
        "with the group": report.by_group,
        "with the item": report.by_item,
        "by ward": report.by_ward,
        "by age": report.by_age,
        "by sex": report.by_sex,
        "with the circumstance": report.by_circumstance,
        "by half of a fiscal year": report.cycles,
    }
    if report.what_if is not None:
        kinds[f"of these, by {report.what_if.ruleset}"] = (report.what_if.listed, report.what_if.not_listed)
    for title, some in kinds.items():
        print(f"\n{title}")
        print_table(_COLUMNS, [_row(line, report.stands.get(line.name) if line.name in _judged(title, report) else None) for line in some])
    _show_thresholds(report)
    _show_missed(report)
    _show_quiet(report)
    _show_false_hits(report)
    if report.stands[CITY] is Standing.SUSPEND:
        print(f"\nFor {CYCLES} cycles fewer than {report.floor:.0%} were in need: the rule is to be suspended, by a proposal.")
    print("\nOnly whom people visited has an outcome: who was never listed may be in need, too. Empty: fewer than ten.")


def _show_thresholds(report: Report) -> None:
    print(f"\nthresholds from which on {report.floor:.0%} of those assessed were in need, in 95 of 100 draws from … to …")
    columns = ("parameter", "in use", "assessed", "proposed", "from", "to", "in need from there", "from", "to", "lost", "to be changed")
    rows = [
        (
            t.parameter,
            t.in_use,
            t.reviews,
            t.proposed,
            t.low,
            t.high,
            t.share,
            t.share_low,
            t.share_high,
            t.lost,
            "yes" if t.is_sure else "no",
        )
        for t in report.thresholds
    ]
    print_table(columns, rows)


def _show_missed(report: Report) -> None:
    if report.missed is None:
        return
    print("\nchildren whose need became known otherwise (the guidance centre began to support them): whom the rule would not have listed")
    some = (report.missed.total, *report.missed.by_ward, *report.missed.by_age)
    print_table(("", "children", "missed", "share", "from", "to"), [(s.name, s.children, s.missed, s.share, s.low, s.high) for s in some])


def _show_quiet(report: Report) -> None:
    if report.quiet is None:
        return
    quiet = report.quiet
    print("\nrequests kept quiet after a review, drawn at random and judged: of how many people should have been asked all the same")
    some = (quiet.total, *quiet.by_group)
    print_table(
        ("", "drawn", "judged", "needed", "share", "from", "to"),
        [(s.name, s.reviews, s.assessed, s.needed, s.ppv, s.low, s.high) for s in some],
    )
    if quiet.missed is not None:
        print(
            f"drawn or not, that makes {quiet.missed} at least and {quiet.missed_at_most} at most: by those of whom nobody has judged yet"
        )
    if quiet.missed_likely is not None:
        print(f"by the share of those judged {quiet.missed_likely}, in 95 of 100 cases {quiet.missed_low} to {quiet.missed_high}")


def _show_false_hits(report: Report) -> None:
    if report.false_hits is None:
        return
    print("\ncases in which staff saw the child: in how many the reason was found wrong, however they end (attends elsewhere)")
    found = report.false_hits
    columns = ("", "seen", "false hits", "share", "from", "to")
    print_table(columns, [(found.item.value, found.seen, found.false_hits, found.share, found.low, found.high)])


def _judged(title: str, report: Report) -> frozenset[str]:
    """Whose standing is told where: a circumstance may be named as an item is, and is no reason there."""
    return frozenset() if title == "with the circumstance" else frozenset(report.stands)


def _row(line: Line, stands: Standing | None) -> tuple[object, ...]:
    figures = (line.reviews, line.assessed, line.needed, line.ppv, line.low, line.high, line.lift, line.unknown_share, line.visits)
    return (line.name, *figures, stands.value if stands is not None else None)
