"""The one-shot `topology` of docker-compose.yml: `python -m infra.deploy.topology` writes what the broker loads when it starts."""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from contracts.topology import inlet_queue
from contracts.values import ServiceName, Source
from infra.local.definitions import definitions, logins

FOLDER = Path("/run/topology")

SUBJECT = "dn:"
"""How a name begins that is the whole subject of a certificate: the only one that the broker reads."""


class FewerPartitions(Exception):
    """An installation has queues that nobody would read any longer; events may wait in them."""


class WrongCertificates(Exception):
    """What is told of the sources' certificates cannot be meant."""


def write_topology(folder: Path, passwords: Mapping[str, str], partitions: int, certificates: Mapping[str, Source] | None = None) -> None:
    """
    Write `definitions.json` for so many partitions, without a moment at which half of it is there.

    An installation may grow: handlers survive events of one key in any order, which is all that changes for what is under way. Raises
    FewerPartitions where it shrinks. A login that was there once and is no more (a certificate's, for instance) may do nothing.
    """
    file = folder / "definitions.json"
    before = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {"queues": [], "users": []}
    if inlet_queue(ServiceName.LINKER, partitions) in {queue["name"] for queue in before["queues"]}:
        raise FewerPartitions(f"this installation has more than {partitions} partitions, and events may wait in them; keep its number")
    subjects = certificates or {}
    withdrawn = sorted({user["name"] for user in before["users"]} - {*logins(), *subjects})
    made = definitions(passwords, partitions=partitions, certificates=subjects, withdrawn=withdrawn)
    draft = folder / "definitions.json.new"
    # The broker runs under another account than this. It holds hashes of passwords, not passwords.
    draft.write_text(json.dumps(made), encoding="utf-8")
    draft.replace(file)


def subjects_of(told: str) -> dict[str, Source]:
    """
    Return which source each subject is, of what ingest is told too (TSUNAGU_SOURCE_CERTIFICATES); other names are for HTTP alone.

    Raises WrongCertificates.
    """
    try:
        named = [(Source(source), name) for source, names in json.loads(told).items() for name in names]
        whose = {name.removeprefix(SUBJECT): source for source, name in named if name.startswith(SUBJECT)}
    except (ValueError, AttributeError, TypeError) as error:
        raise WrongCertificates("not a JSON object of sources, each with a list of names") from error
    if any("=" not in subject for subject in whose):
        # No other login has one in its name: so none but a certificate's is ever taken for one, or given to one.
        raise WrongCertificates("a subject is written with all its parts: dn:CN=…,O=…")
    if any(whose[name.removeprefix(SUBJECT)] is not source for source, name in named if name.startswith(SUBJECT)):
        raise WrongCertificates("a subject is entered for two sources")
    return whose


def main() -> None:
    """Read the secret `broker.json` (every login's password) and TSUNAGU_PARTITIONS."""
    secrets = Path(os.environ.get("TSUNAGU_SECRETS_DIR", "/run/secrets"))
    passwords = json.loads((secrets / "broker.json").read_text(encoding="utf-8"))
    try:
        subjects = subjects_of(os.environ.get("TSUNAGU_SOURCE_CERTIFICATES") or "{}")
        write_topology(FOLDER, passwords, int(os.environ.get("TSUNAGU_PARTITIONS") or "1"), subjects)
    except FewerPartitions as error:
        sys.exit(f"tsunagu: {error} (TSUNAGU_PARTITIONS)")
    except WrongCertificates as error:
        sys.exit(f"tsunagu: {error} (TSUNAGU_SOURCE_CERTIFICATES)")


if __name__ == "__main__":
    main()
