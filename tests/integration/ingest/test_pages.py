"""The frame of ingest's pages: who sees which sources, and what the log is told before anybody is."""

import pytest

from contracts.catalogue import source as entry_of
from contracts.values import Source
from tests.integration.ingest.office import Office

pytestmark = pytest.mark.servers

NAMES = {source: entry_of(source).system for source in Source}


async def test_the_coordinator_sees_every_source_and_the_log_is_told(office: Office) -> None:
    async with office.at_work("coordinator") as browser:
        page = await browser.opens("/register")

    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert [name for name in NAMES.values() if name not in page.text] == []
    (look,) = await office.looks()
    assert (look.action, look.actor.role, look.count, look.decision) == ("ingest.register_opened", "coordinator", 16, "permit")


async def test_an_owner_sees_the_sources_of_the_own_unit_and_of_others_not_even_that_there_are_any(office: Office) -> None:
    async with office.at_work("health.owner") as browser:
        page = await browser.opens("/register")
        own = await browser.opens(f"/register/{Source.MATERNAL_CHILD_HEALTH}")
        other = await browser.opens(f"/register/{Source.PUBLIC_ASSISTANCE}")
        nothing = await browser.opens("/register/no-such-source")

    shown = {source for source, name in NAMES.items() if name in page.text}
    assert shown == {Source.MATERNAL_CHILD_HEALTH}
    assert (own.status_code, other.status_code, nothing.status_code) == (200, 404, 404)
    assert other.text.replace(Source.PUBLIC_ASSISTANCE, "") == nothing.text.replace("no-such-source", "")
    told = [(look.action, look.thing.id, look.decision, look.reason_code) for look in await office.looks()]
    assert told == [
        ("ingest.register_opened", None, "permit", None),
        ("ingest.registration_opened", "maternal_child_health", "permit", None),
        ("ingest.registration_opened", "public_assistance", "deny", "not_owner"),
        ("ingest.registration_opened", None, "deny", "nothing_there"),
    ]


async def test_an_owner_who_is_registered_for_nothing_is_told_whom_to_ask(office: Office) -> None:
    async with office.at_work("schools.owner") as browser:
        await office.pool.execute(
            "insert into owner_step (staff_id, staff_label, source, number, granted, at, why)"
            " select staff_id, staff_label, source, 2, false, now(), 'test' from owner_step"
        )
        page = await browser.opens("/register")

    assert "こども家庭課に申し出てください" in page.text
    assert [source for source, name in NAMES.items() if name in page.text] == []


async def test_whoever_has_no_role_here_is_turned_away_and_kept_in_the_log(office: Office) -> None:
    async with office.at_work("hakata.clerk") as browser:
        answers = [await browser.opens(address) for address in ("/", "/register", f"/register/{Source.CHILDCARE}")]

    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert [(look.decision, look.reason_code) for look in await office.looks()] == [("deny", "role")] * 3


async def test_nobody_who_is_not_logged_in_sees_a_page_and_sources_are_still_answered_as_programs(office: Office) -> None:
    async with office.at_work("coordinator") as browser:
        browser.http.cookies.clear()
        page = await browser.http.get("/register", headers={"accept": "text/html"})
        of_a_source = await browser.http.get("/events/1", headers={"accept": "text/html"})

    assert (page.status_code, page.headers["location"]) == (303, "/login?next=%2Fregister")
    assert (of_a_source.status_code, of_a_source.headers["content-type"]) == (401, "application/problem+json")


async def test_where_a_look_cannot_be_kept_nothing_is_shown(office: Office) -> None:
    async with office.at_work("coordinator") as browser, office.as_operator() as admin:
        await admin.execute("alter table ingest.outbox add constraint nothing_more check (false) not valid")
        page = await browser.opens("/register")
        await admin.execute("alter table ingest.outbox drop constraint nothing_more")

    assert page.status_code == 503
    assert NAMES[Source.CHILDCARE] not in page.text
