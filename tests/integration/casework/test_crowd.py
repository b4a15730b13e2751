"""
Twenty members of a ward's staff at once: they open, press, press twice and press what another one has already done (`casework.md` §6.3).

What a list counts is what it shows, in every look while they work; what each was told was done was done once, and stands once in the
history; and at the end list, pages, first page and history say the same.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any
from uuid import UUID, uuid4

from contracts.ids import PersonId, StaffId
from contracts.values import CaseState, Role, Section
from infra.city.office.courses import COURSES
from infra.identity.recording import recorded
from infra.identity.staff import Staff
from infra.looking import Refused
from services.casework import moving
from services.casework.moved import Moved, Stale
from services.casework.moves import STEPS
from services.casework.moving import Asked, Pressed
from services.casework.screens import BY_NAME
from services.casework.screens.reviews.rows import Tab
from services.casework.seeing import Asking, Face, Question, see
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office
from tests.unit.casework.test_shown import CLERK

CHILDREN = [f"{name}{number}" for name in "abcdef" for number in (1, 2)]
"""Two of each household."""
ROUNDS, SEED = 5, 12
SECTIONS = (Section.CHILDCARE_SUPPORT, Section.COMMUNITY_HEALTH_WELFARE, Section.HEALTH)
STAFF: tuple[Staff, ...] = tuple(
    replace(
        CLERK,
        id=StaffId(UUID(int=1000 + number)),
        login=f"crowd.{number}",
        section=SECTIONS[number % 3],
        roles=frozenset({Role.WARD_LEAD if number % 5 == 0 else Role.WARD_CLERK}),
    )
    for number in range(20)
)
STAGES = frozenset({Tab.NOT_STARTED, Tab.INVESTIGATION, Tab.CONFERENCE, Tab.GOING_ON, Tab.DEFERRED, Tab.REASONS_GONE})
"""Tabs of which every child is in exactly one."""


@dataclass
class Book:
    """What the twenty were told, and what their looks showed that cannot be."""

    moved: list[tuple[PersonId, UUID, int]] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


async def look(office: Office, staff: Staff, name: str, question: Question | None = None, person_id: PersonId | None = None) -> Any:
    """See a screen as a program does, or as a page where it is none of a program's."""
    screen = BY_NAME[name]
    face: Face[Any] = screen.json or screen.page
    async with recorded(office.service) as work:
        return await see(work, screen, face, Asking(staff, work.today, question or face.question(), person_id))


async def press(office: Office, staff: Staff, person_id: PersonId, move: str, pressed: Pressed, today: Any) -> Any:
    """Press the button of a move, filled in as the invented wards fill it in."""
    forms = [act for course in COURSES for act in course if act.move == move]
    filled = forms[0].form_on(today) if forms else {}
    form = STEPS[move].form.model_validate({"move": move, **filled})
    async with recorded(office.service) as work:
        return await moving.make(work, staff, person_id, Asked(STEPS[move], form, pressed, STEPS))


async def list_is_true(office: Office, staff: Staff, tab: Tab, book: Book) -> Any:
    """Look at a tab: what it counts is what it shows, and the stages make up the whole."""
    seen = await look(office, staff, "reviews", BY_NAME["reviews"].json.question(tab=tab))  # type: ignore[union-attr]
    lines = [line for household in seen.households for line in household]
    if len(lines) != seen.counts[tab] or sum(seen.counts[each] for each in STAGES) != seen.counts[Tab.ALL]:
        book.wrong.append(f"{tab}: {len(lines)} lines, {dict(seen.counts)}")
    return lines


async def works(office: Office, staff: Staff, children: Sequence[PersonId], chance: Random, book: Book) -> None:
    """Go through the list and do what is offered; now and then press twice, or in two tabs at once."""
    today = office.clock.today()
    for _ in range(ROUNDS):
        await list_is_true(office, staff, chance.choice(sorted({*STAGES, Tab.ALL, Tab.APPROVAL, Tab.MY_ANSWERS})), book)
        child = chance.choice(children)
        page = await look(office, staff, "child", None, child)
        if isinstance(page, Refused) or not page.moves:
            continue
        moves = [move for move in page.moves if move != "offer_handover"]
        keys = [uuid4(), uuid4()]
        first = chance.choice(moves)
        presses = [(first, keys[0]), *chance.choice([[], [(first, keys[0])], [(chance.choice(moves), keys[1])]])]
        outcomes = await asyncio.gather(*(press(office, staff, child, move, Pressed(key, page.version), today) for move, key in presses))
        done = [outcome for outcome in outcomes if isinstance(outcome, Moved)]
        book.outcomes.update(type(outcome).__name__ for outcome in outcomes)
        book.moved += [(child, outcome.case_id, outcome.version) for outcome in done if not outcome.again]
        if len([outcome for outcome in done if not outcome.again]) > 1:
            book.wrong.append(f"{[move for move, _ in presses]} of one page were both done: {outcomes}")


async def test_twenty_at_once_do_nothing_twice_and_lists_pages_and_counts_never_disagree(office: Office) -> None:
    await office.hear(
        *(b.lives(who, household=who[0]) for who in CHILDREN),
        *(b.is_called(who, f"見本 {who}", "みほん") for who in CHILDREN),
        *(b.needed(who) for who in CHILDREN),
    )
    children, book = [b.person(who) for who in CHILDREN], Book()

    await asyncio.gather(*(works(office, staff, children, Random(f"{SEED}/{staff.login}"), book) for staff in STAFF))  # noqa: S311

    lead = STAFF[0]
    lines = {tab: await list_is_true(office, lead, tab, book) for tab in Tab}
    first_page = await look(office, lead, "today")
    pages = {child: await look(office, lead, "child", None, child) for child in children}
    async with office.service.work() as work:
        await work.db.execute("select set_config('tsunagu.actor', 'system', true)")
        kept = [(row["case_id"], row["version"]) for row in await work.db.fetch("select case_id, version from case_move")]
        versions = {row["case_id"]: (row["version"], row["n"]) for row in await work.db.fetch(HOW_MANY)}
        open_cases = await work.db.fetchval(
            "select count(*) from (select person_id from cases where state <> 'closed' group by 1 having count(*) > 1) as two"
        )

    assert book.wrong == []
    # What somebody was told was done stands once; nothing else stands there.
    assert sorted(kept) == sorted((case, version) for _, case, version in book.moved)
    assert all(version == n for version, n in versions.values())
    assert open_cases == 0
    # There was something to disagree about: they worked, and they were in each other's way.
    assert book.outcomes["Moved"] > len(CHILDREN)
    assert book.outcomes[Stale.__name__] > 0
    # The list says of each child what its page says; whose case was closed stands in no list.
    listed = {line.person_id: line.state for line in lines[Tab.ALL]}
    assert listed == {child: _state(page) for child, page in pages.items() if _state(page) is not CaseState.CLOSED}
    assert {view.key: view.number for view in first_page.views} == {view.key: len(lines[Tab(view.key)]) for view in first_page.views}


HOW_MANY = "select cases.case_id, cases.version, count(*) as n from cases join case_move using (case_id) group by 1, 2"


def _state(page: Any) -> CaseState:
    return page.case.state if page.case is not None else CaseState.NOTICED
