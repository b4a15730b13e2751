"""What commands print."""

import errno
import json
from datetime import UTC, datetime

import pytest

from infra.printing import print_json, print_table, size, trouble

LONG = "urn:source:" + "x" * 300


def test_a_table_in_a_pipe_has_no_lines_and_cuts_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("区", "what"), [("中央区", LONG), (None, "[bold]as it stands[/]")])

    heads, first, second = capsys.readouterr().out.splitlines()
    assert heads.split() == ["区", "what"]
    assert first.split() == ["中央区", LONG]
    assert second.strip() == "[bold]as it stands[/]"
    assert all(character.isprintable() and not "─" <= character <= "╿" for character in heads + first + second)


def test_json_keeps_japanese_and_tells_instants_in_japan(capsys: pytest.CaptureFixture[str]) -> None:
    print_json({"ward": "南区", "at": datetime(2026, 4, 1, 15, 30, tzinfo=UTC)})

    out = capsys.readouterr().out
    assert "南区" in out
    assert json.loads(out)["at"] == "2026-04-02T00:30:00+09:00"


@pytest.mark.parametrize(
    ("octets", "said"), [(0, "0 bytes"), (999, "999 bytes"), (1_000, "1 kB"), (312_400_000, "312 MB"), (10**15, "1000 TB")]
)
def test_a_size_is_said_as_people_say_it(octets: int, said: str) -> None:
    assert size(octets) == said


def test_what_the_machine_refuses_is_said_without_a_number() -> None:
    said = trouble(OSError(errno.ENOSPC, "No space left on device", "/data/lock"))

    assert said == "no space left on device: /data/lock"


def test_a_trouble_without_a_text_still_says_something() -> None:
    assert trouble(TimeoutError()) == "timeouterror"
