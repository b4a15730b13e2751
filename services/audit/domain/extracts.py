"""
Parts of the log that leave it under its signature (audit.md §5, export): who may ask, decide and take, and what stands in them.

One person asks, another decides, and whoever asked takes it within a week. Whoever asks who looked at them is told so by office, without
names of staff, and a person thinks of the exemptions first (個人情報保護法76条から78条).
"""

import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from contracts.canonical import instant_text

ENTRIES_MOST = 1_000
GOOD_FOR = timedelta(days=7)
SUFFIX = "/extract"
"""Ends the origin in what the log signs of its parts: it vouches for no checkpoint."""
MANIFEST = "manifest"
REPORT = "report.csv"
_LINE = re.compile(r"([0-9a-f]{64}) ([a-z]+(?:/[0-9]{1,19})?(?:\.[a-z-]+)?)")


class Kind(StrEnum):
    """What an extract is for: to tell a person, or to prove."""

    DISCLOSURE = "disclosure"
    EVIDENCE = "evidence"


class Of(StrEnum):
    """Whose entries: those about a person or thing, or those of a member of staff."""

    THING = "thing"
    ACTOR = "actor"


class State(StrEnum):
    """Where an extract stands."""

    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"
    OVER = "over"


class NotAllowed(StrEnum):
    """Why not: a reason of the deeds."""

    OWN_REQUEST = "own_request"
    ABOUT_THEMSELF = "about_themself"
    DECIDED_ALREADY = "extract_decided"
    NOT_APPROVED = "not_approved"
    OF_ANOTHER = "of_another"
    TOO_LATE = "extract_over"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, by whom and why. `entries` is how many it has, `withheld` which are left out of them."""

    id: UUID
    kind: Kind
    of_kind: Of
    of_id: str
    since: datetime | None
    until: datetime | None
    reason_code: str
    withheld: tuple[int, ...]
    why_withheld: str | None
    size: int
    entries: int
    asked_by: UUID
    asked_role: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Decided:
    """What was decided, by whom and when."""

    approved: bool
    staff_id: UUID
    role: str
    at: datetime


def state_of(decided: Decided | None, now: datetime) -> State:
    """Where an extract stands."""
    if decided is None:
        return State.ASKED
    if not decided.approved:
        return State.DECLINED
    return State.APPROVED if now <= decided.at + GOOD_FOR else State.OVER


def why_not_decide(asked: Asked, decided: Decided | None, who: UUID) -> NotAllowed | None:
    """Why somebody who may read the log may not decide; None where they may."""
    if asked.asked_by == who:
        return NotAllowed.OWN_REQUEST
    # A member of staff is a thing of the log, too: of what was done to their registration.
    if asked.of_id == str(who):
        return NotAllowed.ABOUT_THEMSELF
    return NotAllowed.DECIDED_ALREADY if decided is not None else None


def why_not_take(asked: Asked, decided: Decided | None, who: UUID, now: datetime) -> NotAllowed | None:
    """Why somebody who may read the log may not take it; None where they may."""
    if asked.asked_by != who:
        return NotAllowed.OF_ANOTHER
    state = state_of(decided, now)
    if state is State.OVER:
        return NotAllowed.TOO_LATE
    return None if state is State.APPROVED else NotAllowed.NOT_APPROVED


@dataclass(frozen=True, slots=True)
class Part:
    """A file of an extract, by its name in it and what it holds."""

    name: str
    content: bytes


def manifest_text(origin: str, asked: Asked, decided: Decided, taken_at: datetime, parts: Sequence[Part]) -> str:
    """Return what the log signs: which extract, of whom, who asked and who approved, and the hash of each part."""
    period = f"{instant_text(asked.since) if asked.since else '-'} {instant_text(asked.until) if asked.until else '-'}"
    lines = [
        f"{origin}{SUFFIX}",
        str(asked.id),
        f"kind {asked.kind}",
        f"of {asked.of_kind} {asked.of_id}",
        f"period {period}",
        f"entries {asked.entries - len(asked.withheld)} withheld {len(asked.withheld)} {asked.why_withheld or '-'}",
        f"asked {asked.asked_by} {asked.asked_role} {asked.reason_code} {instant_text(asked.asked_at)}",
        f"approved {decided.staff_id} {decided.role} {instant_text(decided.at)}",
        f"taken {instant_text(taken_at)}",
        *(f"{sha256(part.content).hexdigest()} {part.name}" for part in parts),
    ]
    return "".join(f"{line}\n" for line in lines)


FACTS = ("kind", "of", "period", "entries", "asked", "approved", "taken")
"""What a manifest says after the extract's id, a line each, in this order."""


class ManifestMalformed(Exception):
    """The text is no manifest; what is wrong is in the message."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a manifest says: whose log's, its facts by name, and the hash of each part by its name."""

    origin: str
    id: str
    facts: dict[str, str]
    parts: dict[str, str]

    @property
    def indices(self) -> AbstractSet[int]:
        """The entries that it has."""
        return {int(name.removeprefix("entries/").removesuffix(".json")) for name in self.parts if _is_entry(name)}


def parse_manifest(text: str) -> Manifest:
    """Return what a manifest says; nothing of it is checked yet. Raises ManifestMalformed."""
    lines = text.split("\n")
    head = 2 + len(FACTS)
    if len(lines) < head + 1 or lines[-1] or not lines[0].endswith(SUFFIX):
        raise ManifestMalformed("a manifest begins with the log's name and /extract")
    facts = {}
    for name, line in zip(FACTS, lines[2:head], strict=True):
        said, _, value = line.partition(" ")
        if said != name:
            raise ManifestMalformed(f"a manifest has a line of {name}")
        facts[name] = value
    parts: dict[str, str] = {}
    for line in lines[head:-1]:
        found = _LINE.fullmatch(line)
        if found is None or found.group(2) in parts:
            raise ManifestMalformed("after its facts, a manifest has the hash and the name of each part, each once")
        parts[found.group(2)] = found.group(1)
    return Manifest(lines[0].removesuffix(SUFFIX), lines[1], facts, parts)


def entry_name(index: int) -> str:
    """How the bytes of an entry are called."""
    return f"entries/{index}.json"


def proof_name(index: int) -> str:
    """How the proof of an entry is called."""
    return f"entries/{index}.tlog-proof"


def _is_entry(name: str) -> bool:
    return name.startswith("entries/") and name.endswith(".json")
