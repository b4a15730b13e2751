"""
A candidate list (REP-02): whom a ruleset lists on a day, in words that never change afterwards.

A candidate, no decision (PUSH-10): the list says by which groups and records, and has no number to rank children by.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from contracts.ids import PersonId
from contracts.values import Item, Ward
from services.scorer.domain.rulesets import Ruleset
from services.scorer.domain.simulating import listing
from services.scorer.domain.spreading import in_order

NO_CONTACT = "no_municipal_contact"
"""The item that is an entry reason of its own: ties with the administration (PUSH-01)."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A reason that counted."""

    item: Item
    klass: str | None
    valid_from: date | None
    known_at: datetime
    reason_code: str


@dataclass(frozen=True, slots=True)
class Asked:
    """Which list: whose rule, of which day, as known at the end of which, of which ward (None: of the city)."""

    ruleset: str
    document: str
    as_of: date
    known_on: date
    ward: Ward | None

    @property
    def fingerprint(self) -> str:
        """Which text of the ruleset it was."""
        return hashlib.sha256(self.document.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A child on the list: where it lived that day as known then, why it is there."""

    person_id: PersonId
    ward: str | None
    entry: str
    groups: tuple[str, ...]
    grounds: tuple[Ground, ...]


def candidates(
    ruleset: Ruleset, grounds: Mapping[PersonId, Sequence[Ground]], ward_of: Mapping[PersonId, str | None], ward: Ward | None
) -> list[Candidate]:
    """Whom `ruleset`, as it is on the day, lists: by number of groups, then by since when the oldest reason is known, then by id."""
    groups = listing(ruleset, {who: frozenset(each.item for each in some) for who, some in grounds.items()}).groups
    here = {who: some for who, some in groups.items() if ward is None or ward_of.get(who) == ward}
    counted = {who: tuple(each for each in grounds[who] if each.item in ruleset.group_of) for who in here}
    since = {who: min(each.known_at for each in some) for who, some in counted.items()}
    return [Candidate(who, ward_of.get(who), _entry(counted[who]), here[who], counted[who]) for who in in_order(here, since)]


def text(asked: Asked, found: Sequence[Candidate]) -> str:
    """Return the list as text, the same bytes whenever it is asked for: nothing in it is of the moment."""
    return "".join(f"{line}\n" for line in _lines(asked, found))


def by_child(rows: Iterable[tuple[PersonId, Ground]]) -> dict[PersonId, list[Ground]]:
    """Return the grounds of each child."""
    grounds: defaultdict[PersonId, list[Ground]] = defaultdict(list)
    for person_id, ground in rows:
        grounds[person_id].append(ground)
    return dict(grounds)


def place_on(places: Iterable[Sequence[str | None]], day: date) -> str | None:
    """The ward of the place that holds on a day."""
    text = day.isoformat()
    return next((ward for start, end, ward in places if (start is None or start <= text) and (end is None or text < end)), None)


def _entry(grounds: Iterable[Ground]) -> str:
    return NO_CONTACT if any(each.item == NO_CONTACT for each in grounds) else "rule"


def _lines(asked: Asked, found: Sequence[Candidate]) -> Iterator[str]:
    yield f"# ruleset {asked.ruleset} sha256 {asked.fingerprint}"
    yield f"# as of {asked.as_of}, known at the end of {asked.known_on}, {asked.ward or 'all wards'}: {len(found)} candidates, no decision"
    yield "person_id,ward,entry,groups,grounds"
    for each in found:
        yield f"{each.person_id},{each.ward or ''},{each.entry},{' '.join(each.groups)},{'; '.join(map(_ground, each.grounds))}"


def _ground(ground: Ground) -> str:
    said = [ground.item.value, ground.klass, ground.reason_code, f"from {ground.valid_from}" if ground.valid_from else None]
    return " ".join(filter(None, [*said, f"known {ground.known_at.astimezone(UTC).isoformat()}"]))
