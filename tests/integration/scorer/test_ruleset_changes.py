"""A ruleset comes into use by two people, without a storm of reviews; one on trial opens none (`domain.md` §2.7, EVAL-03, MASK-04)."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest

from contracts.ids import PersonId, StaffId
from contracts.messages import Actor, DecisionRecorded, ReviewBasisChanged, ReviewNeeded
from contracts.values import Role, ServiceName
from infra.testing.fixtures import announced, unit_of_work
from infra.work import UnitOfWork
from services.scorer import deciding, inspection, rulesets, succession
from services.scorer.deciders import Decider
from services.scorer.domain.programme import IN_USE
from services.scorer.domain.rulesets import DOCUMENTS
from services.scorer.domain.standing import NotAllowed
from services.scorer.simulation import Outcome
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.messages import (
    CHILD,
    assistance,
    checkup,
    kinship,
    notified,
    person,
    postpartum,
    watermark,
)

pytestmark = pytest.mark.servers

SOFTWARE = DOCUMENTS[IN_USE.ruleset.name]


def called(name: str, document: str = SOFTWARE) -> str:
    return document.replace(f'name = "{IN_USE.ruleset.name}"', f'name = "{name}"')


CHECKUPS_ALONE = called("FK-2").replace("at_least = 2", "at_least = 1")
"""One missed checkup asks by itself."""

LOWER_EPDS = called("FK-3") + "\n[parameters]\nepds_high_from = 7\n"


@dataclass
class Office:
    """People who decide about the rulesets of a scorer."""

    scorer: Scorer

    def decider(self, number: int, role: Role = Role.COORDINATOR) -> Decider:
        who = StaffId(UUID(int=number))
        return Decider(Actor(id=who, role=role), who, f"職員{number}", frozenset({role}))

    def work(self) -> AbstractAsyncContextManager[UnitOfWork]:
        return unit_of_work(self.scorer.pool, ServiceName.SCORER, self.scorer.clock)

    async def propose(self, document: str, by: int = 1) -> str:
        async with self.work() as work:
            return await deciding.propose(work, self.decider(by), document, "健診を1回でも受けていないこどもを早くたずねるため")

    async def simulate(self, name: str, by: int = 1) -> Outcome:
        async with self.work() as work:
            outcome = await deciding.simulate_proposal(work, self.decider(by), name)
        assert isinstance(outcome, Outcome)
        return outcome

    async def approve(self, name: str, on: str, by: int = 2, role: Role = Role.PRIVACY_OFFICER) -> NotAllowed | None:
        async with self.work() as work:
            return await deciding.approve(work, self.decider(by, role), name, date.fromisoformat(on))

    async def in_use(self, document: str, on: str) -> None:
        name = await self.propose(document)
        await self.simulate(name)
        assert await self.approve(name, on) is None

    async def follow(self) -> bool:
        async with self.work() as work:
            return await succession.follow(work)

    async def trial(self, name: str, *, on: bool = True) -> NotAllowed | None:
        async with self.work() as work:
            return await deciding.set_on_trial(work, self.decider(1), name, on=on)


@pytest.fixture
def office(scorer: Scorer) -> Office:
    return Office(scorer)


def child(number: int) -> PersonId:
    return PersonId(UUID(int=0x1000 + number))


async def missed_one_checkup(scorer: Scorer, *children: PersonId) -> None:
    """Children born on 10 February 2024: by the ruleset in use nobody is asked about them."""
    for number, who in enumerate(children):
        await scorer.hears(person("2024-02-10", who=who), checkup("4m", "2024-06-20", f"K-{number}", who=who))
    await scorer.hears(watermark("2026-04-11"))
    await scorer.day_comes("2026-04-11")


async def test_a_ruleset_is_proposed_simulated_and_approved_by_another_person(scorer: Scorer, office: Office) -> None:
    await missed_one_checkup(scorer, CHILD)
    name = await office.propose(CHECKUPS_ALONE)

    assert await office.approve(name, "2026-04-12") is NotAllowed.NOT_SIMULATED
    outcome = await office.simulate(name)
    assert (outcome.simulation.total.before, outcome.simulation.total.after) == (0, 1)
    assert outcome.after.children == {CHILD}
    assert await office.approve(name, "2026-04-12", by=1, role=Role.COORDINATOR) is NotAllowed.OWN_PROPOSAL
    assert await office.approve(name, "2026-04-10") is NotAllowed.IN_THE_PAST
    assert await office.approve(name, "2026-04-12", role=Role.WARD_LEAD) is NotAllowed.ROLE
    assert await office.approve(name, "2026-04-12") is None
    assert await office.propose(CHECKUPS_ALONE) == NotAllowed.NAME_TAKEN

    kept = [m for m in await announced(scorer.pool) if isinstance(m, DecisionRecorded)]
    assert [(m.action, m.decision, m.reason_code) for m in kept] == [
        ("scorer.ruleset_proposed", "done", None),
        ("scorer.ruleset_approved", "deny", "not_simulated"),
        ("scorer.ruleset_simulated", "done", None),
        ("scorer.ruleset_approved", "deny", "own_proposal"),
        ("scorer.ruleset_approved", "deny", "in_the_past"),
        ("scorer.ruleset_approved", "deny", "role"),
        ("scorer.ruleset_approved", "done", None),
        ("scorer.ruleset_proposed", "deny", "name_taken"),
    ]


async def test_it_is_in_use_from_its_day_on(scorer: Scorer, office: Office) -> None:
    await missed_one_checkup(scorer, CHILD)
    assert await office.follow()
    await office.in_use(CHECKUPS_ALONE, "2026-04-13")

    for day, taken_over in (("2026-04-12", False), ("2026-04-13", True), ("2026-04-14", False)):
        await scorer.day_comes(day)
        assert await office.follow() is taken_over

    used = await scorer.asked(rulesets.used_now)
    assert (used.ruleset, str(used.day)) == ("FK-2", "2026-04-13")


def few_a_day(document: str) -> str:
    return document.replace('name = "FK-2"', 'name = "FK-4"\nnew_a_day = 2')


async def test_nobody_is_stormed_and_nobody_is_asked_about_twice(scorer: Scorer, office: Office) -> None:
    children = [child(number) for number in range(5)]
    await missed_one_checkup(scorer, *children)
    await scorer.hears(kinship(), notified("2023-10-01", 18), person("2024-02-10"), checkup("4m", "2024-06-20", "K-C"))
    [first] = await scorer.told()
    await office.follow()
    await office.in_use(few_a_day(CHECKUPS_ALONE), "2026-04-12")

    told = []
    for day in ("2026-04-12", "2026-04-13", "2026-04-14", "2026-04-15"):
        await scorer.day_comes(day)
        await office.follow()
        await scorer.day_comes(day)
        told.append([m.person_id for m in await scorer.told() if isinstance(m, ReviewNeeded) and m.ruleset == "FK-4"])

    assert first.person_id == CHILD
    assert [len(each) for each in told] == [2, 4, 5, 5]
    assert set(told[-1]) == set(children)
    assert (await scorer.asked(inspection.review_signal, CHILD))["version"] == 1


async def test_whom_a_ruleset_does_not_list_any_more_the_ward_is_told_at_once(scorer: Scorer, office: Office) -> None:
    await scorer.hears(
        person("2024-02-10"), kinship(), notified("2023-10-01", 18), checkup("4m", "2024-06-20", "K-4"), watermark("2026-04-11")
    )
    await scorer.day_comes("2026-04-11")
    await office.follow()
    stricter = called("FK-5").replace("groups_needed = 2", "groups_needed = 3")
    await office.in_use(stricter, "2026-04-11")

    await office.follow()
    await scorer.day_comes("2026-04-11")

    first, second = await scorer.told()
    assert isinstance(second, ReviewBasisChanged)
    assert (first.version, second.version, second.ruleset, second.needed) == (1, 2, "FK-5", False)


async def test_a_changed_threshold_is_simulated_by_the_records_and_then_answered_anew(scorer: Scorer, office: Office) -> None:
    await scorer.hears(person("2026-02-10"), kinship(), postpartum("2026-03-01", 8), assistance("2026-02-01", member_from="2026-02-10"))
    await scorer.hears(watermark("2026-04-11"))
    await scorer.day_comes("2026-04-11")
    await office.follow()
    name = await office.propose(LOWER_EPDS)

    outcome = await office.simulate(name)
    assert outcome.asked_again == 1
    assert outcome.after.children - outcome.before.children == {CHILD}
    assert await scorer.told() == []

    assert await office.approve(name, "2026-04-11") is None
    await office.follow()
    for day in range(11, 17):
        await scorer.day_comes(f"2026-04-{day}")
    [told] = await scorer.told()
    assert (told.ruleset, told.groups) == ("FK-3", ("PERI", "ECON"))
    versions = await scorer.pool.fetch(
        "select distinct parameters_version from evaluation where item = 'epds_high' and superseded_at is null"
    )
    assert [row[0] for row in versions] == [f"{IN_USE.parameters.version}+FK-3"]


async def test_a_ruleset_on_trial_lists_whom_it_would_and_opens_nothing(scorer: Scorer, office: Office) -> None:
    await missed_one_checkup(scorer, CHILD)
    await office.follow()
    name = await office.propose(CHECKUPS_ALONE)
    assert await office.trial(name) is None
    assert await office.trial(name) is NotAllowed.ON_TRIAL_ALREADY

    async with office.work() as work:
        await succession.run_trials(work)
        await succession.run_trials(work)
        listed = await succession.trial_list(work, name)
    await scorer.hears(checkup("18m", "2026-04-10", "K-18"))
    async with office.work() as work:
        await succession.run_trials(work)
        later = await succession.trial_list(work, name)

    assert [(who, str(since), groups) for who, since, groups in listed] == [(CHILD, "2026-04-11", ("CHK",))]
    assert later == []
    assert await scorer.told() == []
    assert await office.trial(name, on=False) is None
