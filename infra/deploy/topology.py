"""The one-shot `topology` of docker-compose.yml: `python -m infra.deploy.topology` writes what the broker loads when it starts."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from contracts.topology import inlet_queue
from contracts.values import ServiceName
from infra.local.definitions import definitions

FOLDER = Path("/run/topology")


class FewerPartitions(Exception):
    """An installation has queues that nobody would read any longer; events may wait in them."""


def write_topology(folder: Path, passwords: Mapping[str, str], partitions: int) -> None:
    """
    Write `definitions.json` for so many partitions, without a moment at which half of it is there.

    An installation may grow: handlers survive events of one key in any order, which is all that changes for what is under way. Raises
    FewerPartitions where it shrinks.
    """
    file = folder / "definitions.json"
    if file.exists():
        queues = {queue["name"] for queue in json.loads(file.read_text(encoding="utf-8"))["queues"]}
        if inlet_queue(ServiceName.LINKER, partitions) in queues:
            raise FewerPartitions(f"this installation has more than {partitions} partitions, and events may wait in them; keep its number")
    draft = folder / "definitions.json.new"
    # The broker runs under another account than this. It holds hashes of passwords, not passwords.
    draft.write_text(json.dumps(definitions(passwords, partitions=partitions)), encoding="utf-8")
    draft.replace(file)


def main() -> None:
    """Read the secret `broker.json` (every login's password) and TSUNAGU_PARTITIONS."""
    secrets = Path(os.environ.get("TSUNAGU_SECRETS_DIR", "/run/secrets"))
    passwords = json.loads((secrets / "broker.json").read_text(encoding="utf-8"))
    try:
        write_topology(FOLDER, passwords, int(os.environ.get("TSUNAGU_PARTITIONS") or "1"))
    except FewerPartitions as error:
        sys.exit(f"tsunagu: {error} (TSUNAGU_PARTITIONS)")


if __name__ == "__main__":
    main()
