"""CONTRIBUTING, "Add a source": gone by in a copy of the repository, and with each step left out."""

from pathlib import Path

import pytest

from tests.copies import copied, run

ROOT = Path(__file__).parents[3]
FILE = "contracts/catalogue/sources/17_library.toml"

SOURCE = """
code = "library"
feed = "FEED-99"
system = "図書館システム"
category = "教育"
data_owner = "図書館（教育委員会）"
acquisition = "network"
legal_basis = "個人情報保護法第69条第2項第2号"

[[event_type]]
type = "library.card_issued"
ja = "図書館カードの交付"
en = "A library card was issued"
about = "child"
link = "person_no"
subject = ["person_no"]
fields = [
    { name = "person_no", type = "person_no", required = true, names_person = true, ja = "宛名番号", en = "The child" },
    { name = "issued_on", type = "date", required = true, past = true, ja = "交付日", en = "Day of issue" },
]
"""

FOLLOWS = """
import json
from datetime import UTC, date, datetime
from uuid import UUID

from contracts.catalogue import data_model, example_event, source_event_schema
from contracts.facts import LibraryCardIssued
from contracts.ids import PersonId
from contracts.kinds import EventKind, Source
from contracts.topology import replies_queue
from infra.local.definitions import logins
from services.ingest.domain.admission import Admitted, Door, Inlet, Purpose, judge
from services.ingest.domain.reading import read
from services.linker.domain.linking import Known, decide
from services.linker.domain.records import Record, RecordKey

kind, source = EventKind.LIBRARY_CARD_ISSUED, Source.LIBRARY
event = example_event(source, kind)
assert source_event_schema(source, kind)["examples"] == [event]
assert source in logins() and replies_queue(source) == "replies.library"

now = datetime(2026, 6, 30, tzinfo=UTC)
[raw] = read(json.dumps(event).encode())
admitted = judge(raw, Door(source, Inlet.AMQP, date(2026, 6, 30), now, {source: Purpose(source, None)}))
assert isinstance(admitted, Admitted), admitted
print(judge(raw, Door(source, Inlet.AMQP, date(2026, 6, 30), now, {})).code)

child = PersonId(UUID(int=7))
key, number = RecordKey(source, kind, "R-1"), admitted.person_no
record = Record(key, 1, date(2026, 6, 1), now, UUID(int=1), admitted.data, child, None, subject_no=number)
link = decide(record, Known(registered=frozenset({child})))
print(link.state.value, link.person_id == child)
print(LibraryCardIssued.read(admitted.data).issued_on)
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the repository in which files may be changed."""
    copied(("contracts", "infra", "services"), tmp_path)
    return tmp_path


def add(copy: Path, text: str = SOURCE) -> None:
    (copy / FILE).write_text(text, encoding="utf-8")


def test_a_source_is_its_file_and_a_row_of_the_purpose_register(copy: Path) -> None:
    add(copy)
    assert run(copy, "-m", "contracts.generate").returncode == 0

    followed = run(copy, "-c", FOLLOWS)

    assert followed.returncode == 0, followed.stderr
    without_a_row, linked, read = followed.stdout.splitlines()
    assert without_a_row == "no_purpose"
    assert linked == "linked True"
    assert read == "2026-04-01"


def test_the_generator_left_out_is_named(copy: Path) -> None:
    add(copy)

    done = run(copy, "-m", "contracts.generate", "--check")

    assert done.returncode != 0
    assert "run `python -m contracts.generate`" in done.stderr
    assert "kinds.py" in done.stderr


@pytest.mark.parametrize(
    ("left_out", "named"),
    [
        ('link = "person_no"\n', "link"),
        ('about = "child"\n', "about"),
        ('ja = "図書館カードの交付"\n', "ja"),
        ('legal_basis = "個人情報保護法第69条第2項第2号"\n', "legal_basis"),
    ],
)
def test_what_the_file_leaves_out_is_named_with_the_file(copy: Path, left_out: str, named: str) -> None:
    add(copy, SOURCE.replace(left_out, "", 1))

    done = run(copy, "-m", "contracts.generate")

    assert done.returncode != 0
    assert FILE in done.stderr
    assert named in done.stderr.rpartition(FILE)[2]
