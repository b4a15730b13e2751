"""A source's password is that of one source."""

import base64
from hashlib import sha256

import pytest
from pydantic import SecretStr

from contracts.values import Source
from infra.http import Problem
from services.ingest.inlets.login import login

HEALTH, REGISTRY = Source.MATERNAL_CHILD_HEALTH, Source.RESIDENT_REGISTRY


def tokens(**passwords: str) -> dict[Source, SecretStr]:
    return {Source(name): SecretStr(sha256(password.encode()).hexdigest()) for name, password in passwords.items()}


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


OWN = tokens(maternal_child_health="aaa", resident_registry="bbb")
SHARED = tokens(maternal_child_health="aaa", resident_registry="aaa")


@pytest.mark.parametrize("header", ["Bearer aaa", basic(HEALTH, "aaa"), "bearer  aaa"])
def test_a_password_opens_the_door_of_its_source(header: str) -> None:
    assert login(header, OWN) is HEALTH


@pytest.mark.parametrize(
    ("header", "known"),
    [
        (basic(REGISTRY, "aaa"), OWN),
        (basic("", "aaa"), OWN),
        (basic("maternal_child_health ", "aaa"), OWN),
        ("Digest aaa", OWN),
        ("Basic aaa", OWN),
        ("aaa", OWN),
        ("Bearer", OWN),
        ("Bearer " + sha256(b"aaa").hexdigest(), OWN),
        ("Bearer aaa", SHARED),
        (basic(HEALTH, "aaa"), SHARED),
        (basic(REGISTRY, "aaa"), SHARED),
        ("Bearer aaa", {}),
    ],
)
def test_no_other_word_does(header: str, known: dict[Source, SecretStr]) -> None:
    with pytest.raises(Problem) as refused:
        login(header, known)

    assert refused.value.status == 401
