"""From the first release's tables to these, with people in them."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from contracts.ids import StaffId
from infra import migrating
from infra.identity.credentials import new_totp_secret
from infra.identity.registration import seal_readable_secrets
from infra.local.postgres import PostgresServer
from infra.migrating import IDENTITY, LOGINS, migrate_all
from infra.testing.fixtures import PASSWORD, Database
from tests.integration.identity.conftest import KEYS

FIRST_RELEASE = Path(migrating.ROOT) / "infra/identity/migrations/0001_staff.sql"


async def test_people_of_the_first_release_stay_registered_and_their_secrets_are_sealed(
    postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = await asyncpg.connect(postgres.url())
    await admin.execute("create database upgraded template template0")
    passwords = dict.fromkeys(LOGINS, PASSWORD)

    def first_release(schema: str) -> Iterator[Path]:
        yield from [FIRST_RELEASE] if schema == IDENTITY else []

    with monkeypatch.context() as then:
        then.setattr(migrating, "_files", first_release)
        await migrate_all(postgres.url("upgraded"), passwords)
    staff_id, secret = StaffId(uuid4()), new_totp_secret()
    identity = await asyncpg.connect(Database(postgres, "upgraded").url("identity"))
    await identity.execute(
        "insert into staff (id, login, name, section, ward, roles, training_valid_until, password_hash, totp_secret)"
        " values ($1, 'hakata.clerk', '見本 ひかり', 'health_section', 'hakata', '{ward_clerk}', '2027-03-31', 'hash', $2)",
        staff_id,
        secret,
    )
    await identity.execute("insert into session values ($1, sha256('token'), now(), now())", staff_id)
    await identity.execute("insert into failed_login values (sha256('hakata.clerk'), 3, now())")

    await migrate_all(postgres.url("upgraded"), passwords)
    await seal_readable_secrets(identity, KEYS)
    row = await identity.fetchrow("select * from staff")

    assert row is not None
    assert (row["id"], row["login"], row["totp_secret"]) == (staff_id, "hakata.clerk", None)
    assert KEYS.open_secret(staff_id, row["totp_sealed"]) == secret
    await identity.close()
    await admin.execute("drop database upgraded")
    await admin.close()
