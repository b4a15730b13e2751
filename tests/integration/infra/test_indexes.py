"""
Every index serves a statement that is named here, and no statement reads a big table whole, as PostgreSQL plans them on tables with rows.

An index costs every row that is written, for years; one that the planner cannot use for the statement that it was made for costs that and
gives nothing. Plans are generic ones, as a statement gets them after some runs, for the login that runs it, with its row-level security.
"""

import json
from collections.abc import AsyncIterator, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from infra.local.postgres import OPERATOR, PostgresServer
from infra.migrating import SCHEMAS, wall_off
from infra.sql import queries
from infra.testing.fixtures import Database, copy_database
from tests.architecture.statements import ROOT, statement_files
from tests.integration.infra.filled import fill
from tests.integration.infra.test_statements import login, roles_of

pytestmark = pytest.mark.servers

RUNTIME: dict[str, set[str]] = {
    "inbox_heard_at": {"forget_heard"},
    "numbered_entry_on": {"forget_numbered"},
    "parked_due": {"due_parked"},
}
"""Indexes of the runtime's tables, which every service's schema has."""

INDEXES: dict[str, set[str]] = {
    "audit.entry_by_action": {"search_action", "count_action", "leaves_of_action"},
    "audit.entry_by_actor": {"search_actor", "count_actor", "entries_of_actor", "count_of_actor"},
    "audit.entry_by_thing": {"search_thing", "count_thing", "entries_of_thing", "count_of_thing"},
    "audit.entry_by_time": {"search_all"},
    "audit.entry_looked_for": {"browsing"},
    "audit.entry_of_people": {"search_people", "count_people"},
    "audit.entry_refused": {"denied_then"},
    "audit.entry_with_reason": {"marked"},
    "audit.entry_without_relation": {"unrelated"},
    "audit.finding_sign_finding": {"signs_of", "count_signs"},
    "audit.signed_extract_newest": {"newest"},
    "casework.access_note_person": {"child"},
    "casework.access_note_staff": {"own_accesses", "last_here"},
    "casework.case_move_objections": {"objections"},
    "casework.cases_at_center": {"refresh_access"},
    "casework.emergency_unreviewed": {"count_unreviewed"},
    "casework.assignment_run_ward": {"runs"},
    "casework.case_file_person": {"files_of_child"},
    # They refuse rows.
    "casework.disposal_hold_stands": set(),
    "casework.disposal_item_proposed": set(),
    "casework.dispute_news": {"news"},
    # It refuses rows.
    "casework.dispute_open": set(),
    "casework.dispute_person": {"disputes_of"},
    "casework.handover_case": {"newest_handover", "child"},
    "casework.household_member_household": {"save_members", "child", "household_mates", "page_of_list"},
    "casework.list_export_ward": {"exports"},
    "casework.manual_feedback_once": {"own_feedback"},
    "casework.measured_measure": {"save_measures", "refresh_access"},
    "casework.one_open_case": {"refresh_access"},
    "casework.one_open_emergency": {"open_emergency", "end_before"},
    "casework.one_open_handover": {"moved_children", "refresh_access", "page_of_list"},
    "casework.one_open_review": {"save_dispositions", "child"},
    "casework.person_alias_survivor": {"child"},
    "casework.person_name_number": {"find_person"},
    "casework.request_key_answered": {"forget_answers"},
    "casework.review_closed": {"closures_of"},
    "casework.review_closed_ward": {"closed"},
    "casework.review_offered": {"page_of_list", "today"},
    "casework.review_protected": {"page_of_list", "today", "count_waiting"},
    "casework.review_person": {"words_of", "save_words", "lock_access", "refresh_access", "lock_review", "permission_facts"},
    "casework.review_ward": {"page_of_list", "today", "count_waiting"},
    "casework.sample_untold": {"tell_samples"},
    "casework.sample_waiting": {"waiting", "days_of_waiting"},
    "casework.saved_filter_own": {"saved_filters", "count_filters"},
    "casework.saved_filter_shared": {"saved_filters", "count_filters"},
    "casework.survey_answer_survey": {"answers"},
    "identity.known_place_place_idx": {"rename_place"},
    "identity.known_place_seen_at_idx": {"purge_places"},
    "identity.session_open": {"end_session", "sign_out"},
    "identity.session_opened_at_idx": {"purge_sessions", "session_ended_by"},
    "ingest.dispute_source": {"disputes"},
    "ingest.event_log_received": {"totals_of", "held_up_of"},
    "ingest.receipt_made": {"forget", "forget_beyond"},
    "ingest.event_log_quarantined": {"refusals", "refusals_by_reason", "quarantined"},
    "ingest.held_up_now": {"orphans", "records_held_up"},
    "ingest.media_batch_id": {"batch_named"},
    "ingest.media_batch_not_erased": {"erase", "media"},
    "ingest.media_batch_number": {"files_before"},
    "ingest.media_batch_page": {"batch"},
    "ingest.record_doubtful": {"doubts", "records_in_doubt"},
    "ingest.record_number": {"numbers_said_twice", "records_of_numbers"},
    "linker.concern_person": {"recount_concerns"},
    "linker.membership_household": {"kin"},
    "linker.person_birth_date": {"born_on"},
    "linker.person_number_bare": {"numbers_alike"},
    "linker.pregnancy_children": {"pregnancies_around"},
    "linker.pregnancy_mother": {"pregnancies_around", "facts_about"},
    "linker.pregnancy_number_bare": {"pregnancies_alike"},
    "linker.record_care": {"care_lists"},
    "linker.record_open": {"astray_numbers", "contested_revisions"},
    "linker.record_open_number": {"naming_number", "facts_alike"},
    "linker.record_open_subject": {"facts_alike"},
    "linker.record_pupil": {"records_named"},
    "linker.record_pupil_subject": {"pupils_about", "claimants"},
    "linker.record_stated_pregnancy": {"records_named", "facts_about"},
    "linker.record_subject": {"statements_about", "facts_about", "records_of"},
    "linker.review_answer_question": {"answers"},
    "linker.review_answer_time": {"answered", "agreed"},
    "linker.roster_row_person": {"claimants", "pupils_left"},
    "linker.roster_row_pupil": {"pupils_left"},
    "linker.statement_birth_date": {"facts_alike"},
    "linker.statement_contested": {"contested_revisions"},
    "linker.statement_subject": {"numbers_given_up", "revisions_about", "revisions_of"},
    "scorer.delivery_mother": {"births_beside", "affected_children"},
    "scorer.delivery_pregnancy": {"records", "affected_children"},
    "scorer.delivery_was_child": {"deliveries then"},
    "scorer.delivery_was_mother": {"births_beside then"},
    "scorer.delivery_was_pregnancy": {"records then"},
    "scorer.due_evaluate_on": {"anybody_waits", "claim_due", "count_due", "next_due"},
    "scorer.evaluation_counted": {"counted_now", "counted"},
    "scorer.evaluation_current": {"current_evaluations", "indicators"},
    "scorer.evaluation_history": {"indicators_known"},
    "scorer.evaluation_in_hand": {"wake_resting"},
    "scorer.evaluation_resting": {"wake_resting"},
    "scorer.evaluation_separated": {"separated"},
    "scorer.evaluation_stale": {"wake_waiting"},
    "scorer.evaluation_superseded": {"archive"},
    "scorer.evaluation_waiting_for": {"wake_waiting"},
    "scorer.evaluation_was_history": {"indicators_known"},
    "scorer.fact_count_was_person": {"hands then"},
    "scorer.fact_guardian": {"affected_children"},
    "scorer.fact_in_care": {"links"},
    "scorer.fact_person_year": {"records", "separations", "records_of_others", "months_of_earlier_years", "doubtful"},
    "scorer.fact_pregnancy": {"records"},
    "scorer.fact_was_in_care": {"links then"},
    "scorer.fact_was_person": {"records then", "separations then", "records_of_others then", "months_of_earlier_years then"},
    "scorer.fact_was_pregnancy": {"records then"},
    "scorer.held_person": {"hands"},
    "scorer.held_was_person": {"hands then"},
    "scorer.in_hand_person": {"hands"},
    "scorer.in_hand_was_person": {"hands then"},
    "scorer.kinship_mother": {"births_beside", "affected_children"},
    "scorer.kinship_was_child": {"deliveries then", "links then"},
    "scorer.kinship_was_mother": {"births_beside then"},
    "scorer.member_household": {"replace_members", "links", "affected_children"},
    "scorer.member_person": {"links", "affected_children"},
    "scorer.member_was_household": {"links then"},
    "scorer.member_was_person": {"links then"},
    "scorer.news_person": {"claim_due", "count_due"},
    "scorer.observation_person": {"children"},
    "scorer.person_was_person": {"children then", "deliveries then", "hands then", "links then"},
    "scorer.protection_opponents": {"affected_children", "links"},
    "scorer.protection_protected": {"separations"},
    "scorer.protection_was_protected": {"separations then", "links then"},
    "scorer.review_signal_needed": {"claim_due"},
}
"""By schema and name, the statements that would read a whole table without it. A key, or an exclusion, needs none: it refuses rows."""

WHOLE: dict[str, set[str]] = {
    "infra/city/books.sql": {"said_and_waiting", "waiting_in_outbox", "parked"},
    "infra/city/story.sql": {"take_up"},
    # What a run of the fuzzer has left is looked through as a whole, once.
    "infra/city/fuzzing/fuzzing.sql": {"put_aside", "strange_names"},
    # Years of cases are made once, of a small city's.
    "infra/city/benchmarks/archive.sql": {"leave_out_who_nobody_looks_at", "leave_out_most_looks"},
    # Lists for people, and one row.
    "infra/runtime.sql": {"list_parked", "is_parking_resumed", "take_numbers_of_a_free_lane"},
    # The table is bounded by this very statement.
    # A row for each of some hundreds of staff.
    "infra/identity/queries.sql": {"purge_failures", "of_ward"},
    # `count_all` ends at a limit; what is in quarantine are attacks and mistakes; the others are for checks of the whole log.
    # What waits for people: some a day, all of which they look through.
    "services/audit/findings.sql": {"listed"},
    # A row for each rule.
    "services/audit/misuse.sql": {"progress"},
    "services/audit/producers.sql": {"quarantined", "quarantine_size", "rolls"},
    "services/audit/queries.sql": {"count_all", "entries_per_lane", "entries_per_action", "content"},
    "services/casework/inspection.sql": {
        "everything_that_counts",
        "dispositions",
        "suppressed_of",
        "case_of",
        "count_accesses",
        "cases_by_stage",
    },
    # What was read in emergencies is a few lines a year, all of which are looked through.
    "services/casework/emergencies.sql": {"emergencies"},
    # What was judged of the sample: some hundreds in years.
    "services/casework/sampling.sql": {"judged"},
    # A row for each member of staff who searched.
    "services/casework/searches.sql": {"forget_searches"},
    # What readers say of the manual: some hundreds, all of which one person looks through.
    "services/casework/screens/said_of_manual/queries.sql": {"feedback", "understood"},
    # Once a week, for the report of the whole city; and a row a week.
    "services/casework/screens/programme/weekly/queries.sql": {"by_movement", "report"},
    # Once in a while, all that ended; and lists that two people look through. What goes with a case stands in small tables, too.
    "services/casework/disposing.sql": {"lists"},
    "services/casework/disposed.sql": {"emergency"},
    # A few questionnaires a year, of which one page shows the newest.
    "services/casework/screens/programme/surveys/queries.sql": {"surveys"},
    # Some a year, all of which two people look through; and once a year, the check of all that is held.
    "services/casework/screens/privacy/requests/queries.sql": {"requests"},
    "services/casework/screens/privacy/check/queries.sql": {"by_tables"},
    "services/casework/towns.sql": {"replace_towns"},
    # For a comparison of two runs, or of the ledger with its tally.
    "services/ingest/queries.sql": {"all_records", "count_ledger"},
    # A month that is dropped is counted.
    "services/ingest/retention.sql": {"count_month"},
    # A row for each process that runs, and for each watermark that waits this second.
    "services/ingest/beside.sql": {"be_gone", "are_others"},
    # Two tables of the one file that is being read, every row of which is compared; and a row for each file that came, for people.
    "services/ingest/inlets/extract/queries.sql": {
        *("staged_twice", "plan_rows", "plan_deleted", "plan_vanished", "planned"),
        *("forget_waiting", "newest_taken", "complete_through", "extracts"),
    },
    # A row a bundle: lists for people.
    "services/ingest/inlets/media/queries.sql": {"batches", "batches_of", "complete_through"},
    # What people judged: some hundreds. Measures: when two persons are taken for one, or parted.
    "services/linker/judged.sql": {"judged", "judgements"},
    "services/linker/queries.sql": {"measures_naming", "numbers_alike"},
    # What is asked of people, for people: measures and pairs are few, and so is what was judged.
    "services/linker/review/asked.sql": {"waiting", "counts", "question", "persons_about", "decided", "decisions"},
    "services/linker/review/pairing.sql": {"joined"},
    # Of those of whom people judged: some hundreds.
    "services/linker/saving.sql": {"replace_concerns", "recount_concerns"},
    # For `status`, the demonstration and stories; for a comparison of two runs.
    "services/linker/views.sql": {
        *(
            "counts",
            "decisions",
            "judgements",
            "records_now",
            "links_by_rule",
            "records_by_state",
            "records_by_source",
            "record_states",
            "unaccounted",
        ),
    },
    # A list for people; and a simulation looks at the whole city.
    "services/scorer/exporting.sql": {"exports"},
    # Whoever evaluates a rule asks about every review that ended.
    "services/scorer/outcomes.sql": {"outcomes"},
    # Simulations that people asked for: a few a year.
    "services/scorer/jobs.sql": {"anybody_waits"},
    "services/scorer/simulation.sql": {"children_by_part", "answered_between"},
    # Watermarks: a row per source. Overdue: children whose evaluation failed, for people.
    "services/scorer/keeping.sql": {"silence_is_due", "fall_silent"},
    "services/scorer/queries.sql": {"anybody_waits", "count_due", "overdue", "state"},
    # One row; and a watermark a night and source. Protection measures: a few hundred.
    "services/scorer/recalling.sql": {"kept_since"},
    # The same row, and one for each table that has a past.
    "services/scorer/retention.sql": {"forget_until", "to_forget", "planned"},
    "services/scorer/loading.sql": {"feeds then"},
    "services/scorer/masking/masking.sql": {"protected_by"},
}
"""Statements that may read a table from end to end: it stays small, or somebody asks about all of it."""

RECALLED: dict[str, set[str]] = {
    "services/scorer/births.sql": {"*"},
    "services/scorer/loading.sql": {"*"},
    "services/scorer/others.sql": {"*"},
    "services/scorer/lists.sql": {"everybody"},
    "services/scorer/masking/masking.sql": {"children_held"},
}
"""Statements that read the past, too, by views (`services/scorer/recalling.py`): what they are then is called "… then" here."""

_INDEXES = """
select n.nspname || '.' || c.relname as name
from pg_index x join pg_class c on c.oid = x.indexrelid join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any($1) and not c.relispartition and not exists (select from pg_constraint where conindid = c.oid)
order by 1
"""


_SEGMENTS = """
select part.relname as part, whole.relname as whole
from pg_inherits join pg_class part on part.oid = inhrelid join pg_class whole on whole.oid = inhparent where whole.relkind in ('I', 'p')
"""
"""Indexes and tables of a partitioned table's parts, which a plan names, and those of the whole, which are declared."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How one login's statement is carried out."""

    role: str
    file: Path
    name: str
    indexes: frozenset[str]
    whole: frozenset[str]
    """Tables that are read from end to end."""


@pytest_asyncio.fixture(scope="module")
async def city(postgres: PostgresServer, template: str) -> AsyncIterator[Database]:
    """A database whose every table has rows."""
    name = "test_indexes"
    admin = await asyncpg.connect(postgres.url())
    await copy_database(admin, name, template)
    await wall_off(admin, name)
    filled = Database(postgres, name)
    db = await asyncpg.connect(filled.admin_url)
    for schema in SCHEMAS:
        await fill(db, str(schema))
    await db.close()
    yield filled
    await admin.execute(f"drop database {name} with (force)")
    await admin.close()


@pytest_asyncio.fixture(scope="module")
async def plans(city: Database) -> list[Plan]:
    """How every statement of the repository is carried out, for everybody who runs it."""
    admin = await asyncpg.connect(city.admin_url)
    wholes = {row["part"]: row["whole"] for row in await admin.fetch(_SEGMENTS)}
    await admin.close()
    now = [plan for file in statement_files() for role in roles_of(file) for plan in await _plans(city, file, role, wholes)]
    then = [plan for file, names in RECALLED.items() for plan in await _plans(city, ROOT / file, "scorer", wholes, then=names)]
    return [*now, *then]


async def test_every_index_is_declared_with_the_statements_that_it_serves(city: Database) -> None:
    admin = await asyncpg.connect(city.admin_url)
    there = {row["name"] for row in await admin.fetch(_INDEXES, list(map(str, SCHEMAS)))}
    await admin.close()

    assert {name for name in there if name.partition(".")[2] not in RUNTIME} == set(INDEXES)
    assert {name.partition(".")[2] for name in there} >= set(RUNTIME)


async def test_the_planner_takes_every_index_for_each_statement_that_it_is_there_for(plans: list[Plan]) -> None:
    taken = {(plan.role, index, plan.name) for plan in plans for index in plan.indexes}
    services = {plan.role for plan in plans} - {"identity", OPERATOR}
    expected = {(*name.split(".", 1), statement) for name, statements in INDEXES.items() for statement in statements}
    expected |= {(role, name, statement) for role in services for name, statements in RUNTIME.items() for statement in statements}

    assert sorted(expected - taken) == []


BY_AN_INDEX_WHERE_POSTGRESQL_IS_NEWER = {("services/audit/queries.sql", "entries_per_action"), ("services/audit/queries.sql", "content")}
"""All of the log, too, but in the order of an index: so PostgreSQL 17 plans them, and 15 does not."""


async def test_no_statement_reads_a_whole_table_but_those_that_are_meant_to(plans: list[Plan]) -> None:
    whole = {(str(plan.file.relative_to(ROOT)), plan.name) for plan in plans if plan.whole}

    meant = {(file, name) for file, names in WHOLE.items() for name in names}
    assert whole - meant == set()
    assert meant - whole <= BY_AN_INDEX_WHERE_POSTGRESQL_IS_NEWER


async def test_an_index_that_is_missed_is_seen(city: Database) -> None:
    """The test of the tests: without its index a statement is found reading the whole table."""
    db = await asyncpg.connect(city.admin_url)
    without = db.transaction()
    await without.start()
    await db.execute("set local plan_cache_mode = force_generic_plan; set local enable_seqscan = off; set local search_path = linker")
    before = await _plan(db, "select from concern where source = $1 and person_id = $2")
    await db.execute("drop index concern_person; alter table concern drop constraint concern_pkey")
    after = await _plan(db, "select from concern where source = $1 and person_id = $2")
    await without.rollback()
    await db.close()

    assert set(_named(before, "Index Name")) == {"concern_person"}
    assert [node["Relation Name"] for node in _nodes(after) if node["Node Type"] == "Seq Scan"] == ["concern"]


async def _plans(city: Database, file: Path, role: str, wholes: Mapping[str, str], then: AbstractSet[str] = frozenset()) -> list[Plan]:
    statements = queries(str(file), file.name)
    db = await login(city, role)
    if then:
        await db.execute("set search_path = scorer_known, scorer; set scorer.known_at = '2026-01-02'")
    # Whoever reads a whole table does so because nothing else is there, not because a table of a test is small.
    await db.execute("set plan_cache_mode = force_generic_plan; set enable_seqscan = off")
    found = []
    for name in statements.names:
        if then and not then & {"*", name}:
            continue
        plan = await _plan(db, getattr(statements, name))
        whole = frozenset(node["Relation Name"] for node in _nodes(plan) if node["Node Type"] == "Seq Scan")
        indexes = frozenset(wholes.get(index, index) for index in _named(plan, "Index Name"))
        found.append(Plan(role, file, f"{name} then" if then else name, indexes, whole))
    await db.close()
    return found


async def _plan(db: asyncpg.Connection, statement: str) -> dict[str, Any]:
    parameters = len((await db.prepare(statement)).get_parameters())
    await db.execute(f"prepare of_test as {statement}")
    try:
        arguments = f"({', '.join(['null'] * parameters)})" if parameters else ""
        plan: list[dict[str, Any]] = json.loads(await db.fetchval(f"explain (format json) execute of_test{arguments}"))
    finally:
        await db.execute("deallocate of_test")
    return plan[0]


def _named(plan: Any, key: str) -> Iterator[str]:
    return (node[key] for node in _nodes(plan) if key in node)


def _nodes(plan: Any) -> Iterator[dict[str, Any]]:
    match plan:
        case dict():
            if "Node Type" in plan:
                yield plan
            for value in plan.values():
                yield from _nodes(value)
        case list():
            for value in plan:
                yield from _nodes(value)
        case _:
            pass
