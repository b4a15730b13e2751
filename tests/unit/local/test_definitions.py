"""The generated rights and topology of the broker."""

import base64
import hashlib
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts import topology
from contracts.values import ServiceName, Source
from infra.local.definitions import definitions, logins, password_hash

PASSWORDS = {login: f"password of {login}" for login in logins()}


def rights_of(login: str) -> dict[str, str]:
    found = [entry for entry in definitions(PASSWORDS)["permissions"] if entry["user"] == login]
    assert len(found) == 1
    return dict(found[0])


def topic_rights_of(login: str) -> list[dict[str, str]]:
    return [entry for entry in definitions(PASSWORDS)["topic_permissions"] if entry["user"] == login]


def allowed(expression: str, name: str) -> bool:
    return re.search(expression, name) is not None


def test_every_queue_and_binding_of_the_topology_is_defined() -> None:
    made = definitions(PASSWORDS, partitions=3)

    assert {queue.name: queue.arguments for queue in topology.queues(3)} == {q["name"]: q["arguments"] for q in made["queues"]}
    bound = {(b["source"], b["routing_key"], b["destination"]) for b in made["bindings"]}
    assert {(exchange, key, queue.name) for queue in topology.queues(3) for exchange, key in queue.bindings} == bound
    assert set(topology.EXCHANGES) == {exchange["name"] for exchange in made["exchanges"]}


def test_definitions_are_the_same_every_time() -> None:
    assert definitions(PASSWORDS) == definitions(PASSWORDS)


def test_a_missing_password_is_an_error_and_no_login_without_one() -> None:
    with pytest.raises(KeyError, match="audit"):
        definitions({login: password for login, password in PASSWORDS.items() if login != "audit"})


@pytest.mark.parametrize("login", [*ServiceName, *Source])
def test_nobody_but_the_operator_may_declare_anything(login: str) -> None:
    configure = rights_of(login)["configure"]

    assert not any(allowed(configure, name) for name in ("x", "events", f"{login}.in.p0", "amq.gen-1"))


@pytest.mark.parametrize("service", ServiceName)
def test_a_service_reads_its_own_queues_only(service: ServiceName) -> None:
    read = rights_of(service)["read"]

    for queue in topology.queues(2):
        assert queue.name.startswith(f"{service}.") == allowed(read, queue.name)
    assert not any(allowed(read, exchange) for exchange in topology.EXCHANGES)


@pytest.mark.parametrize("service", ServiceName)
def test_a_service_says_only_what_begins_with_its_name(service: ServiceName) -> None:
    topics = topic_rights_of(service)

    assert [topic["exchange"] for topic in topics] == [topology.EVENTS_EXCHANGE, topology.AGAIN_EXCHANGE]
    for topic in topics:
        for speaker in ServiceName:
            assert (speaker == service) == allowed(topic["write"], topology.routing_key(speaker, "record", 0))


def test_each_queue_has_exactly_one_policy_and_none_has_a_limit_on_deliveries_that_waiting_could_use_up() -> None:
    made = definitions(PASSWORDS, partitions=12)

    for queue in made["queues"]:
        [policy] = [policy for policy in made["policies"] if allowed(policy["pattern"], queue["name"])]
        assert policy["definition"]["delivery-limit"] == topology.DELIVERIES
        # An argument would win over the policy, and can never be changed.
        assert "x-delivery-limit" not in queue["arguments"]


def test_replies_that_nobody_reads_are_bounded_by_number_and_by_bytes() -> None:
    [policy] = [
        policy for policy in definitions(PASSWORDS)["policies"] if allowed(policy["pattern"], topology.replies_queue(Source.CHILDCARE))
    ]

    assert {"max-length", "max-length-bytes", "overflow"} <= policy["definition"].keys()
    assert policy["definition"]["overflow"] == "drop-head"


@given(st.sampled_from(ServiceName), st.integers(0, 63), st.text(max_size=300))
def test_a_message_that_comes_again_is_known_by_its_first_routing_key(service: ServiceName, partition: int, key: str) -> None:
    again = topology.again_key(service, partition, key)

    assert len(again.encode()) <= 255
    assert key.startswith(topology.first_routing_key(topology.AGAIN_EXCHANGE, again))
    assert topology.first_routing_key(topology.SOURCE_EXCHANGE, key) == key


@pytest.mark.parametrize("service", ServiceName)
def test_only_ingest_answers_sources_and_no_service_plays_a_source(service: ServiceName) -> None:
    write = rights_of(service)["write"]

    assert (service is ServiceName.INGEST) == allowed(write, topology.REPLIES_EXCHANGE)
    assert not allowed(write, topology.SOURCE_EXCHANGE)
    assert not allowed(write, "amq.default")


@pytest.mark.parametrize("source", Source)
def test_a_source_sends_its_own_events_and_reads_its_own_replies_only(source: Source) -> None:
    rights, (topic,) = rights_of(source), topic_rights_of(source)

    writes = [name for name in (*topology.EXCHANGES, "amq.default", "ingest.in.p0") if allowed(rights["write"], name)]
    assert writes == [topology.SOURCE_EXCHANGE]
    assert [source] == [other for other in Source if allowed(topic["write"], f"{other}.batch")]
    assert [source] == [other for other in Source if allowed(rights["read"], topology.replies_queue(other))]


def test_a_certificates_login_may_what_its_source_may_and_no_password_opens_it() -> None:
    subject = "CN=a,O=b"
    made = definitions(PASSWORDS, certificates={subject: Source.CHILDCARE})

    for kind in ("permissions", "topic_permissions"):
        [by_password] = [{**entry, "user": ""} for entry in made[kind] if entry["user"] == Source.CHILDCARE]
        [by_certificate] = [{**entry, "user": ""} for entry in made[kind] if entry["user"] == subject]
        assert by_certificate == by_password
    [user] = [user for user in made["users"] if user["name"] == subject]
    assert (user["password_hash"], user["tags"]) == ("", "")


def test_no_login_with_a_password_has_a_name_that_a_certificates_subject_can_have() -> None:
    assert not [login for login in logins() if "=" in login or not login]


def test_only_the_operator_is_an_administrator() -> None:
    users: list[dict[str, Any]] = definitions(PASSWORDS)["users"]

    assert [user["name"] for user in users if user["tags"]] == ["operator"]


def test_another_virtual_host_gets_everything_under_its_own_name() -> None:
    made = definitions(PASSWORDS, vhost="bench")

    assert {"bench"} == {
        entry["vhost"] for kind in ("queues", "exchanges", "bindings", "permissions", "topic_permissions") for entry in made[kind]
    }


@given(st.text(), st.text())
def test_a_password_hash_is_salt_and_sha256_as_rabbitmq_checks_it(login: str, password: str) -> None:
    raw = base64.b64decode(password_hash(login, password))

    assert hashlib.sha256(raw[:4] + password.encode()).digest() == raw[4:]


def test_no_password_stands_in_the_definitions() -> None:
    text = repr(definitions(PASSWORDS))

    assert not any(password in text for password in PASSWORDS.values())
