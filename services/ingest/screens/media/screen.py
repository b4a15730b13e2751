"""Removable media (ACQ-03): what is brought of the school network, what became of it, and which media are still to be erased."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from contracts.catalogue import source as entry_of
from contracts.deeds import media as deeds
from contracts.values import Source
from infra.pages.dates import moment
from infra.work import UnitOfWork
from services.ingest.domain.rights import COORDINATOR
from services.ingest.inlets.media import keeping, store
from services.ingest.inlets.media.keeping import By
from services.ingest.inlets.media.store import Unerased
from services.ingest.screens.media.bringing import NOT_IMPORTED, UPLOAD
from services.ingest.seeing import Act, Asking, Done, Form, Menu, Mistake, Question, Result, Said, Screen

BATCHES_SHOWN = 100
ERASE_WITHIN = timedelta(hours=24)
"""`domain.md` §4.6: media files are erased on the day."""

STATES = {"imported": "取り込み済み", "importing": "取り込みの途中", "refused": "取り込まなかった"}
ERASED = "消去を記録しました。"
NOTHING_TO_ERASE = "消去を待っている媒体ではありません。ほかの人が先に記録したかもしれません。"


class Medium(Form):
    """Which medium was erased."""

    medium: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What is still to be erased, and the newest batches."""

    unerased: tuple[Unerased, ...]
    batches: tuple[dict[str, Any], ...]


async def read(work: UnitOfWork, asking: Asking[Question]) -> Content:
    """Read what concerns the sources that the person sees."""
    own = {source.value for source in asking.sources}
    unerased = [each for each in await store.unerased(work.db) if own & each.sources]
    batches = [row for row in (await store.listed(work.db, None, BATCHES_SHOWN))["batches"] if row["source"] in own]
    return Content(tuple(unerased), tuple(batches))


def show(content: Content, asking: Asking[Question]) -> Said:
    """Say it on a page."""
    unerased = [
        {"medium": each.medium, "since": moment(each.since), "late": asking.now - each.since > ERASE_WITHIN} for each in content.unerased
    ]
    mistake = asking.mistake if asking.mistake is not None and asking.mistake.act == UPLOAD.name else None
    parts = {
        "unerased": unerased,
        "batches": [_batch(row) for row in content.batches],
        "decides": asking.coordinates,
        "wrong": mistake.errors if mistake is not None else {},
        "filled": mistake.filled if mistake is not None else {},
        "places": mistake.details if mistake is not None else (),
        "not_imported": NOT_IMPORTED,
    }
    return Said(parts, count=len(content.batches))


def _batch(row: dict[str, Any]) -> dict[str, str]:
    return {
        "brought": moment(row["brought_at"]),
        "system": entry_of(Source(row["source"])).system,
        "number": str(row["sequence"]),
        "medium": row["medium_id"],
        "batch": str(row["batch_id"]),
        "made": moment(row["made_at"]),
        "state": STATES[row["state"]],
        "tag": "new" if row["state"] == "imported" else "late",
        "rows": f"{row['rows']:,}行" if row["rows"] is not None else "—",
        "people": f"{row['operator']}／{row['verifier']}",
        "erased": moment(row["erased_at"]) if row["erased_at"] is not None else "まだ",
    }


async def erase(work: UnitOfWork, asking: Asking[Question], form: Medium) -> Result:
    """Record that a medium was erased, by whoever is logged in."""
    if not await keeping.erased(work, form.medium, asking.staff.login, By(asking.staff.actor, None)):
        return Mistake({"": NOTHING_TO_ERASE}, 409)
    return Done()


SCREENS = (
    Screen(
        name="media",
        address="/media",
        deed=deeds.MEDIA_OPENED,
        read=read,
        show=show,
        menu=Menu("外部媒体", 40),
        acts=(Act("erased", deeds.MEDIUM_ERASED, Medium, erase, ERASED, COORDINATOR),),
        uploads=(UPLOAD,),
    ),
)
