"""`tsunagu-media`: keys and bundles, on the school side. Needs no network."""

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

from pydantic import ValidationError

from . import oneroster
from .bundle import Signer
from .faults import NotTaken
from .packing import Batch, Counted, packed
from .tables import written

KEY_FILE = "signing-key"
SEQUENCE_FILE = "sequence.json"
CODE_HELP = "a code: letters, digits, . _ -; no person's name"


def main(arguments: Sequence[str] | None = None, program: str = "tsunagu-media") -> None:
    """Run the command line. What a person must mend is one message and exit code 1."""
    parser = _parser(program)
    chosen = parser.parse_args(arguments)
    try:
        chosen.do(chosen)
    except NotTaken as refused:
        sys.exit(f"{program}: nothing was packed\n{refused}")
    except ValidationError as error:
        places = ", ".join(".".join(map(str, each["loc"])) for each in error.errors(include_input=False))
        sys.exit(f"{program}: not as it must be: {places}")
    except (OSError, ValueError) as error:
        sys.exit(f"{program}: {error.strerror if isinstance(error, OSError) and error.strerror else error}")


def _parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(program, description="Packs CSV files of the school network for the city (ACQ-03).")
    commands = parser.add_subparsers(required=True)
    keygen = commands.add_parser("keygen", help="make this computer's signing key, once, and show what the city registers")
    keygen.add_argument("--keys", type=Path, required=True, help="folder that nobody else can read")
    keygen.set_defaults(do=_keygen)
    pack = commands.add_parser("pack", help="make a signed and encrypted bundle of CSV files")
    pack.add_argument("files", nargs="*", type=Path, help="<event type>[.more].csv")
    pack.add_argument("--oneroster", type=Path, help="a roster (Japan Profile zip): becomes pupil.registered")
    pack.add_argument("--keys", type=Path, required=True, help="the folder of keygen")
    pack.add_argument("--recipient", required=True, help="the city's public key (age1…), or a file with it")
    pack.add_argument("--source", required=True)
    pack.add_argument("--encoding", choices=("utf-8", "utf-8-sig", "cp932"), required=True, help="of the files; it is checked")
    pack.add_argument("--school-year", type=int, required=True)
    pack.add_argument("--made-by", required=True, help=CODE_HELP)
    pack.add_argument("--medium", required=True, help=f"what is written on the medium, {CODE_HELP}")
    pack.add_argument("--complete-through", type=date.fromisoformat, help="everything up to this day has been said with it")
    pack.add_argument("--to", type=Path, required=True, help="the folder to write to, as that of the medium")
    pack.set_defaults(do=_pack)
    return parser


def _keygen(chosen: argparse.Namespace) -> None:
    chosen.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
    signer = Signer.drawn()
    # Exclusive: a key that exists is never written over.
    with os.fdopen(os.open(chosen.keys / KEY_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as out:
        out.write(signer.hex)
    sys.stdout.write(f"signer     {signer.name}\npublic key {signer.public_hex}\n")


def _pack(chosen: argparse.Namespace) -> None:
    signer = Signer.of_hex((chosen.keys / KEY_FILE).read_text(encoding="ascii"))
    counted = Counted(chosen.keys / SEQUENCE_FILE)
    files = {file.name: file.read_bytes() for file in chosen.files}
    if chosen.oneroster is not None:
        rows = oneroster.pupils(chosen.oneroster.read_bytes())
        # The roster is UTF-8; beside files in CP932 it must be written as they are.
        files[f"{oneroster.EVENT_TYPE}.csv"] = written(oneroster.COLUMNS, rows, chosen.encoding)
    sequence = counted.following(chosen.source)
    batch = Batch(
        batch_id=uuid4(),
        source=chosen.source,
        school_year=chosen.school_year,
        made_at=datetime.now().astimezone(),
        made_by=chosen.made_by,
        media_id=chosen.medium,
        sequence=sequence,
        encoding=chosen.encoding,
        complete_through=chosen.complete_through,
    )
    bundle = packed(batch, files, signer=signer, recipient=_recipient(chosen.recipient))
    counted.used(chosen.source, sequence)
    file = chosen.to / f"{chosen.source}-{signer.name[:8]}-{sequence:05}.tsunagu"
    with file.open("xb") as out:
        out.write(bundle)
        out.flush()
        os.fsync(out.fileno())
    sys.stdout.write(f"{file}\nbatch {batch.batch_id}, number {sequence} of {chosen.source}\n")


def _recipient(told: str) -> str:
    return told if told.startswith("age1") else Path(told).read_text(encoding="ascii").strip()


if __name__ == "__main__":
    main()
