"""The purpose register (LAW-02): of each source whose it is, on which basis it is used, and until when that holds."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.catalogue import source as entry_of
from contracts.deeds import ingest as deeds
from contracts.values import Source
from infra.pages.dates import era_date
from infra.work import UnitOfWork
from services.ingest import registering
from services.ingest.domain.register import STANDINGS, Standing
from services.ingest.registering import Registration
from services.ingest.seeing import Asking, Menu, Question, Said, Screen

TAGS = {Standing.VALID: "new", Standing.REVIEW_NEAR: "changed"}
"""How the page marks a standing; every other one stops the feed."""


@dataclass(frozen=True, slots=True)
class Line:
    """A source in the list. Without a registration `unit` is the catalogue's."""

    source: Source
    feed: str
    system: str
    unit: str
    basis: str
    review_on: str
    standing: str
    tag: str
    waits: bool


async def read(work: UnitOfWork, asking: Asking[Question]) -> Sequence[Registration]:
    """Read the register of the sources that the person sees."""
    return await registering.registrations(work.db, asking.sources)


def show(registered: Sequence[Registration], asking: Asking[Question]) -> Said:
    """Say it on a page, in the order of the city's table."""
    known = {each.source: each for each in registered}
    lines = [_line(source, known.get(source), asking) for source in Source if source in asking.sources]
    near = [line for line in lines if line.tag == TAGS[Standing.REVIEW_NEAR]]
    stopped = [line for line in lines if line.tag == "late"]
    return Said({"lines": lines, "near": near, "stopped": stopped, "notice_days": asking.notice_days}, count=len(lines))


def _line(source: Source, row: Registration | None, asking: Asking[Question]) -> Line:
    entry = entry_of(source)
    standing = row.standing(asking.today, asking.notice_days) if row is not None else None
    return Line(
        source=source,
        feed=entry.feed,
        system=entry.system,
        unit=(row.owner_unit if row is not None else None) or "未登録",
        basis=row.basis if row is not None else "—",
        review_on=era_date(row.review_on) if row is not None and row.review_on is not None else "—",
        standing=STANDINGS[standing][0] if standing is not None else "登録なし（受け入れ停止）",
        tag=TAGS.get(standing, "late") if standing is not None else "late",
        waits=row is not None and row.proposal is not None,
    )


SCREENS = (
    Screen(
        name="register",
        address="/register",
        deed=deeds.REGISTER_OPENED,
        read=read,
        show=show,
        menu=Menu("目的外利用の登録簿", 10),
    ),
)
