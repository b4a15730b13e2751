"""
Generated secrets of one data folder: made once, readable by their owner alone.

`secrets/generated.json` is what was drawn; `secrets/<service>/tsunagu_<field>` is what a service reads (`infra.settings`),
written anew at every start because the ports in the addresses can change.
"""

import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyrage import x25519

from contracts.canonical import instant_text, key_line
from contracts.values import ServiceName, Source
from infra.clock import clock_of
from infra.local.definitions import logins

IDENTITY = "identity"
"""The login to staff and sessions, for the services where people log in."""

ANALYST = "analyst"
"""The analysis body's login: it reads masked datasets, and nothing else."""

CHANGE_OVER = timedelta(days=1)
"""
So long a stack of a release before may run on after its folder was given keys, and what was signed with a key that was replaced may come:
what is told later does not count, for ever, although the log has it.
"""

ASKING_WHO = (ServiceName.INGEST, ServiceName.LINKER, ServiceName.SCORER, ServiceName.CASEWORK, ServiceName.AUDIT)


@dataclass(frozen=True, slots=True)
class Secrets:
    """Everything that was drawn for one data folder. Keys are hex of 32 bytes."""

    postgres_operator: str
    erlang_cookie: str
    identifier_key: str
    parking_key: str
    signing_key: str
    database: dict[str, str]
    """Password by role: the five services, `identity` and `analyst`."""
    broker: dict[str, str]
    """Password by login: operator, services, sources."""
    media_identity: str
    """The city's age identity: opens what schools bring on removable media."""
    witness_token: str
    """The word by which the audit log knows its witness."""
    producer_keys: dict[str, str]
    """By service, the private key with which it signs what it tells the audit."""
    producer_register: list[str]
    """The public halves, those of before too: a line each, as `services/audit/domain/producers.py` reads them. None is taken away."""
    another_key_of: list[str] = field(default_factory=list)
    """The services for which another key is drawn at the next start."""

    @classmethod
    def drawn(cls, *, identifier_key: bytes | None = None) -> Self:
        """Draw new ones. A demonstration gives the identifier key, so that the same city gives the same ids."""
        producer_keys = _producer_keys()
        return cls(
            postgres_operator=_password(),
            erlang_cookie=_password(),
            identifier_key=(identifier_key or secrets.token_bytes(32)).hex(),
            parking_key=secrets.token_hex(32),
            signing_key=secrets.token_hex(32),
            database={str(role): _password() for role in (*ServiceName, IDENTITY, ANALYST)},
            broker={str(login): _password() for login in logins()},
            media_identity=str(x25519.Identity.generate()),
            witness_token=_password(),
            producer_keys=producer_keys,
            producer_register=[_public_line(service, key) for service, key in producer_keys.items()],
        )

    @classmethod
    def kept_in(cls, folder: Path, *, identifier_key: bytes | None = None) -> Self:
        """Return the secrets of a folder; draw them the first time."""
        file = folder / "generated.json"
        if file.exists():
            kept = json.loads(file.read_text(encoding="utf-8"))
            if not {"media_identity", "witness_token", "producer_keys"} <= kept.keys() or ANALYST not in kept["database"]:
                # A folder of a release before: what it lacks is drawn now, and kept from then on.
                kept.setdefault("media_identity", str(x25519.Identity.generate()))
                kept["database"].setdefault(ANALYST, _password())
                kept.setdefault("witness_token", _password())
                if "producer_keys" not in kept:
                    kept["producer_keys"] = _producer_keys()
                    # What is told until the services start with their keys bears no signature. Whoever looks first need not start them.
                    begins = instant_text(_now(folder) + CHANGE_OVER)
                    kept["producer_register"] = [f"{_public_line(*each)} since={begins}" for each in kept["producer_keys"].items()]
                write_secret(file, json.dumps(kept, indent=1))
            return cls(**kept)
        drawn = cls.drawn(identifier_key=identifier_key)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _keep(folder, drawn)
        return drawn

    @classmethod
    def at_start(cls, folder: Path, *, identifier_key: bytes | None = None) -> "Secrets":
        """As `kept_in`, for whoever starts the services with them: the keys that were asked for since the last start are drawn now."""
        kept: Secrets = cls.kept_in(folder, identifier_key=identifier_key)
        if not kept.another_key_of:
            return kept
        for service in kept.another_key_of:
            kept = with_another_key(kept, service, now=_now(folder))
        kept = replace(kept, another_key_of=[])
        _keep(folder, kept)
        return kept


def with_another_key(kept: Secrets, service: str, *, now: datetime) -> Secrets:
    """
    Return the secrets with another key for what `service` tells the audit, from `now` on.

    The one until now ends a day later: what was signed with it may still be on its way. What was told before the service signed stays as
    it was: the line of the new key says so as well.
    """
    key, ends = secrets.token_hex(32), instant_text(now + CHANGE_OVER)
    its_lines = [line for line in kept.producer_register if line.startswith(f"{service}+")]
    since = next((f" {word}" for line in its_lines for word in line.split() if word.startswith("since=")), "")
    before = [f"{line} until={ends}" if line in its_lines and "until=" not in line else line for line in kept.producer_register]
    return replace(
        kept,
        producer_keys=kept.producer_keys | {str(service): key},
        producer_register=[*before, f"{_public_line(service, key)}{since}"],
    )


def ask_for_another_key(folder: Path, service: ServiceName) -> None:
    """Have another key drawn for what `service` tells the audit, when the stack of a folder starts again: the one until now is in use."""
    kept = Secrets.kept_in(folder)
    _keep(folder, replace(kept, another_key_of=sorted({*kept.another_key_of, str(service)})))


def write_people_files(folder: Path, kept: Secrets) -> None:
    """Write what people look up by hand: `sources/<source>`, `sources/media_recipient`, `operator_…`, `analyst_database`."""
    for source in Source:
        write_secret(folder / "sources" / source, kept.broker[source])
    write_secret(folder / "operator_database", kept.postgres_operator)
    write_secret(folder / "operator_broker", kept.broker["operator"])
    write_secret(folder / "operator_witness", kept.witness_token)
    write_secret(folder / "analyst_database", kept.database[ANALYST])
    # What schools encrypt to: no secret, but read by hand all the same.
    write_secret(folder / "sources" / "media_recipient", str(x25519.Identity.from_str(kept.media_identity).to_public()))


def write_service_files(folder: Path, kept: Secrets, service: ServiceName, *, postgres: str, rabbitmq: str) -> Path:
    """Write the secret files of one service and return their folder. The servers are given as `host:port`."""
    fields = {
        "database_url": f"postgresql://{service}:{kept.database[service]}@{postgres}/tsunagu",
        "broker_url": f"amqp://{service}:{kept.broker[service]}@{rabbitmq}/",
        "identifier_key": kept.identifier_key,
        "parking_key": kept.parking_key,
        "producer_key": kept.producer_keys[service],
    }
    if service in ASKING_WHO:
        fields["identity_database_url"] = f"postgresql://{IDENTITY}:{kept.database[IDENTITY]}@{postgres}/tsunagu"
    if service is ServiceName.AUDIT:
        fields["signing_key"] = kept.signing_key
        fields["witness_token"] = kept.witness_token
        fields["producer_register"] = "".join(f"{line}\n" for line in kept.producer_register)
    if service is ServiceName.INGEST:
        fields["source_tokens"] = json.dumps(source_tokens(kept))
        fields["media_identity"] = kept.media_identity

    for name, value in fields.items():
        write_secret(folder / service / f"tsunagu_{name}", value)
    return folder / service


def source_tokens(kept: Secrets) -> dict[str, str]:
    """Return sha256 (hex) of each source's password: what ingest compares over HTTP, without knowing the password."""
    return {str(source): hashlib.sha256(kept.broker[source].encode()).hexdigest() for source in Source}


def write_secret(file: Path, content: str, *, mode: int = 0o600) -> None:
    """Write a file that only its owner can read, at no moment otherwise; what stood there before stays until the new one is whole."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_name(f"{file.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)


def _keep(folder: Path, kept: Secrets) -> None:
    write_secret(folder / "generated.json", json.dumps(asdict(kept), indent=1))


def _producer_keys() -> dict[str, str]:
    return {str(service): secrets.token_hex(32) for service in ServiceName}


def _public_line(service: str, key: str) -> str:
    return key_line(service, Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key)).public_key().public_bytes_raw())


def _now(folder: Path) -> datetime:
    # The stack's own clock, where it has one (`Access.clock_file`): what services tell, and when the log hears it, goes by that.
    return clock_of(folder.parent / "clock.json").now()


def _password() -> str:
    return secrets.token_hex(24)
