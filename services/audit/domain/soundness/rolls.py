"""What producers told of their last numbers: whoever keeps back their last words is found by it."""

import json
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contracts.canonical import NotCanonical, canonical, instant_text
from services.audit.domain.leaf import instant_in


class RollsMalformed(Exception):
    """A file of rolls cannot be read; the text names the line."""


UNDER_WAY = timedelta(minutes=4)
"""What was told by then has come: messages overtake each other, and a parcel may wait to be delivered again."""

OF_NOW = timedelta(minutes=15)
"""What was told longer ago tells nothing of now. As far apart clocks of producers may be (`PRODUCER_TOLERANCE`)."""


@dataclass(frozen=True, slots=True)
class Roll:
    """What a producer told of its lanes, as the log heard it: in the form of a leaf, with its signature."""

    producer: str
    heard: datetime
    leaf: bytes

    @property
    def ts(self) -> datetime:
        """After every `since=` of the register: before services signed, none told its last numbers."""
        return datetime.max.replace(tzinfo=UTC)

    @property
    def received(self) -> datetime:
        """When the log heard it."""
        return self.heard

    def lanes(self) -> Mapping[int, int] | None:
        """The last number by lane; None where the leaf does not say so, of this producer and in the one form."""
        try:
            opened = json.loads(self.leaf)
            event = opened["event"]
            if canonical(opened) != self.leaf or (event["type"], event["producer"]) != ("LanesTold", self.producer):
                return None
            return {int(lane): int(last) for lane, last in event["lanes"].items()}
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError, NotCanonical):
            return None


def is_of_now(told: datetime, heard: datetime) -> bool:
    """
    Whether what a producer told of its numbers counts when it is heard: it was told just now.

    Somebody who keeps back a producer's words, and has the bus, has its old ones too, which are as true as ever.
    """
    return heard - told <= OF_NOW


def rolls_text(rolls: Iterable[Roll]) -> str:
    """Rolls as a file, to be held to the log elsewhere: a line each, the service, when the log heard it, and the leaf (base64)."""
    return "".join(f"{each.producer} {instant_text(each.heard)} {b64encode(each.leaf).decode()}\n" for each in rolls)


def parse_rolls(text: str) -> list[Roll]:
    """The rolls of such a file. Raises RollsMalformed."""
    rolls = []
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            producer, heard, encoded = line.split(" ")
            rolls.append(Roll(producer, instant_in(heard), b64decode(encoded, validate=True)))
        except ValueError as error:
            raise RollsMalformed(f"line {number} is not what a producer told of its numbers") from error
    return rolls


def settled(rolls: Sequence[Roll], at: datetime | None) -> dict[str, Roll]:
    """
    The newest of each producer by which all that it tells of must have come. `at` is the time; where it is not known, the newest.

    One from the future was heard before the clock went back: long enough ago, too.
    """
    found: dict[str, Roll] = {}
    for roll in sorted(rolls, key=lambda each: each.heard):
        if at is None or abs(at - roll.heard) >= UNDER_WAY:
            found[roll.producer] = roll
    return found
