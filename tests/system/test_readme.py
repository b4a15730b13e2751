"""README and the pages of its readers: their commands run, on a demonstration and a stack that are real; their links lead somewhere."""

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.packages import BROWSER, SERVERS, ensure
from infra.local.root import REPOSITORY

OF_DEMONSTRATION = ("README.md", "services/casework/ward.md", "services/audit/security.md")
"""Their commands speak to a demonstration that runs."""
OPERATOR = "infra/operator.md"
"""Its commands start a stack of their own and delete it in the end."""
TOO_LARGE = ("./tsunagu demo", "./tsunagu test")
"""Runs of their own: this is one of their tests, and a smaller city is played for it."""
SECONDS = 240


def commands_of(page: str) -> list[str]:
    """The commands in the fenced blocks of a page, in its order, without what is said of them."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```", (REPOSITORY / page).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [shlex.join(words) for block in blocks for line in block.splitlines() if (words := shlex.split(line, comments=True))]


def run(command: str, root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        shlex.split(command),
        cwd=REPOSITORY,
        env={**os.environ, "TSUNAGU_ROOT": str(root), "TSUNAGU_VENV": str(Path(sys.executable).parents[1])},
        capture_output=True,
        text=True,
        check=False,
        timeout=SECONDS,
    )


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A demonstration that stays, as the first command of README starts it, with a smaller city."""
    ensure(*SERVERS, *BROWSER)
    root = tmp_path_factory.mktemp("demonstration")
    demo = subprocess.Popen(
        [sys.executable, "-m", "infra", "demo", "--children", "400", "--root", str(root)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert demo.stdout is not None
    said = []
    for line in demo.stdout:
        said.append(line)
        if "Ctrl-C stops it." in line:
            break
    else:
        pytest.fail("".join(said))
    yield root
    demo.send_signal(signal.SIGINT)
    demo.communicate(timeout=SECONDS)


def of_demonstration() -> list[str]:
    said = {command: None for page in OF_DEMONSTRATION for command in commands_of(page)}
    return [command for command in said if not command.startswith(TOO_LARGE)]


@pytest.mark.system
@pytest.mark.timeout(SECONDS)
@pytest.mark.parametrize("command", of_demonstration())
def test_a_command_does_what_it_says_on_a_demonstration(command: str, demonstration: Path) -> None:
    done = run(command, demonstration)

    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip()


@pytest.mark.system
@pytest.mark.timeout(2 * SECONDS)
def test_an_operator_starts_looks_at_and_deletes_a_stack_by_the_page_alone(tmp_path: Path) -> None:
    ensure(*SERVERS)
    root = tmp_path / "stack"
    said, ending = commands_of(OPERATOR), ["./tsunagu down", "./tsunagu clean --yes"]
    ended: dict[str, subprocess.CompletedProcess[str]] = {}
    try:
        ended |= {command: run(command, root) for command in said if command not in ending}
    finally:
        ended |= {command: run(command, root) for command in ending}

    assert ended.keys() == set(said)
    assert {command: done.stdout + done.stderr for command, done in ended.items() if done.returncode != 0} == {}
    assert not root.exists()


@pytest.mark.parametrize("page", [*OF_DEMONSTRATION, OPERATOR])
def test_every_command_of_a_page_is_tsunagus_and_every_link_leads_somewhere(page: str) -> None:
    text, folder = (REPOSITORY / page).read_text(encoding="utf-8"), (REPOSITORY / page).parent
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)]+)\)", text) if "://" not in link]

    assert [link for link in links if not (folder / link).exists()] == []
    assert commands_of(page)
    assert [command for command in commands_of(page) if not command.startswith("./tsunagu ")] == []


def test_the_pictures_are_small_enough_for_a_repository() -> None:
    pictures = sorted((REPOSITORY / "infra/pictures").iterdir())

    assert [picture.name for picture in pictures] == ["audit.png", "rules.png", "ward.png"]
    assert [picture.name for picture in pictures if picture.stat().st_size > 150_000] == []
