"""Schemathesis as a program: requests that a document allows, and those that it does not, and what was found."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.city.fuzzing.sending import HANGS_AFTER
from infra.local.root import CannotDo

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
EVERY_EDGE = 1_000
"""From so many cases on each edge of each field is tried, too."""

_FINDINGS, _SHOWN, _LINES_EACH = 1, 20, 12
_TAKES_AT_MOST = 3600.0


@dataclass(frozen=True, slots=True)
class Tried:
    """So many requests were sent, and these were found."""

    cases: int
    found: tuple[str, ...]


def tried(
    document: str, url: str, words: Sequence[str], *, cases: int, each: int, seed: int, more: Mapping[str, str] | None = None
) -> Tried:
    """
    Try about so many `cases`, at most `each` of an operation. `words` say who asks, `more` is the environment of what helps to draw.

    Checked is that no answer is a server's error, and that each is one that the document has: status, content type and form. Raises
    CannotDo where it cannot work.
    """
    phases = "examples,coverage,fuzzing" if cases >= EVERY_EDGE else "examples,fuzzing"
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.ndjson"
        said = [
            *("run", document, "--url", url, "--checks", CHECKS, *words),
            *("--max-examples", str(max(1, each)), "--seed", str(seed), "--request-timeout", str(HANGS_AFTER), "--no-color"),
            *("--phases", phases, "--continue-on-failure", "--generation-database", "none", "--no-shrink"),
            *("--report-ndjson-path", str(report), "--suppress-health-check", "all", "--warnings", "off"),
        ]
        environment = {**os.environ, "PYTHONWARNINGS": "ignore", **(more or {})}
        program = [sys.executable, "-m", "schemathesis.cli", *said]
        try:
            done = subprocess.run(program, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=_TAKES_AT_MOST)
        except subprocess.TimeoutExpired:
            return Tried(0, (f"contract: not done in {_TAKES_AT_MOST:.0f} s",))
        if done.returncode > _FINDINGS or not report.exists():
            raise CannotDo(f"schemathesis did not do its work ({done.returncode}):\n{(done.stderr or done.stdout)[-2000:]}")
        sent = sum(map(_cases_in, report.read_text(encoding="utf-8").splitlines()))
    if done.returncode != _FINDINGS:
        return Tried(sent, ())
    told = done.stdout[done.stdout.find("= FAILURES =") :]
    return Tried(sent, _found_in(told) or (f"contract: {told[-2000:]}",))


def _found_in(told: str) -> tuple[str, ...]:
    """Return what was found, each with what stands below it: which status, in place of which."""
    lines = [line.strip() for line in told.splitlines()]
    heads = [number for number, line in enumerate(lines) if line.startswith("- ST")]
    return tuple("contract: " + " ".join(filter(None, lines[head : head + _LINES_EACH])) for head in heads[:_SHOWN])


def _cases_in(line: str) -> int:
    """How many requests a line of the report tells of."""
    told: Any = json.loads(line)
    return len(told.get("ScenarioFinished", {}).get("recorder", {}).get("interactions", ()))
