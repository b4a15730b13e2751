"""The data-quality report: what the owner of each source can mend there, on a page and as CSV. Places and counts, never a value."""

from collections.abc import Mapping
from dataclasses import dataclass

from contracts.catalogue import source as entry_of
from contracts.deeds import ingest as deeds
from contracts.values import Source
from infra.work import UnitOfWork
from services.ingest import quality
from services.ingest.domain.quality import Finding
from services.ingest.quality import Report
from services.ingest.seeing import Asking, File, Menu, Question, Said, Screen

EXAMPLES = 5
"""Records named in a line of the page; the file has more."""
LOOKED_UP, IN_FILE = 200, 5_000
_COUNTS, _WITH_RECORDS = ("counts",), ("counts", "record_ids")


@dataclass(frozen=True, slots=True)
class Line:
    """One finding, as the page tells it."""

    words: str
    event: str
    field: str
    count: str
    records: str
    mend: str


async def read(work: UnitOfWork, asking: Asking[Question]) -> Report:
    """Read what was found of the sources that the person sees."""
    return await quality.report(work.db, sorted(asking.sources), LOOKED_UP)


def show(found: Report, asking: Asking[Question]) -> Said:
    """Say it on a page, a table for each source, in the order of the city's table."""
    sources = [_of_source(source, found) for source in Source if source in asking.sources]
    return Said({"sources": sources, "clean": not found.findings}, _WITH_RECORDS if found.places else _COUNTS, len(found.findings))


def _of_source(source: Source, found: Report) -> Mapping[str, object]:
    lines = [_line(each, found) for each in found.findings if each.source is source]
    return {"source": source.value, "system": entry_of(source).system, "feed": entry_of(source).feed, "lines": lines}


def _line(each: Finding, found: Report) -> Line:
    ids = found.places_of(each)
    more = "…" if len(ids) > EXAMPLES else ""
    return Line(each.kind.words, each.event_words, each.field_words or "—", f"{each.count:,}", "、".join(ids[:EXAMPLES]) + more, each.mend)


async def read_one(work: UnitOfWork, asking: Asking[Question]) -> Report | None:
    """Read what was found of the source that the address names."""
    return None if asking.source is None else await quality.report(work.db, [asking.source], IN_FILE)


def write(found: Report, asking: Asking[Question]) -> File:
    """Say it in a file that a spreadsheet reads."""
    name = asking.source.value if asking.source is not None else "all"
    body = quality.as_csv(found).encode("utf-8-sig")
    return File(f"quality-{name}.csv", "text/csv; charset=utf-8", body, _WITH_RECORDS if found.places else _COUNTS, len(found.findings))


SCREENS = (
    Screen(name="quality", address="/quality", deed=deeds.QUALITY_SEEN, read=read, show=show, menu=Menu("データ品質", 40)),
    Screen(
        name="quality_file",
        address="/quality/{source}/report.csv",
        deed=deeds.QUALITY_SEEN,
        read=read_one,
        show=write,
        under="quality",
        folder="quality",
    ),
)
