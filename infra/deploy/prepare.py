"""
Makes the secrets of an installation: `python -m infra.deploy.prepare [FOLDER]`, before the first `docker compose up`.

Run again, it keeps what was drawn and writes the files anew. `--another-key SERVICE` draws another key for what a service tells the audit.
Keys that are new count from now on, those until now for a day more: start the containers anew within that day.
"""

import argparse
import json
from pathlib import Path

from contracts.values import ServiceName
from infra.local.definitions import OPERATOR
from infra.local.secrets import Secrets, ask_for_another_key, write_people_files, write_secret, write_service_files

FOLDER = Path(__file__).resolve().parent / "secrets"
POSTGRES = "postgres:5432"
RABBITMQ = "rabbitmq:5672"

# Compose mounts a file as it is. The containers' users must be able to read it; on the host the folder above is closed.
_IN_CONTAINERS = 0o644


def prepare(folder: Path) -> None:
    """Write every secret that docker-compose.yml mounts into `folder`, which only its owner can open."""
    kept = Secrets.at_start(folder)
    write_people_files(folder, kept)
    for service in ServiceName:
        made = write_service_files(folder / "services", kept, service, postgres=POSTGRES, rabbitmq=RABBITMQ)
        for file in made.iterdir():
            file.chmod(_IN_CONTAINERS)

    write_secret(folder / "broker.json", json.dumps(kept.broker), mode=_IN_CONTAINERS)
    write_secret(folder / "postgres_password", kept.postgres_operator, mode=_IN_CONTAINERS)
    admin_url = f"postgresql://operator:{kept.postgres_operator}@{POSTGRES}/tsunagu"
    broker_url = f"amqp://{OPERATOR}:{kept.broker[OPERATOR]}@{RABBITMQ}/"
    told = {"admin_url": admin_url, "broker_url": broker_url, "passwords": kept.database}
    write_secret(folder / "migrations.json", json.dumps(told), mode=_IN_CONTAINERS)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--another-key", type=ServiceName, metavar="SERVICE")
    asked = parser.parse_args()
    if asked.another_key is not None:
        ask_for_another_key(asked.folder, asked.another_key)
    prepare(asked.folder)
