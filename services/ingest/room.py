"""How much may wait at the desk, in all and of one source."""

from collections import defaultdict
from dataclasses import dataclass, field

from contracts.values import Source

EVENTS_MOST = 10_000
BYTES_MOST = 16 * 2**20
"""Bodies as they came; parsed, each byte of them may take up to 24."""


class DeskFull(Exception):
    """So much waits already that nothing more is taken."""


class ShareUsed(DeskFull):
    """So much of one source waits already that others would have no room."""


@dataclass(frozen=True, slots=True)
class Room:
    """How much of one inlet may wait at the desk at once, what is being admitted included. One submission always may."""

    events: int = EVENTS_MOST
    octets: int = BYTES_MOST
    share: float = 1.0
    """How much of it one source may have of what comes by HTTP. (By AMQP a source's own messages wait at the broker.)"""


@dataclass(slots=True)
class Share:
    """What waits of one source, and what of it is still to be read."""

    events: int = 0
    octets: int = 0
    on_the_way: int = 0


@dataclass(slots=True)
class Place:
    """What waits of one inlet. Each has its own, so that neither keeps the other out."""

    room: Room
    events: int = 0
    octets: int = 0
    of_source: defaultdict[Source, Share] = field(default_factory=lambda: defaultdict(Share))

    def fits(self, events: int, octets: int) -> bool:
        """Whether so much more has room."""
        return not self.events or (self.events + events <= self.room.events and self.octets + octets <= self.room.octets)

    def has_share(self, source: Source, events: int, octets: int) -> bool:
        """Whether so much more of a source leaves room for others. One submission always does."""
        share, had = self.room.share, self.of_source[source]
        if share >= 1:
            return True
        whole = had.octets + had.on_the_way + octets
        return not (had.events or had.on_the_way) or (had.events + events <= share * self.room.events and whole <= share * self.room.octets)

    def take(self, source: Source, events: int, octets: int) -> None:
        """Count what comes; what leaves is counted with a minus."""
        self.events += events
        self.octets += octets
        self.of_source[source].events += events
        self.of_source[source].octets += octets
