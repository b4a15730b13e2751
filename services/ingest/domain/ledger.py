"""The ledger's rows: exactly one for every distinct source event, naming what became of it and never what it said."""

from collections.abc import Sequence
from enum import StrEnum
from itertools import starmap
from typing import Any
from uuid import UUID

from contracts.catalogue import DENIED
from contracts.ids import named
from contracts.quick import quick
from contracts.values import Source
from services.ingest.domain.admission import Admitted, Verdict, kind_of
from services.ingest.domain.denial import denies_text
from services.ingest.domain.envelope import IDENTIFIER, REVISION_MAX, TEXT_LENGTH_MAX
from services.ingest.domain.newness import is_hash_of
from services.ingest.domain.refusals import MESSAGES, Fault, Refusal, refuse_for

_NAMESPACE = UUID("6f1b1c0a-6f0d-5c39-9a52-0d1f6a2f7c11")
"""Of event keys. Never to be changed: a redelivered event must come to the same key."""

_ABOUT_THE_SENDER = frozenset({"no_purpose", "no_owner", "purpose_overdue", "purpose_suspended", "removable_media_only"})
"""Refusals that say nothing of the event: it may have been taken before, when the door was open."""


class Outcome(StrEnum):
    """What became of an event."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    PARKED = "parked"
    SUPERSEDED = "superseded"
    DUPLICATE = "duplicate"

    @property
    def final(self) -> bool:
        """Whether it stays so. A refused event may be sent again once its purpose is registered, or its mistake is mended."""
        return self is not Outcome.REFUSED and self is not Outcome.PARKED


@quick(frozen=True, slots=True)
class Identity:
    """What of an event may be kept besides its outcome. Empty where it was not given, not readable or not to be kept."""

    event_id: str | None
    event_type: str | None
    record_id: str | None
    revision: int | None
    content_hash: bytes | None = None
    """Of what it said; only of an event that was taken."""
    hashed_composed: bool = False
    """Whether the hash is an older release's, of composed texts."""


@quick(frozen=True, slots=True)
class Entry:
    """One row. `repeats` is how often the event came again, as far as the ledger has counted; 0 in a row to be written."""

    key: UUID
    source: Source
    identity: Identity
    outcome: Outcome
    refusal: Refusal | None = None
    repeats: int = 0


def event_key(source: Source, event_id: str) -> UUID:
    """The key of an event: CloudEvents makes (source, id) unique. The source is the login, not what the event says of itself."""
    return named(_NAMESPACE, f"{source}\x1f{event_id}")


def nameless_key(source: Source, submission: str, position: int) -> UUID:
    """The key of an event whose id cannot be read: its place in what was submitted. A redelivery comes to the same one."""
    return named(_NAMESPACE, f"{source}\x1fnameless\x1f{submission}\x1f{position}")


def reused_key(key: UUID) -> UUID:
    """The key under which the second use of an id is counted, because the first one keeps its row."""
    return named(key, "reused")


def readable_id(content: dict[str, Any]) -> str | None:
    """The id of an event, where it has a usable one."""
    value = content.get("id")
    usable = isinstance(value, str) and 0 < len(value) <= TEXT_LENGTH_MAX and value.isprintable()
    return value if usable else None


def identity_of(content: dict[str, Any], source: Source, verdict: Verdict) -> Identity:
    """What of an event may be kept. Of a refused one only numbers of the source's own: what else stands in their place may say anything."""
    if isinstance(verdict, Admitted):
        envelope = verdict.envelope
        return Identity(envelope.id, envelope.type, envelope.subject or None, envelope.revision, verdict.content_hash)
    kind, revision = kind_of(content, source), content.get("revision")
    return Identity(
        number_of_its_own(content.get("id")),
        kind.type if kind is not None else None,
        number_of_its_own(content.get("subject")),
        revision if type(revision) is int and 0 <= revision <= REVISION_MAX else None,
    )


def is_same_event(known: Identity, verdict: Verdict) -> bool:
    """Whether an event with the id of one already taken is that one. If not, somebody used an id twice."""
    if isinstance(verdict, Refusal):
        return verdict.code in _ABOUT_THE_SENDER
    if (known.event_type, known.record_id, known.revision) != _place_of(verdict):
        return False
    # A correction under the id of what it corrects would be lost if it passed for a repetition.
    return known.content_hash is None or is_hash_of(known.content_hash, verdict, composed=known.hashed_composed)


def reuse(known: Identity, admitted: Admitted) -> Refusal:
    """The refusal of an event under the id of another one. Where it also says something else of the same revision, both must change."""
    faults = [("id", "id_reused")]
    if (known.event_type, known.record_id, known.revision) == _place_of(admitted):
        faults.append(("revision", "revision_conflict"))
    return refuse_for(faults)


def _place_of(admitted: Admitted) -> tuple[str, str | None, int]:
    return admitted.envelope.type, admitted.envelope.subject or None, admitted.envelope.revision


def remembered_refusal(code: str | None, path: str | None, item: str | None, faults: Sequence[Sequence[str]] = ()) -> Refusal | None:
    """A refusal as the ledger remembers it: `faults` only where there were several."""
    if code is None:
        return None
    rule = next((rule for rule in DENIED if rule.item == item), None)
    ja, en = (rule.ja, rule.en) if rule is not None else MESSAGES.get(code, ("", ""))
    return Refusal(tuple(starmap(Fault, faults or [(path or "", code)])), ja, en, item)


def number_of_its_own(value: object) -> str | None:
    """A number that the sender gave something, where it may be kept: visible ASCII. Whatever else stands in its place may say anything."""
    if not isinstance(value, str) or len(value) > TEXT_LENGTH_MAX:
        return None
    return value if IDENTIFIER.fullmatch(value) is not None else None


def harmless(value: object) -> str | None:
    """A number that the sender gave something, where it may also be repeated wherever it is not known to be one."""
    number = number_of_its_own(value)
    return None if number is None or denies_text(number) else number
