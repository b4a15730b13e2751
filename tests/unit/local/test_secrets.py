"""Generated secrets."""

import hashlib
import json
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from contracts.canonical import instant_text
from contracts.values import ServiceName, Source
from infra import clock
from infra.local.secrets import (
    CHANGE_OVER,
    Secrets,
    ask_for_another_key,
    with_another_key,
    write_people_files,
    write_secret,
    write_service_files,
)
from services.audit.domain.leaf import columns_of, leaf_of
from services.audit.domain.producers import Fault
from services.audit.offline.attesting import Register
from tests.unit.audit.builders import access


def test_secrets_are_drawn_once_for_a_folder(tmp_path: Path) -> None:
    first = Secrets.kept_in(tmp_path / "secrets")

    again = Secrets.kept_in(tmp_path / "secrets", identifier_key=bytes(32))

    assert first == again


def test_a_folder_of_a_release_before_is_given_what_it_lacks(tmp_path: Path) -> None:
    first = Secrets.kept_in(tmp_path)
    file = tmp_path / "generated.json"
    file.write_text(json.dumps({name: value for name, value in json.loads(file.read_text()).items() if name != "media_identity"}))

    after = Secrets.kept_in(tmp_path)

    assert after.media_identity.startswith("AGE-SECRET-KEY-1")
    assert replace(after, media_identity=first.media_identity) == first
    assert Secrets.kept_in(tmp_path) == after


def test_a_folder_of_a_release_before_is_given_the_analysts_password(tmp_path: Path) -> None:
    first = Secrets.kept_in(tmp_path)
    file = tmp_path / "generated.json"
    kept = json.loads(file.read_text())
    del kept["database"]["analyst"]
    file.write_text(json.dumps(kept))

    after = Secrets.kept_in(tmp_path)

    assert after.database["analyst"]
    assert {**after.database, "analyst": ""} == {**first.database, "analyst": ""}
    assert Secrets.kept_in(tmp_path) == after


def of_a_release_before(folder: Path) -> Secrets:
    """Draw the secrets of a folder, and take away what releases before producers signed did not know."""
    first = Secrets.kept_in(folder)
    file = folder / "generated.json"
    lacking = {"producer_keys", "producer_register", "another_key_of"}
    file.write_text(json.dumps({name: value for name, value in json.loads(file.read_text()).items() if name not in lacking}))
    return first


def test_a_folder_of_a_release_before_is_given_keys_that_say_since_when(tmp_path: Path) -> None:
    first = of_a_release_before(tmp_path)

    after = Secrets.kept_in(tmp_path)

    assert all(" since=" not in line for line in first.producer_register)
    assert [line.split(" since=")[0].split("+")[0] for line in after.producer_register] == [str(service) for service in ServiceName]
    assert all(" since=" in line for line in after.producer_register)
    assert Secrets.kept_in(tmp_path) == after


def test_a_stack_of_a_release_before_that_runs_on_for_a_while_is_its_producers_word_also_after_another_key(tmp_path: Path) -> None:
    """Commands of the new release give the folder its keys while the services of the old one still tell what they tell."""
    folder, day = tmp_path / "secrets", datetime(2027, 4, 1, tzinfo=UTC)
    of_a_release_before(folder)
    clock.freeze(tmp_path / "clock.json", day)

    kept = with_another_key(Secrets.kept_in(folder), ServiceName.LINKER, now=day + timedelta(days=30))

    register = Register.read("\n".join(kept.producer_register))
    for told, expected in ((day - timedelta(days=9), None), (day + timedelta(hours=20), None), (day + timedelta(days=2), Fault.UNSIGNED)):
        leaf = leaf_of(access(producer="linker", occurred_at=told).told(), told)
        assert register.fault(columns_of(leaf), leaf) is expected, told


def test_another_key_counts_from_the_next_start_whenever_that_is_and_the_one_until_now_for_a_day_more(tmp_path: Path) -> None:
    folder, started = tmp_path / "secrets", datetime(2027, 4, 9, tzinfo=UTC)
    first = Secrets.at_start(folder)
    for _ in range(2):
        ask_for_another_key(folder, ServiceName.LINKER)
    assert Secrets.kept_in(folder).producer_register == first.producer_register
    clock.freeze(tmp_path / "clock.json", started)

    after = Secrets.at_start(folder)

    lines = [line for line in after.producer_register if line.startswith("linker+")]
    assert [line.partition(" ")[2] for line in lines] == [f"until={instant_text(started + CHANGE_OVER)}", ""]
    assert after.producer_keys["linker"] != first.producer_keys["linker"]
    assert Secrets.at_start(folder) == after


def test_another_key_of_a_service_ends_the_one_until_now_and_forgets_none() -> None:
    first, now = Secrets.drawn(), datetime(2027, 4, 1, tzinfo=UTC)

    after = with_another_key(with_another_key(first, ServiceName.LINKER, now=now), ServiceName.LINKER, now=now)

    lines = [line for line in after.producer_register if line.startswith("linker+")]
    assert [" until=" in line for line in lines] == [True, True, False]
    assert len({line.split()[0] for line in lines}) == 3
    assert {name for name in first.producer_keys if first.producer_keys[name] != after.producer_keys[name]} == {"linker"}
    assert [line for line in after.producer_register if not line.startswith("linker+")] == [
        line for line in first.producer_register if not line.startswith("linker+")
    ]


def test_two_folders_share_no_secret(tmp_path: Path) -> None:
    one, other = Secrets.kept_in(tmp_path / "one"), Secrets.kept_in(tmp_path / "other")

    assert not set(one.broker.values()) & set(other.broker.values())
    assert one.signing_key != other.signing_key


def test_a_given_identifier_key_is_kept(tmp_path: Path) -> None:
    assert Secrets.kept_in(tmp_path, identifier_key=b"\x07" * 32).identifier_key == "07" * 32


def test_every_secret_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    kept = Secrets.kept_in(folder)

    write_people_files(folder, kept)
    for service in ServiceName:
        write_service_files(folder, kept, service, postgres="db:1", rabbitmq="bus:2")

    files = [file for file in folder.rglob("*") if file.is_file()]
    assert {0o600} == {stat.S_IMODE(file.stat().st_mode) for file in files}
    assert {0o700} == {stat.S_IMODE(part.stat().st_mode) for part in (folder, *(f for f in folder.rglob("*") if f.is_dir()))}


def test_a_file_that_was_open_to_others_is_not_written_into(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("old")
    file.chmod(0o644)

    write_secret(file, "new")

    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("new", 0o600)


def test_each_service_gets_what_it_needs_and_no_more(tmp_path: Path) -> None:
    kept = Secrets.drawn()

    names = {
        service: {
            file.name.removeprefix("tsunagu_")
            for file in write_service_files(tmp_path, kept, service, postgres="db:1", rabbitmq="bus:2").iterdir()
        }
        for service in ServiceName
    }

    everywhere = {"database_url", "broker_url", "identifier_key", "parking_key", "producer_key"}
    assert {
        ServiceName.INGEST: {*everywhere, "identity_database_url", "media_identity", "source_tokens"},
        ServiceName.LINKER: {*everywhere, "identity_database_url"},
        # Who approves a ruleset says who they are.
        ServiceName.SCORER: {*everywhere, "identity_database_url"},
        ServiceName.CASEWORK: {*everywhere, "identity_database_url"},
        ServiceName.AUDIT: {*everywhere, "identity_database_url", "signing_key", "witness_token", "producer_register"},
    } == names


def test_ingest_knows_the_hash_of_a_source_password_and_not_the_password(tmp_path: Path) -> None:
    kept = Secrets.drawn()

    text = (
        write_service_files(tmp_path, kept, ServiceName.INGEST, postgres="db:1", rabbitmq="bus:2") / "tsunagu_source_tokens"
    ).read_text()

    assert {source: hashlib.sha256(kept.broker[source].encode()).hexdigest() for source in Source} == json.loads(text)
