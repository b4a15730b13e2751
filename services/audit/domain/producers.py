"""
The register of producers' keys: whose signature counts for what a service tells the log, and from when to when.

A line each: the public key (vkey) under the service's name, then `since=` where the service told without signatures before, and `until=`
where another key took its place. Lines are never taken away: what was signed with a key stays in the log.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol, TypeAlias

from contracts.canonical import instant_text
from services.audit.domain.leaf import instant_in
from services.audit.domain.note import NoteMalformed
from services.audit.domain.published.keys import Key, Kind, parse_key

UNDER_WAY = timedelta(days=1)
"""So long what was told before a service signed may be on its way."""


class Fault(StrEnum):
    """Why an entry is not known to be its producer's word."""

    UNSIGNED = "unsigned"
    KEY_UNKNOWN = "key_unknown"
    KEY_ENDED = "key_ended"
    SIGNATURE_WRONG = "signature_wrong"


class Teller(Protocol):
    """Who told something, when, and when the log heard it: as the leaf says."""

    @property
    def producer(self) -> str:
        """The service."""
        ...

    @property
    def ts(self) -> datetime:
        """When it was told."""
        ...

    @property
    def received(self) -> datetime:
        """When the log heard it."""
        ...


Attest: TypeAlias = Callable[[Teller, bytes], Fault | None]
"""Tells why a leaf that can be read, and says that it is `Teller`'s, is not known to be its word; None where it is."""


class RegisterMalformed(Exception):
    """The register cannot be read; the text names the line."""


@dataclass(frozen=True, slots=True)
class RegisteredKey:
    """A producer's public key. `since`: what it told before bears no signature. `until`: what is received later does not count."""

    key: Key
    since: datetime | None = None
    until: datetime | None = None

    @property
    def line(self) -> str:
        """Its line in the register."""
        bounds = (f" {name}={instant_text(at)}" for name, at in (("since", self.since), ("until", self.until)) if at is not None)
        return "".join((self.key.line, *bounds))


def parse_register(text: str) -> tuple[RegisteredKey, ...]:
    """The keys of a register. Raises RegisterMalformed."""
    keys: dict[str, RegisteredKey] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            read = _key_in(line)
        except (NoteMalformed, ValueError) as error:
            raise RegisterMalformed(f"line {number} of the register of producers' keys: {error}") from error
        if keys.setdefault(read.key.id.hex(), read) is not read:
            raise RegisterMalformed(f"line {number} of the register of producers' keys: its id is that of a line before")
    return tuple(keys.values())


def may_be_unsigned(told: Teller, keys: Iterable[RegisteredKey]) -> bool:
    """Whether an entry was told before its producer, whose keys these are, signed; also where nobody says that it ever does."""
    starts = [each.since for each in keys]
    if not starts:
        return True
    return all(since is not None and told.ts < since and told.received < since + UNDER_WAY for since in starts)


def keys_told(lines: Sequence[str]) -> tuple[RegisteredKey, ...]:
    """The keys that the log itself tells of, from the ids of things that it took as keys: whatever cannot be read is none."""
    found: dict[str, RegisteredKey] = {}
    for line in lines:
        try:
            read = _key_in(line)
        except (NoteMalformed, ValueError):
            continue
        # Told again with its end: the later word counts.
        found[read.key.id.hex()] = read
    return tuple(found.values())


def _key_in(line: str) -> RegisteredKey:
    vkey, *bounds = line.split()
    key = parse_key(vkey)
    if key.kind is not Kind.ED25519:
        raise ValueError("a producer's key is an Ed25519 key")
    told: dict[str, datetime] = {}
    for bound in bounds:
        name, _, instant = bound.partition("=")
        if name not in {"since", "until"} or name in told:
            raise ValueError(f"{bound}: only since= and until= follow a key, each once")
        told[name] = instant_in(instant)
    return RegisteredKey(key, told.get("since"), told.get("until"))
