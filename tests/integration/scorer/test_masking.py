"""A masked dataset from the request to the evidence of deletion, on real servers (S20, MASK-01, MASK-02, ROLE-03)."""

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from pyarrow import parquet

from contracts.ids import PersonId
from contracts.messages import DecisionRecorded, Message
from contracts.values import Item, Role
from infra.migrating import ANALYST
from infra.testing.fixtures import Database, announced
from services.scorer import deciding, rulesets
from services.scorer.domain.masking.anonymity import SMALLEST, Row, pseudonym
from services.scorer.domain.masking.attack import Dataset, Findings
from services.scorer.domain.masking.columns import columns
from services.scorer.domain.standing import NotAllowed
from services.scorer.masking import files, steps, subjects
from services.scorer.masking.steps import Provided
from tests.integration.scorer.conftest import Scorer
from tests.integration.scorer.messages import assistance, checkup, measure, person, watermark
from tests.integration.scorer.test_lists import printed
from tests.integration.scorer.test_ruleset_changes import Office, called

pytestmark = pytest.mark.servers

KEY, ANOTHER_KEY = b"\x07" * 32, b"\x08" * 32
DAY = date(2026, 4, 11)
LATER = "\n[parameters.tardiness]\nhigh_from = 35\n"


@pytest.fixture
def office(scorer: Scorer) -> Office:
    return Office(scorer)


def who(number: int) -> PersonId:
    return PersonId(UUID(int=0xC + number))


async def forty_children(scorer: Scorer) -> None:
    """The first (`CHILD`) is protected; twelve have welfare; one alone has welfare and both checkups missed."""
    told: list[Message] = []
    for number in range(40):
        told.append(person(f"2024-02-{1 + number % 20:02}", who=who(number)))
        if number:
            told += [checkup(kind, day, f"{kind}-{number}", who=who(number)) for kind, day in (("4m", "2024-06-20"), ("18m", "2025-09-01"))]
        if number < 13:
            told.append(assistance("2026-04-01", f"W-{number}", who=who(number), member_from="2026-04-01"))
    await scorer.hears(told)
    await scorer.hears(measure("2026-04-02"), watermark("2026-04-11"))
    await scorer.day_comes("2026-04-11")


async def requested(office: Office, known_on: date = DAY) -> UUID:
    async with office.work() as work:
        dataset_id = await steps.request(work, office.decider(1), DAY, known_on, "遅刻の基準の見直し")
        assert isinstance(dataset_id, UUID)
        assert await steps.approve(work, office.decider(2, Role.PRIVACY_OFFICER), dataset_id) is None
    return dataset_id


async def provided(office: Office, dataset_id: UUID, key: bytes = KEY) -> Provided:
    async with office.work() as work:
        given = await steps.provide(work, office.decider(1), dataset_id, key)
    assert isinstance(given, Provided)
    return given


async def test_a_dataset_is_given_by_two_people_and_deleted_with_evidence(
    scorer: Scorer, office: Office, database: Database, tmp_path: Path
) -> None:
    await forty_children(scorer)
    async with office.work() as work:
        asked = await steps.request(work, office.decider(1), DAY, DAY, "遅刻の基準の見直し")
        assert isinstance(asked, UUID)
        assert await steps.provide(work, office.decider(1), asked, KEY) is NotAllowed.OUT_OF_TURN
        assert await steps.approve(work, office.decider(1), asked) is NotAllowed.OWN_PROPOSAL
        assert await steps.approve(work, office.decider(3, Role.WARD_LEAD), asked) is NotAllowed.ROLE
        assert await steps.approve(work, office.decider(2, Role.PRIVACY_OFFICER), asked) is None
    given = await provided(office, asked)
    (tmp_path / "out").mkdir()
    files.write(given, tmp_path / "out")
    analyst = await asyncpg.connect(database.url(ANALYST))
    read = await analyst.fetch("select dataset_id, pseudonym, cells from masked_row")

    async with office.work() as work:
        assert await steps.delete(work, office.decider(1), asked) is NotAllowed.OUT_OF_TURN
        assert await steps.end_analysis(work, office.decider(1), asked, "A-2026-14") is None
    assert await analyst.fetch("select from masked_row") == []
    scorer.clock.at += timedelta(days=31)
    [late] = [kept for kept in await scorer.asked(steps.datasets) if kept.course.is_overdue(scorer.clock.today())]
    async with office.work() as work:
        assert await steps.request_deletion(work, office.decider(1), asked, "A-2026-15") is None
        proof = await steps.delete(work, office.decider(1), asked)
        gone = await steps.check(work, office.decider(1), asked)

    # What lies in the files is what the analysis body reads, and no more; afterwards nothing is read, and no key is there to join by.
    table = parquet.read_table(tmp_path / "out" / "dataset.parquet")
    assert table.column_names == ["pseudonym", *columns()]
    lines = list(csv.DictReader((tmp_path / "out" / "dataset.csv").read_text(encoding="utf-8").splitlines()))
    assert lines == table.to_pylist()
    assert {row["pseudonym"] for row in read} == {line["pseudonym"] for line in lines}
    dictionary = (tmp_path / "out" / "dictionary.csv").read_text(encoding="utf-8")
    assert {entry["column"] for entry in csv.DictReader(dictionary.splitlines())} == set(lines[0])
    assert late.dataset_id == asked
    assert gone is NotAllowed.OUT_OF_TURN
    assert await analyst.fetch("select from masked_row") == []
    left = await scorer.pool.fetch("select (select count(*) from masked_key) as keys, (select count(*) from masked_row) as rows")
    [evidence] = await scorer.pool.fetch("select evidence, evidence_sha256 from masked_step where step = 'deleted'")
    assert [tuple(row) for row in left] == [(0, 0)]
    assert evidence["evidence_sha256"] == proof
    assert '"rows_and_keys_left": 0' in evidence["evidence"]
    await analyst.close()

    kept = [m for m in await announced(scorer.pool) if isinstance(m, DecisionRecorded) and m.action.startswith("scorer.masked")]
    assert [(m.action.removeprefix("scorer.masked_"), m.decision, m.reason_code) for m in kept] == [
        ("requested", "done", None),
        ("provided", "deny", "out_of_turn"),
        ("approved", "deny", "own_proposal"),
        ("approved", "deny", "role"),
        ("approved", "done", None),
        ("provided", "done", None),
        ("deleted", "deny", "out_of_turn"),
        ("analysis_ended", "done", None),
        ("deletion_requested", "done", None),
        ("deleted", "done", None),
        ("checked", "deny", "out_of_turn"),
    ]


async def test_nobody_is_found_in_it_and_the_check_finds_whoever_could_be(scorer: Scorer, office: Office, tmp_path: Path) -> None:
    await forty_children(scorer)
    given = await provided(office, asked := await requested(office))
    rows = given.masked.rows
    wards = {pseudonym(KEY, who(0)): {row.cells[2] for row in rows if row.pseudonym == pseudonym(KEY, who(0))}}

    async def found(dataset: Dataset | None = None) -> Findings:
        async with office.work() as work:
            findings = await steps.check(work, office.decider(2, Role.PRIVACY_OFFICER), asked, dataset)
        assert isinstance(findings, Findings)
        return findings

    honest = await found()
    people = await scorer.asked(subjects.subjects, DAY, DAY, scorer.clock.today())
    by_id = [Row(row.pseudonym, row.cells) for row in sorted(rows, key=lambda row: row.pseudonym)]
    told = {pseudonym(KEY, each.person_id): each.birth_date.isoformat() for each in people}
    bad = tmp_path / "bad.csv"
    bad.write_text(
        "pseudonym,born," + ",".join(columns()) + "\n" + "".join(f"{r.pseudonym},{told[r.pseudonym]},{','.join(r.cells)}\n" for r in by_id),
        encoding="utf-8",
    )
    caught = await found(files.read(bad))

    assert honest.holds
    assert honest.k >= SMALLEST
    assert honest.best <= 1 / SMALLEST
    assert not caught.holds
    assert caught.best > 1 / SMALLEST
    assert set.union(*wards.values()) <= {"*"}, "where a protected child lives is withheld (S07)"
    assert sum(row.cells[columns().index(Item.HOUSEHOLD_PUBLIC_ASSISTANCE)] == "TRUE" for row in rows) >= SMALLEST


async def test_two_datasets_of_one_day_have_no_name_in_common(scorer: Scorer, office: Office) -> None:
    await forty_children(scorer)
    first, second = [(await provided(office, await requested(office), key)).masked for key in (KEY, ANOTHER_KEY)]
    async with office.work() as work:
        again = await steps.provide(work, office.decider(1), await requested(office), KEY)

    assert {row.pseudonym for row in first.rows}.isdisjoint(row.pseudonym for row in second.rows)
    assert [replace(row, pseudonym="") for row in sorted(first.rows, key=lambda r: r.cells)] == [
        replace(row, pseudonym="") for row in sorted(second.rows, key=lambda r: r.cells)
    ]
    assert again is NotAllowed.WOULD_IDENTIFY, "a key that was used before would name the same child twice"


async def test_a_past_day_is_as_it_was_believed_or_as_known_on_a_later_one(scorer: Scorer) -> None:
    await forty_children(scorer)
    await scorer.day_comes("2026-04-20")
    await scorer.hears(assistance("2026-04-01", "W-30", who=who(30), member_from="2026-04-01"))
    today = scorer.clock.today()

    then, between, now = [await scorer.asked(subjects.subjects, DAY, known, today) for known in (DAY, date(2026, 4, 15), today)]

    true = [{s.person_id for s in some if s.answers[Item.HOUSEHOLD_PUBLIC_ASSISTANCE].value == "TRUE"} for some in (then, between, now)]
    assert true[2] - true[0] == {who(30)}
    assert true[1] == true[0]


@pytest.mark.parametrize("table", ["evaluation", "person", "masked_row", "masked_key", "masked_dataset", "masked_step"])
async def test_the_analysts_login_reads_no_table(database: Database, table: str) -> None:
    """ROLE-03, MASK-01: masked data only, by the one view."""
    analyst = await asyncpg.connect(database.url(ANALYST))
    readable = await analyst.fetch(
        """
        select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
            and has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select, insert, update, delete')
        """
    )
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await analyst.fetch(f"select * from scorer.{table}")
    with pytest.raises(asyncpg.PostgresError):
        await analyst.execute("delete from analysis.masked_row")
    await analyst.close()

    assert [row["name"] for row in readable] == ["analysis.masked_row"]


async def test_what_an_analysis_found_holds_from_its_day_on_and_older_lists_stay(scorer: Scorer, office: Office) -> None:
    """S20, MASK-04: the threshold of item 13 goes from 30 to 35, by a proposal, from 1 October; the list of 1 September is the same."""
    await forty_children(scorer)
    await scorer.day_comes("2026-09-01")
    await office.follow()
    before = await printed(scorer, "2026-09-01")
    asked = await requested(office)
    await provided(office, asked)
    async with office.work() as work:
        name = await deciding.propose(work, office.decider(1), called("FK-13") + LATER, f"分析の結果（{asked}）", origin="analysis")
    assert isinstance(name, str)
    await office.simulate(name)
    assert await office.approve(name, "2026-10-01") is None
    for day in ("2026-09-30", "2026-10-01"):
        await scorer.day_comes(day)
        await office.follow()

    used = await scorer.asked(rulesets.used_now)
    [entered] = (await scorer.asked(rulesets.kept)).values()
    assert (used.ruleset, str(used.day), entered.origin) == ("FK-13", "2026-10-01", "analysis")
    assert used.programme.parameters.tardiness.high_from == 35
    assert await printed(scorer, "2026-09-01") == before
    assert (await printed(scorer, "2026-10-01")).startswith("# ruleset FK-13 ")
