"""What a parked event said: opened for a reason, which the log keeps."""

import json
from dataclasses import dataclass

from contracts.catalogue import source as entry_of
from contracts.deeds import ingest as deeds
from contracts.deeds.deed import ThingKind
from contracts.values import Source
from infra.work import UnitOfWork
from services.ingest import quarantine
from services.ingest.choosing import is_ticket
from services.ingest.quarantine import Quarantined, Who
from services.ingest.seeing import Asking, Question, Said, Screen, thing_named

NO_TICKET = "理由を、問い合わせ番号などの英数字（- と _ も可）で入れてください。文章は入れられません。"
NOT_KEPT = "利用を認められていない項目があったため、中身は残していません。"
NOT_PARKED = "処理が済んだか、捨てられたため、中身はもうありません。"


class Why(Question):
    """For which ticket it is opened."""

    ticket: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """The event, and what it said, where it may be told."""

    event: Quarantined
    text: str = ""
    why_not: str = ""


async def read(work: UnitOfWork, asking: Asking[Why]) -> Opened | None:
    """Open the event that the address names, if it is theirs and a reason is given."""
    key = asking.id_named("event")
    event = await quarantine.one(work.db, key, tuple(Source)) if key is not None else None
    if event is None or event.waiting is None:
        return None
    if event.source not in asking.sources:
        return Opened(event)
    if not is_ticket(asking.question.ticket) or asking.bodies is None:
        return Opened(event, why_not=NO_TICKET)
    kept = await quarantine.opened(work, event, Who(asking.staff.actor, asking.question.ticket), asking.bodies)
    said = json.loads(kept)["event"] if kept is not None else None
    if said is None:
        return Opened(event, why_not=NOT_KEPT if kept is not None else NOT_PARKED)
    return Opened(event, text=json.dumps(said, ensure_ascii=False, indent=1))


def show(opened: Opened, _asking: Asking[Why]) -> Said:
    """Say it on a page."""
    event = opened.event
    parts = {"key": str(event.key), "system": entry_of(event.source).system, "text": opened.text, "why_not": opened.why_not}
    return Said(parts, count=1)


SCREENS = (
    Screen(
        name="body",
        address="/quarantine/{event}/body",
        deed=deeds.QUARANTINED_OPENED,
        read=read,
        show=show,
        question=Why,
        source_of=lambda opened: opened.event.source,
        thing=thing_named(ThingKind.SOURCE_EVENT, "event"),
        under="quarantine",
    ),
)
