"""Authenticators' secrets: sealed, so that whoever administers the database can make nobody's code."""

from uuid import uuid4

import asyncpg
import pytest
from cryptography.exceptions import InvalidTag

from contracts.ids import StaffId
from infra.identity.keys import Keys
from tests.integration.identity.conftest import CLERK, KEYS, Door


async def administrator(door: Door) -> asyncpg.Connection:
    return await asyncpg.connect(door.database.admin_url)


async def with_a_secret_of_an_older_release(door: Door) -> None:
    admin = await administrator(door)
    await admin.execute("alter table identity.staff drop constraint secret_is_sealed, disable trigger rights_changed")
    await admin.execute("update identity.staff set totp_secret = $1, totp_sealed = null", door.totp_secret)
    await admin.execute(
        "alter table identity.staff add constraint secret_is_sealed check (totp_secret is null) not valid, enable trigger rights_changed"
    )
    await admin.close()


async def test_a_database_administrator_reads_no_secret(door: Door) -> None:
    admin = await administrator(door)

    kept = repr(await admin.fetch("select * from identity.staff"))

    assert CLERK.login in kept
    assert door.totp_secret not in kept
    assert door.totp_secret.encode().hex() not in kept
    await admin.close()


async def test_a_secret_from_before_is_sealed_at_the_start_and_the_telephone_goes_on(door: Door) -> None:
    await with_a_secret_of_an_older_release(door)

    for task in door.service._first:
        await task()
    admin = await administrator(door)
    row = await admin.fetchrow("select id, totp_secret, totp_sealed from identity.staff")
    await admin.close()

    assert row is not None
    assert row["totp_secret"] is None
    assert KEYS.open_secret(row["id"], row["totp_sealed"]) == door.totp_secret
    assert (await door.log_in()).status_code == 303


async def test_whoever_comes_in_before_the_start_is_over_comes_in_too(door: Door) -> None:
    await with_a_secret_of_an_older_release(door)

    assert (await door.log_in()).status_code == 303


async def test_to_seal_a_secret_ends_no_session_and_another_secret_does(door: Door) -> None:
    await door.log_in()
    await with_a_secret_of_an_older_release(door)
    await door.identity.close()
    await door.identity.open()
    still = await door.client.get("/v1/me")

    admin = await administrator(door)
    await admin.execute("update identity.staff set totp_sealed = totp_sealed || '\\x00'")
    await admin.close()

    assert (still.status_code, (await door.client.get("/v1/me")).status_code) == (200, 401)


async def test_nothing_readable_can_be_written_any_more(door: Door) -> None:
    pool = await door.database.pool("identity")

    with pytest.raises(asyncpg.CheckViolationError):
        await pool.execute("update staff set totp_secret = 'GEZDGNBVGY3TQOJQ'")


async def test_a_sealed_secret_put_into_anothers_row_opens_nothing() -> None:
    sealed = KEYS.seal_secret(StaffId(uuid4()), "GEZDGNBVGY3TQOJQ")

    with pytest.raises(InvalidTag):
        KEYS.open_secret(StaffId(uuid4()), sealed)


async def test_the_key_of_parked_bodies_alone_opens_no_secret() -> None:
    staff_id = StaffId(uuid4())
    sealed = KEYS.seal_secret(staff_id, "GEZDGNBVGY3TQOJQ")

    with pytest.raises(InvalidTag):
        Keys.of("01" * 32).open_secret(staff_id, sealed)


async def test_with_a_secret_that_was_altered_nobody_comes_in(door: Door) -> None:
    pool = await door.database.pool("identity")
    await pool.execute("update staff set totp_sealed = set_byte(totp_sealed, 20, (get_byte(totp_sealed, 20) + 1) % 256)")

    assert (await door.log_in()).status_code == 401
