"""A look is in the log before it is answered, with all that it shows (infra/looking.py)."""

from dataclasses import dataclass, field
from uuid import uuid4

from contracts.deeds.casework import CHILD_OPENED, SIBLING_SHOWN
from contracts.ids import StaffId
from contracts.messages import AccessRecorded, Actor, Thing
from contracts.values import ServiceName
from infra import looking
from infra.clock import FixedClock
from infra.looking import About, Beside, Decision, Granted, Look, Refused, Shown
from infra.testing.fixtures import Database, announced, unit_of_work
from infra.work import UnitOfWork

ACTOR = Actor(id=StaffId(uuid4()), role="ward_clerk")


def about(thing: str | None) -> About:
    return About(ACTOR, Thing(kind="child", id=thing), "192.0.2.1")


@dataclass
class Desk:
    """Somebody looks at a paper."""

    papers: list[str]
    right: dict[str | None, Decision]
    read_so_far: list[str] = field(default_factory=list)
    noted: list[looking.Kept] = field(default_factory=list)

    async def read(self, _work: UnitOfWork) -> str:
        self.read_so_far.append(self.papers[0])
        return self.papers[0]

    async def note(self, _work: UnitOfWork, kept: looking.Kept) -> None:
        self.noted.append(kept)

    def look(self) -> Look[str, str]:
        beside = Beside(SIBLING_SHOWN, about("sibling"), ("name",), Granted("team"))
        return Look(
            CHILD_OPENED,
            about=about,
            right=lambda paper: self.right[paper],
            read=self.read,
            shown=lambda paper: Shown(paper.upper(), ("name", "age"), count=2, beside=(beside,)),
            noted=self.note,
        )


async def looked(database: Database, clock: FixedClock, desk: Desk) -> tuple[str | Refused, list[AccessRecorded]]:
    pool = await database.pool("casework")
    async with unit_of_work(pool, ServiceName.CASEWORK, clock) as work:
        answer = await looking.show(work, desk.look())
    return answer, [each for each in await announced(pool) if isinstance(each, AccessRecorded)]


async def test_what_is_shown_is_kept_and_whoever_stands_beside_has_an_entry(database: Database, clock: FixedClock) -> None:
    desk = Desk(["paper"], {None: Granted(), "paper": Granted("assigned", "protected_person")})

    answer, (entry, sibling) = await looked(database, clock, desk)

    assert answer == "PAPER"
    assert (entry.action, entry.decision, entry.relation, entry.reason_code) == (
        CHILD_OPENED.code,
        "permit",
        "assigned",
        "protected_person",
    )
    assert (entry.thing.id, entry.fields, entry.count, entry.purpose, entry.origin) == (
        "paper",
        ("name", "age"),
        2,
        "EARLY_SUPPORT",
        "192.0.2.1",
    )
    assert (sibling.action, sibling.decision, sibling.thing.id, sibling.fields) == (SIBLING_SHOWN.code, "permit", "sibling", ("name",))
    assert (sibling.relation, sibling.correlation) == ("team", str(entry.event_id))
    assert [(kept.entry, kept.others) for kept in desk.noted] == [(entry.event_id, 1)]


async def test_who_may_not_look_at_all_is_kept_before_anything_is_read(database: Database, clock: FixedClock) -> None:
    desk = Desk(["paper"], {None: Refused("role")})

    answer, [entry] = await looked(database, clock, desk)

    assert (answer, desk.read_so_far) == (Refused("role"), [])
    assert (entry.decision, entry.reason_code, entry.thing.id, entry.fields) == ("deny", "role", None, ())


async def test_what_was_read_decides_and_a_refusal_keeps_nothing_of_it(database: Database, clock: FixedClock) -> None:
    desk = Desk(["paper"], {None: Granted(), "paper": Refused("other_ward", hidden=True)})

    answer, [entry] = await looked(database, clock, desk)

    assert answer == Refused("other_ward", hidden=True)
    assert (entry.decision, entry.reason_code, entry.thing.id, entry.fields, entry.count) == ("deny", "other_ward", "paper", (), None)
    assert [(kept.decision, kept.others) for kept in desk.noted] == [(answer, 0)]
