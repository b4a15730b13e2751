"""What schemathesis makes of the OpenAPI document: requests that it allows, and those that it does not."""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from contracts.values import ServiceName, Source
from infra.city.fuzzing.sending import HANGS_AFTER, Seen
from infra.local.access import Access
from infra.local.root import REPOSITORY, CannotDo

DOCUMENT = REPOSITORY / "contracts/openapi.json"
SOURCE = Source.MATERNAL_CHILD_HEALTH
_CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
_FINDINGS, _SHOWN = 1, 20
_TAKES_AT_MOST = 3600.0

EVERY_EDGE = 1_000


def tried(access: Access, cases: int, seed: int, seen: Seen) -> None:
    """
    Try about so many drawn cases, and from EVERY_EDGE on also each edge of each field (some 20,000). Raises CannotDo where it cannot work.

    Checked is that no answer is a server's error, and that each is one that the document has: status, content type and form.
    """
    phases = "examples,coverage,fuzzing" if cases >= EVERY_EDGE else "examples,fuzzing"
    # Two of the operations are questions, and of the third most can be said: it gets what the others leave.
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.ndjson"
        login = f"{SOURCE}:{access.source_password(SOURCE)}"
        words = [
            *("run", str(DOCUMENT), "--url", access.service_url(ServiceName.INGEST), "--auth", login, "--checks", _CHECKS),
            *("--max-examples", str(max(1, cases // 3)), "--seed", str(seed), "--request-timeout", str(HANGS_AFTER), "--no-color"),
            *("--phases", phases, "--continue-on-failure", "--generation-database", "none", "--no-shrink"),
            *("--report-ndjson-path", str(report), "--suppress-health-check", "all", "--warnings", "off"),
        ]
        environment = {**os.environ, "PYTHONWARNINGS": "ignore"}
        program = [sys.executable, "-m", "schemathesis.cli", *words]
        try:
            done = subprocess.run(program, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=_TAKES_AT_MOST)
        except subprocess.TimeoutExpired:
            seen.faults.append(f"contract: not done in {_TAKES_AT_MOST:.0f} s")
            return
        if done.returncode > _FINDINGS or not report.exists():
            raise CannotDo(f"schemathesis did not do its work ({done.returncode}):\n{(done.stderr or done.stdout)[-2000:]}")
        seen.cases["contract"] += sum(map(_cases_in, report.read_text(encoding="utf-8").splitlines()))
    if done.returncode == _FINDINGS:
        said = done.stdout[done.stdout.find("= FAILURES =") :]
        seen.faults += [f"contract: {line.strip()}" for line in said.splitlines() if line.lstrip().startswith("- ST")][:_SHOWN]


def _cases_in(line: str) -> int:
    """How many requests a line of the report tells of."""
    told: Any = json.loads(line)
    return len(told.get("ScenarioFinished", {}).get("recorder", {}).get("interactions", ()))
