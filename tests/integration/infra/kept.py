"""
A release's database, filled by its demonstration, as it is kept beside the tests: dumped, and brought into a server again.

    git archive COMMIT | tar x -C OLD && (cd OLD && python -m infra demo --children 40 --exit --root ROOT)
    python -m tests.integration.infra.kept ROOT tests/integration/infra/releases/NAME.sql.xz

All in it is invented, like everything that a demonstration plays; the keys with which some of it is sealed were thrown away.
"""

import lzma
import subprocess
import sys
from pathlib import Path

from infra.local.access import DATABASE
from infra.local.ports import free_run
from infra.local.postgres import PostgresServer, programs
from infra.local.secrets import Secrets

RELEASES = Path(__file__).with_name("releases")


def dumped(url: str) -> bytes:
    """Dump a database: statements that make it again, compressed."""
    argv = [str(programs() / "pg_dump"), "--dbname", url, "--encoding=UTF8"]
    lines = subprocess.run(argv, check=True, stdout=subprocess.PIPE).stdout.splitlines(keepends=True)
    # A fence against servers that lie, which an older psql does not know.
    return lzma.compress(b"".join(line for line in lines if not line.startswith((b"\\restrict", b"\\unrestrict"))), preset=9)


def restored(url: str, release: Path) -> None:
    """Bring a dump into an empty database. The roles that it names must be there."""
    argv = [str(programs() / "psql"), "--dbname", url, "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--output=/dev/null"]
    subprocess.run(argv, check=True, input=lzma.decompress(release.read_bytes()))


def main(root: Path, to: Path) -> None:
    """Keep the database of a data folder in which nothing runs."""
    server = PostgresServer(root, free_run(1), password=Secrets.kept_in(root / "secrets").postgres_operator)
    server.start()
    try:
        to.write_bytes(dumped(server.url(DATABASE)))
    finally:
        server.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
