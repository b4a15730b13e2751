"""Where the parts of an embedded stack are and how to log in to them: for its own processes, tests, stories and benchmarks."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from contracts.values import ServiceName, Source
from infra.local.definitions import OPERATOR
from infra.local.rabbitmq import BrokerPorts
from infra.local.secrets import Secrets

PORTS_NEEDED = 16
DATABASE = "tsunagu"
SIGNER_STATE = "signer/signed.json"
WITNESS = "witness"
"""The folder of the witness that the stack starts: its key, and what it cosigned. In earnest it is on another host."""


class NoStack(Exception):
    """No stack was ever started in this data folder."""


@dataclass(frozen=True, slots=True)
class Access:
    """Addresses and logins of the stack in `root`. `first_port` is the first of PORTS_NEEDED neighbouring ports."""

    root: Path
    first_port: int
    partitions: int
    secrets: Secrets

    @classmethod
    def to(cls, root: Path) -> Self:
        """Return the access to a stack that was started in `root`, by whichever process. Raises NoStack."""
        try:
            told = json.loads((root / "stack.json").read_text(encoding="utf-8"))
            return cls(root, told["first_port"], told["partitions"], Secrets.kept_in(root / "secrets"))
        except (OSError, ValueError, KeyError) as error:
            raise NoStack(f"no stack was started in {root}") from error

    @property
    def postgres_port(self) -> int:
        """The port of PostgreSQL."""
        return self.first_port

    @property
    def broker_ports(self) -> BrokerPorts:
        """The ports of RabbitMQ."""
        first = self.first_port
        return BrokerPorts(amqp=first + 1, distribution=first + 2, epmd=first + 3, control=first + 4, management=first + 8)

    @property
    def clock_file(self) -> Path:
        """The file that tells the stack's clock (`infra.clock`)."""
        return self.root / "clock.json"

    @property
    def signer_state(self) -> Path:
        """The file where the audit log's signer remembers what it signed last (`services/audit/memory.py`)."""
        return self.root / SIGNER_STATE

    @property
    def witness_folder(self) -> Path:
        """The folder of the audit log's witness (`services/audit/witness`)."""
        return self.root / WITNESS

    @property
    def witness_port(self) -> int:
        """The HTTP port of the witness."""
        return self.first_port + 10 + len(ServiceName)

    def admin_url(self, database: str = DATABASE) -> str:
        """Return the address of a database for the superuser."""
        return f"postgresql://operator:{self.secrets.postgres_operator}@127.0.0.1:{self.postgres_port}/{database}"

    def database_url(self, role: str, database: str = DATABASE) -> str:
        """Return the address of a database for a service, or for `identity`. Raises KeyError for another role."""
        return f"postgresql://{role}:{self.secrets.database[role]}@127.0.0.1:{self.postgres_port}/{database}"

    def broker_url(self, login: str = OPERATOR, vhost: str = "/") -> str:
        """Return the broker's address for a login: the operator, a service, a source. Raises KeyError for another one."""
        path = "" if vhost == "/" else vhost
        return f"amqp://{login}:{self.secrets.broker[login]}@127.0.0.1:{self.broker_ports.amqp}/{path}"

    def service_port(self, service: ServiceName) -> int:
        """Return the HTTP port of a service."""
        return self.first_port + 10 + list(ServiceName).index(service)

    def service_url(self, service: ServiceName) -> str:
        """Return the HTTP address of a service, without a slash at the end."""
        return f"http://127.0.0.1:{self.service_port(service)}"

    def source_password(self, source: Source) -> str:
        """Return the password of a source system, the same for AMQP and HTTP."""
        return self.secrets.broker[source]
