"""
The broker's definitions, made from `contracts/topology.py`: loaded at boot, so that services declare nothing.

Each login may do what its part needs and no more (`bus.md` A1): a service says only what begins with its name, a
source system only its own events, and each hears only its own queue. Nobody but the operator may declare anything.
"""

import base64
import hashlib
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from contracts import topology
from contracts.values import ServiceName, Source

OPERATOR = "operator"
"""May do everything: tests, the benchmark and `tsunagu status` use it."""

NOTHING = "^$"
EVERYTHING = ".*"

_NO_PASSWORD = ""
"""In place of a hash: RabbitMQ lets nobody in by a password then, the empty one included."""


def definitions(
    passwords: Mapping[str, str],
    *,
    partitions: int = 1,
    vhost: str = "/",
    certificates: Mapping[str, Source] | None = None,
    withdrawn: Collection[str] = (),
) -> dict[str, Any]:
    """
    Return the content of definitions.json.

    `passwords` holds one for the operator, for every service and for every source, by login name. `certificates` says which source the
    subject of a certificate is: a login of its own, which no password opens. `withdrawn` are logins of before: the broker forgets none
    by itself, so they may do nothing from now on. Raises KeyError if a password is missing.
    """
    queues = list(topology.queues(partitions))
    subjects = certificates or {}
    sources = {**{str(source): source for source in Source}, **subjects}
    return {
        "vhosts": [{"name": vhost}],
        "users": [
            *(_user(login, password_hash(login, passwords[login])) for login in logins()),
            *(_user(login, _NO_PASSWORD) for login in (*subjects, *withdrawn)),
        ],
        "permissions": list(_permissions(vhost, sources, withdrawn)),
        "topic_permissions": list(_topic_permissions(vhost, sources)),
        "policies": [_policy(policy, vhost) for policy in topology.policies()],
        "exchanges": [_exchange(name, vhost) for name in topology.EXCHANGES],
        "queues": [{"name": q.name, "vhost": vhost, "durable": True, "auto_delete": False, "arguments": q.arguments} for q in queues],
        "bindings": [_binding(exchange, queue.name, key, vhost) for queue in queues for exchange, key in queue.bindings],
    }


def logins() -> tuple[str, ...]:
    """Every login name of the broker."""
    return (OPERATOR, *ServiceName, *Source)


def password_hash(login: str, password: str) -> str:
    """
    Return RabbitMQ's form of a password: base64 of a 4-byte salt and sha256 of salt and password.

    The salt is derived, not drawn: the same secrets give the same definitions.
    """
    salt = hashlib.sha256(f"{login}:{password}".encode()).digest()[:4]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _user(login: str, hashed: str) -> dict[str, Any]:
    return {
        "name": login,
        "password_hash": hashed,
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": "administrator" if login == OPERATOR else "",
    }


def _permissions(vhost: str, sources: Mapping[str, Source], withdrawn: Collection[str]) -> Iterator[dict[str, str]]:
    yield _permission(OPERATOR, vhost, configure=EVERYTHING, write=EVERYTHING, read=EVERYTHING)
    for service in ServiceName:
        yield _permission(service, vhost, configure=NOTHING, write=_writes(service), read=rf"^{service}\.in\..*|^{service}\.dead$")
    for login, source in sources.items():
        replies = topology.replies_queue(source)
        yield _permission(login, vhost, configure=NOTHING, write=_only(topology.SOURCE_EXCHANGE), read=_only(replies))
    for login in withdrawn:
        yield _permission(login, vhost, configure=NOTHING, write=NOTHING, read=NOTHING)


def _writes(service: ServiceName) -> str:
    exchanges = [topology.EVENTS_EXCHANGE, topology.DEAD_LETTER_EXCHANGE, topology.AGAIN_EXCHANGE]
    if service is ServiceName.INGEST:
        exchanges.append(topology.REPLIES_EXCHANGE)
    return _only(*exchanges)


def _topic_permissions(vhost: str, sources: Mapping[str, Source]) -> Iterator[dict[str, str]]:
    # Who has no topic permission on an exchange may use every key there: so each login that may write gets one.
    for service in ServiceName:
        for exchange in (topology.EVENTS_EXCHANGE, topology.AGAIN_EXCHANGE):
            yield _topic_permission(service, vhost, exchange, write=rf"^{service}\..*")
    for login, source in sources.items():
        yield _topic_permission(login, vhost, topology.SOURCE_EXCHANGE, write=rf"^{source}\..*")


def _only(*names: str) -> str:
    """Return the expression for exactly these names."""
    return f"^({'|'.join(re.escape(name) for name in names)})$"


def _permission(login: str, vhost: str, *, configure: str, write: str, read: str) -> dict[str, str]:
    return {"user": str(login), "vhost": vhost, "configure": configure, "write": write, "read": read}


def _topic_permission(login: str, vhost: str, exchange: str, *, write: str) -> dict[str, str]:
    return {"user": str(login), "vhost": vhost, "exchange": exchange, "write": write, "read": NOTHING}


def _policy(policy: topology.Policy, vhost: str) -> dict[str, Any]:
    return {
        "vhost": vhost,
        "name": policy.name,
        "pattern": policy.pattern,
        "apply-to": "queues",
        "priority": 0,
        "definition": policy.definition,
    }


def _exchange(name: str, vhost: str) -> dict[str, Any]:
    return {"name": name, "vhost": vhost, "type": "topic", "durable": True, "auto_delete": False, "internal": False, "arguments": {}}


def _binding(exchange: str, queue: str, key: str, vhost: str) -> dict[str, Any]:
    return {"source": exchange, "vhost": vhost, "destination": queue, "destination_type": "queue", "routing_key": key, "arguments": {}}
