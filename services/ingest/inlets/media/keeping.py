"""What of removable media is decided, and kept in the audit log: who may sign, which media there are, what was taken, refused, erased."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256

import structlog

from contracts.deeds import media as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.messages import Actor, Thing
from contracts.values import Source
from infra.local.deciding import COMMAND_LINE, OPERATOR
from infra.work import UnitOfWork
from services.ingest.inlets.media import store
from services.ingest.inlets.media.order import State
from services.ingest.inlets.media.school.bundle import Manifest, Opened, public_key_of, signer_id
from services.ingest.inlets.media.school.faults import NotTaken
from services.ingest.inlets.media.store import People

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class By:
    """Who decides, as the log names them, and from where."""

    actor: Actor
    origin: str | None


AT_THE_COMMAND_LINE = By(OPERATOR, COMMAND_LINE)


async def refused(
    work: UnitOfWork, refusal: NotTaken, seen: Sequence[Opened], bundle: bytes, people: People, by: By = AT_THE_COMMAND_LINE
) -> None:
    """Keep that a bundle was refused; where its signature was good also its number, and that its medium must be erased."""
    thing = sha256(bundle).hexdigest()[:32]
    for opened in seen:
        thing = str(opened.manifest.batch_id)
        if await _may_be_known(work, opened):
            await store.begin(work.db, opened.digest, opened.manifest, opened.signer, people, state=State.REFUSED, at=work.now)
    _tell(work, deeds.IMPORTED, ThingKind.MEDIA_BATCH, thing, reason=f"media_{refusal.code}", refused=True, by=by)
    log.warning("ingest.media_refused", batch=thing, code=refusal.code, faults=len(refusal.faults))


async def _may_be_known(work: UnitOfWork, opened: Opened) -> bool:
    signer = await store.signer(work.db, opened.signer)
    medium = await store.medium_is_withdrawn(work.db, opened.manifest.media_id)
    return signer is not None and opened.manifest.source in signer.sources and medium is not None


def begun(work: UnitOfWork, manifest: Manifest, gap: str | None, people: People, by: By = AT_THE_COMMAND_LINE) -> None:
    """Keep who checked a batch, where that person is known, and that numbers before it are missing for good, by a person's word."""
    if people.checks is not None:
        _tell(work, deeds.VERIFIED, ThingKind.MEDIA_BATCH, str(manifest.batch_id), by=By(people.checks, by.origin))
    if gap is not None:
        _tell(work, deeds.GAP_ACCEPTED, ThingKind.MEDIA_BATCH, str(manifest.batch_id), reason=gap, by=by)


def imported(work: UnitOfWork, manifest: Manifest, rows: int, by: By = AT_THE_COMMAND_LINE) -> None:
    """Keep that a batch was taken whole."""
    _tell(work, deeds.IMPORTED, ThingKind.MEDIA_BATCH, str(manifest.batch_id), count=rows, by=by)
    log.info("ingest.media_imported", batch=str(manifest.batch_id), source=manifest.source, rows=rows)


async def register_signer(work: UnitOfWork, public_key: str, sources: Collection[Source], label: str) -> str:
    """Let a key sign for those sources. Returns its name. Raises ValueError for what is no key."""
    key = public_key_of(public_key)
    name = signer_id(key)
    await store.register_signer(work.db, name, key.public_bytes_raw(), sources, label, at=work.now)
    _tell(work, deeds.SIGNER_REGISTERED, ThingKind.MEDIA_SIGNER, name)
    return name


async def revoke_signer(work: UnitOfWork, name: str, reason: str) -> bool:
    """Let a key sign no more. Returns whether it could until now."""
    done = await store.revoke_signer(work.db, name, at=work.now)
    if done:
        _tell(work, deeds.SIGNER_REVOKED, ThingKind.MEDIA_SIGNER, name, reason=reason)
    return done


async def register_medium(work: UnitOfWork, medium: str) -> bool:
    """Take a medium into use. Returns whether it is new."""
    done = await store.register_medium(work.db, medium, at=work.now)
    if done:
        _tell(work, deeds.MEDIUM_REGISTERED, ThingKind.MEDIUM, medium)
    return done


async def withdraw_medium(work: UnitOfWork, medium: str, reason: str) -> bool:
    """Take a medium out of use. Returns whether it was in use."""
    done = await store.withdraw_medium(work.db, medium, at=work.now)
    if done:
        _tell(work, deeds.MEDIUM_WITHDRAWN, ThingKind.MEDIUM, medium, reason=reason)
    return done


async def erased(work: UnitOfWork, medium: str, name: str, by: By = AT_THE_COMMAND_LINE) -> int:
    """Keep that `name` erased a medium. Returns how many batches were on it; what was not brought is no erase."""
    batches = await store.erase(work.db, medium, name, at=work.now)
    if batches:
        _tell(work, deeds.MEDIUM_ERASED, ThingKind.MEDIUM, medium, count=batches, by=by)
    return batches


def _tell(
    work: UnitOfWork,
    deed: Deed,
    kind: ThingKind,
    thing: str,
    *,
    reason: str | None = None,
    refused: bool = False,
    count: int | None = None,
    by: By = AT_THE_COMMAND_LINE,
) -> None:
    about = Thing(kind=kind, id=thing)
    work.keep(deed, actor=by.actor, thing=about, reason_code=reason, refused=refused, count=count, origin=by.origin)
