"""The one-shot `migrations` of docker-compose.yml: `python -m infra.deploy.migrate`."""

import asyncio
import json
import os
import sys
from pathlib import Path

from infra.migrating import ANALYST, MigrationBlocked, migrate_all
from infra.queues import QueueInUse, renew_queues


def main() -> None:
    """
    Bring database and queues to what the code expects.

    The secret `migrations.json` holds the superuser's and the broker operator's addresses, and all passwords of the database.
    """
    folder = Path(os.environ.get("TSUNAGU_SECRETS_DIR", "/run/secrets"))
    secret = json.loads((folder / "migrations.json").read_text(encoding="utf-8"))
    if "broker_url" not in secret or ANALYST not in secret["passwords"]:
        sys.exit("tsunagu: these secrets were made by an older release; run python -m infra.deploy.prepare again, it keeps what was drawn")
    try:
        asyncio.run(migrate_all(secret["admin_url"], secret["passwords"]))
        asyncio.run(renew_queues(secret["broker_url"], int(os.environ.get("TSUNAGU_PARTITIONS") or "1")))
    except (MigrationBlocked, QueueInUse) as error:
        sys.exit(f"tsunagu: {error}")


if __name__ == "__main__":
    main()
