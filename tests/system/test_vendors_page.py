"""The page for makers of source systems (`contracts/README.md`): its commands and its program do what it says, on a real stack."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from contracts.values import ServiceName
from infra.local.packages import CURL, ensure
from infra.local.root import REPOSITORY
from infra.local.stack import Stack
from services.ingest.domain.refusals import MESSAGES

PAGE = (REPOSITORY / "contracts/README.md").read_text(encoding="utf-8")
OF_DENIALS = {"disallowed_item", "my_number"}


def block(name: str) -> str:
    found = re.search(rf"^```\w+ {name}\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1]


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    ensure(CURL)
    with Stack.temporary(services=(ServiceName.INGEST,)) as stack:
        stack.start()
        yield stack


def run_in(stack: Stack, folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    """Run a script as a maker would who stands in a clone: `./tsunagu` is there, in an environment that is made already."""
    for name in ("tsunagu", "infra", "contracts", "services", "requirements.lock", "pyproject.toml"):
        if not (folder / name).exists():
            (folder / name).symlink_to(REPOSITORY / name)
    environment = {**os.environ, "TSUNAGU_ROOT": str(stack.root), "TSUNAGU_VENV": str(Path(sys.executable).parents[1])}
    return subprocess.run(["bash", "-euc", script], cwd=folder, env=environment, capture_output=True, text=True, check=True, timeout=120)


@pytest.mark.system
def test_an_event_sent_by_http_as_the_page_says_is_accepted_and_again_is_a_duplicate(stack: Stack, tmp_path: Path) -> None:
    first, again = (run_in(stack, tmp_path, block("vendor-http")) for _ in range(2))
    asked = run_in(stack, tmp_path, block("vendor-http") + block("vendor-ask"))

    assert "1 would be taken, 0 refused" in first.stdout
    assert '"outcome":"accepted"' in first.stdout
    assert '"outcome":"duplicate"' in again.stdout
    assert '"outcome":"accepted"' in asked.stdout
    assert '"came_again":2' in asked.stdout
    assert '"received":1' in asked.stdout


@pytest.mark.system
def test_a_receipt_is_given_as_the_page_says(stack: Stack, tmp_path: Path) -> None:
    given = run_in(stack, tmp_path, block("vendor-http") + block("vendor-receipt"))

    assert "HTTP/1.1 202" in given.stdout
    assert "location: /receipts/" in given.stdout


@pytest.mark.system
def test_the_program_of_the_page_sends_by_amqp_and_prints_what_became_of_the_event(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "send.py").write_text(block("vendor-amqp"), encoding="utf-8")

    sent = run_in(stack, tmp_path, block("vendor-send"))

    [reply] = json.loads(sent.stdout)
    assert [outcome["outcome"] for outcome in reply["outcomes"]] == ["accepted"]


@pytest.mark.system
def test_a_nights_extract_is_tried_and_taken_as_the_page_says(stack: Stack, tmp_path: Path) -> None:
    """Saved as an editor saves it, in UTF-8; the page's own line brings it into the encoding that its adapter declares."""
    (tmp_path / "seiho.toml").write_text(block("vendor-adapter"), encoding="utf-8")
    (tmp_path / "members.csv").write_text(block("vendor-extract"), encoding="utf-8")

    taken = run_in(stack, tmp_path, block("vendor-try"))

    assert "2 rows: 2 would be taken" in taken.stdout
    assert "2 rows: 2 created" in taken.stdout


@pytest.mark.system
def test_a_school_packs_and_the_city_imports_as_the_page_says(stack: Stack, tmp_path: Path) -> None:
    brought = run_in(stack, tmp_path, block("vendor-media"))
    again = run_in(stack, tmp_path, "./tsunagu media import school_affairs-*.tsunagu --operator ito --verifier sato; ./tsunagu media list")

    assert "1 accepted" in brought.stdout
    assert "usb-07 was erased: 1 batches" in brought.stdout
    assert "imported before, nothing changed" in again.stdout
    assert "imported" in again.stdout.split("brought")[-1]


def test_every_code_of_a_refusal_is_in_the_table_with_what_to_do() -> None:
    table = PAGE[PAGE.index("## What a refusal means") :]
    named = {code for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for code in re.findall(r"`(\w+)`", row)}

    assert named == MESSAGES.keys() | OF_DENIALS


def test_every_file_that_the_page_links_is_there() -> None:
    links = [link for link in re.findall(r"\]\(([^)]+)\)", PAGE) if "://" not in link]

    assert links
    assert [link for link in links if not (REPOSITORY / "contracts" / link).exists()] == []
