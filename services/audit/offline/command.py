"""
`tsunagu audit verify WHAT …`, and the same as one file that runs with Python and `cryptography` alone.

Ends with 0 if all holds, 1 if something was altered (which entry, or in which interval), 2 if something is missing, 3 if it cannot be told.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from services.audit.domain.note import NoteMalformed
from services.audit.domain.producers import RegisterMalformed, keys_told
from services.audit.domain.published.bundles import LARGEST_ENTRY
from services.audit.domain.published.keys import Key, parse_key
from services.audit.domain.soundness.findings import EXIT_CODES, Findings, Outcome
from services.audit.domain.soundness.rolls import RollsMalformed, parse_rolls
from services.audit.offline.attesting import Register
from services.audit.offline.differing import differences
from services.audit.offline.entries import Exported, KeysTold, NotAnExport, Producers, texts
from services.audit.offline.extracts import verify_extract
from services.audit.offline.folder import Folder, NotReadable, bytes_of, text_of
from services.audit.offline.log import Trust, Verdict, verify_checkpoint, verify_log, verify_proof

CANNOT_TELL = 3
"""Exit code where nothing can be said: no file, no key."""


class CannotTell(Exception):
    """What was asked for cannot be answered; the text says why."""


def main(arguments: Sequence[str], name: str = "tsunagu audit verify") -> int:
    """Run one of the checks; print what was found, and return the exit code."""
    try:
        asked = _parser(name).parse_args(arguments)
        told, found = asked.check(asked)
    except (CannotTell, NotReadable, NotAnExport, NoteMalformed, RegisterMalformed, RollsMalformed, OSError) as error:
        print(f"{name}: {error}", file=sys.stderr)  # noqa: T201 -- a command
        return CANNOT_TELL
    code = EXIT_CODES[found.outcome]
    if asked.json:
        findings = [asdict(each) for each in found.kept]
        report = {"outcome": found.outcome, "exit_code": code, **told, "findings": findings, "findings_total": found.total}
        print(json.dumps(report, ensure_ascii=False, indent=2))  # noqa: T201 -- a command
    else:
        lines = [f"{key}: {value}" for key, value in told.items() if value not in (None, {}, [])]
        word = {Outcome.SOUND: "OK", Outcome.TAMPERED: "TAMPERED", Outcome.INCOMPLETE: "INCOMPLETE"}[found.outcome]
        print("\n".join([*lines, *texts(found), f"{word}: {found.total:,} findings"]))  # noqa: T201 -- a command
    return code


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with an order as everything else is said: 2 would mean that something is missing of the log."""

    def error(self, message: str) -> NoReturn:
        raise CannotTell(f"{message}\n{self.format_usage().rstrip()}")


def _parser(name: str) -> argparse.ArgumentParser:
    parser = _Parser(prog=name, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    checks = parser.add_subparsers(required=True, metavar="WHAT")

    def check(what: str, text: str, run: Callable[[argparse.Namespace], Any], *files: str) -> argparse.ArgumentParser:
        one: argparse.ArgumentParser = checks.add_parser(what, help=text, description=text)
        one.set_defaults(check=run)
        for file in files:
            one.add_argument(file, type=Path)
        one.add_argument("--json", action="store_true", help="the whole report as JSON")
        return one

    _add_trust(check("checkpoint", "Who signed this checkpoint, and over what.", _checkpoint, "file"))
    proof = check("proof", "Is LEAF the entry that a proof (C2SP tlog-proof) speaks of?", _proof, "file")
    proof.add_argument("--leaf", type=Path, required=True, help="a file with the very bytes of the entry")
    _add_trust(proof)
    _add_trust(check("log", "Derive a whole log (C2SP tlog-tiles) again: entries, hashes, tiles, root, signatures.", _log, "dir"))
    columns = check("columns", "Does a table of entries say what the log's entries say?", _columns, "dir")
    columns.add_argument("--csv", type=Path, required=True, help="the table, as `\\copy … to … csv header` or the page gives it")
    _add_trust(columns)
    producers = check("producers", "Is every entry its producer's word, and are the numbers of all lanes there?", _producers, "dir")
    producers.add_argument(
        "--register", type=Path, help="the producers' public keys (`tsunagu audit producers`); else those that the log tells"
    )
    producers.add_argument("--rolls", type=Path, help="what producers told of their last numbers (`tsunagu audit tiles --rolls`)")
    _add_trust(producers)
    _add_trust(check("extract", "Is a part of the log what it signed, and is each of its entries in the log?", _extract, "file"))
    check("diff", "Which entries of a log differ from the hashes that a witness kept (its folder)?", _diff, "dir", "tiles")
    return parser


def _add_trust(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--vkey", action="append", required=True, metavar="KEY", help="the log's key: a line, or a file of one. Repeatable")
    parser.add_argument("--origin", help="the log's name, where it is not its key's")
    parser.add_argument("--witness", action="append", default=[], metavar="KEY", help="a witness's key. Repeatable")
    parser.add_argument("--quorum", type=int, metavar="N", help="so many of the witnesses must have cosigned (default: all)")
    parser.add_argument(
        "--since",
        action="append",
        default=[],
        type=Path,
        metavar="OLD",
        help="a checkpoint from before, which the log must continue. Repeatable",
    )


def _trust(asked: argparse.Namespace) -> Trust:
    witnesses = [_key(each) for each in asked.witness]
    quorum = len(witnesses) if asked.quorum is None else asked.quorum
    if not 0 <= quorum <= len(witnesses):
        raise CannotTell(f"a quorum of {quorum} among {len(witnesses)} witnesses")
    return Trust([_key(each) for each in asked.vkey], witnesses, quorum, asked.origin)


def _key(given: str) -> Key:
    # A line of a key holds "+", and names may hold "/": whichever is a file is one.
    file = Path(given)
    return parse_key((text_of(file) or "") if len(given) < 256 and file.is_file() else given)  # noqa: PLR2004 -- the longest name of a file


def _since(asked: argparse.Namespace) -> list[str]:
    return [_text(file) for file in asked.since]


def _text(file: Path) -> str:
    text = text_of(file)
    if text is None:
        raise CannotTell(f"there is no {file}")
    return text


def _checkpoint(asked: argparse.Namespace) -> tuple[dict[str, Any], Findings]:
    verdict = verify_checkpoint(_text(asked.file), _trust(asked), _since(asked))
    return _told(verdict), verdict.found


def _proof(asked: argparse.Namespace) -> tuple[dict[str, Any], Findings]:
    leaf = bytes_of(asked.leaf, LARGEST_ENTRY)
    if leaf is None:
        raise CannotTell(f"there is no {asked.leaf}")
    verdict = verify_proof(_text(asked.file), leaf, _trust(asked))
    return _told(verdict), verdict.found


def _log(asked: argparse.Namespace) -> tuple[dict[str, Any], Findings]:
    verdict = verify_log(Folder.opened(asked.dir), _trust(asked), _since(asked))
    return _told(verdict) | {"entries_verified": verdict.entries}, verdict.found


def _columns(asked: argparse.Namespace) -> tuple[dict[str, Any], Findings]:
    found = Findings()
    with asked.csv.open(encoding="utf-8-sig", newline="") as file:
        exported = Exported.read(file, found)
    verdict = verify_log(Folder.opened(asked.dir), _trust(asked), _since(asked), exported.hear)
    exported.end()
    return _told(verdict) | {"rows_compared": exported.compared}, _joined(verdict.found, found)


def _producers(asked: argparse.Namespace) -> tuple[dict[str, Any], Findings]:
    folder = Folder.opened(asked.dir)
    register = _register(asked, folder)
    producers = Producers(Findings(), register.fault, parse_rolls(_text(asked.rolls)) if asked.rolls is not None else ())
    verdict = verify_log(folder, _trust(asked), _since(asked), producers.hear)
    table = producers.end()
    lanes = {f"{name}/{lane}": asdict(counted) for name, lanes in table.items() for lane, counted in lanes.items()}
    explained = [f"{each.producer}/{each.lane}/{each.numbers.first}-{each.numbers.last}" for each in producers.explained]
    keys = [f"{each.key.name}+{each.key.id.hex()}" for each in register.keys]
    told = {
        "keys": keys,
        "keys_by": "the log itself" if asked.register is None else str(asked.register),
        "lanes": lanes,
        "explained": explained,
    }
    return _told(verdict) | told, _joined(verdict.found, producers.found)


def _register(asked: argparse.Namespace, folder: Folder) -> Register:
    """The keys of the register that was given; without one, those that the log tells of: whoever has its key could have added some."""
    if asked.register is not None:
        return Register.read(_text(asked.register))
    told = KeysTold()
    verify_log(folder, _trust(asked), (), told.hear)
    return Register(keys_told(told.lines))


def _extract(asked: argparse.Namespace) -> tuple[dict[str, Any], Findings]:
    manifest, found = verify_extract(asked.file, _trust(asked))
    told = {} if manifest is None else {"origin": manifest.origin, "extract": manifest.id, **manifest.facts}
    return told, found


def _diff(asked: argparse.Namespace) -> tuple[dict[str, Any], Findings]:
    found, compared = differences(Folder.opened(asked.dir), Folder.opened(asked.tiles))
    return {"entries_compared": compared}, found


def _told(verdict: Verdict) -> dict[str, Any]:
    said = verdict.checkpoint
    if said is None:
        return {}
    return {"origin": said.origin, "size": said.size, "root": said.root.hex(), "cosigned": verdict.cosigned}


def _joined(one: Findings, other: Findings) -> Findings:
    joined = one.copy()
    for each in other.kept:
        joined.add(each.kind, each.text, each.first, each.last)
    joined.total += other.total - len(other.kept)
    return joined
