"""The one-shot `migrations` of docker-compose.yml: `python -m infra.deploy.migrate`."""

import asyncio
import json
import os
from pathlib import Path

from infra.migrating import migrate_all


def main() -> None:
    """Bring the database to what the code expects; the secret `migrations.json` holds the superuser's address and all passwords."""
    folder = Path(os.environ.get("TSUNAGU_SECRETS_DIR", "/run/secrets"))
    secret = json.loads((folder / "migrations.json").read_text(encoding="utf-8"))
    asyncio.run(migrate_all(secret["admin_url"], secret["passwords"]))


if __name__ == "__main__":
    main()
