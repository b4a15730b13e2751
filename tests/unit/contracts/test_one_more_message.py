"""CONTRIBUTING, "Add a message": gone by in a copy of the repository, and with each step left out."""

import json
import shutil
from pathlib import Path

import pytest

from tests.copies import copied, outcome_of, run

ROOT = Path(__file__).parents[3]

MESSAGE = '''class HomeCalled(Message):
    """A toy: somebody rang at a home."""

    said_by: ClassVar[ServiceName] = ServiceName.CASEWORK
    heard_by: ClassVar[tuple[ServiceName, ...]] = (ServiceName.SCORER,)
    family: ClassVar[str] = "call"
    type: Literal["HomeCalled"] = "HomeCalled"
    person_id: PersonId
    answered: bool


def _spoken('''

SAID = '''
from contracts.messages import HomeCalled
from infra.identifiers import caused


def called(work, case_id, person_id):
    """Say that somebody rang."""
    event_id = caused(case_id, "HomeCalled")
    work.announce(HomeCalled(event_id=event_id, occurred_at=work.now, person_id=person_id, answered=True), key=str(person_id))
'''

HEARD = '''
from contracts.messages import HomeCalled


def answered(messages):
    """Whose home answered."""
    return {message.person_id for message in messages if isinstance(message, HomeCalled) and message.answered}
'''

EXAMPLE = {
    "event_id": "00000000-0000-4000-8000-000000000001",
    "occurred_at": "2026-05-20T09:00:00Z",
    "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    "type": "HomeCalled",
    "person_id": "00000000-0000-4000-8000-000000000002",
    "answered": True,
}

FOLLOWS = """
import json, sys
from pathlib import Path

from pydantic import TypeAdapter

from contracts import topology
from contracts.asyncapi import document
from contracts.messages import MESSAGES, union_heard_by
from contracts.values import ServiceName

print("casework.call" in topology.HEARS[ServiceName.SCORER], "casework.call" in topology.HEARS[ServiceName.AUDIT])
example = json.loads(Path("tests/golden/examples/HomeCalled.v1.json").read_text())
print(type(TypeAdapter(union_heard_by(ServiceName.SCORER)).validate_python(example)).__name__)
print("HomeCalled" in json.dumps(document()))
queues = [queue for queue in topology.queues(partitions=2) if queue.name.startswith("scorer.in.p")]
print(sorted({key for queue in queues for exchange, key in queue.bindings if key.startswith("casework.call")}))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the repository in which files may be changed."""
    copied(("contracts", "infra", "services", "tests/architecture", "tests/contract", "tests/golden"), tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tests/__init__.py").touch()
    return tmp_path


def add(copy: Path, *, but: str = "") -> None:
    """Go by the recipe, `but` for one step."""
    file = copy / "contracts/messages.py"
    message = "\n".join(line for line in MESSAGE.split("\n") if but != "heard_by" or "heard_by" not in line)
    file.write_text(file.read_text(encoding="utf-8").replace("def _spoken(", message, 1), encoding="utf-8")
    if but != "said":
        (copy / "services/casework/calling.py").write_text(SAID, encoding="utf-8")
    if but != "heard":
        (copy / "services/scorer/calls.py").write_text(HEARD, encoding="utf-8")
    if but != "example":
        filled = {name: value for name, value in EXAMPLE.items() if but != "field" or name != "traceparent"}
        (copy / "tests/golden/examples/HomeCalled.v1.json").write_text(json.dumps(filled, indent=1) + "\n", encoding="utf-8")
    if but not in {"generate", "heard_by"}:
        made = run(copy, "-m", "contracts.generate", "--golden", "tests/golden")
        assert made.returncode == 0, made.stderr


def checked(copy: Path) -> str:
    """What the checks of messages say."""
    tests = ("tests/contract/test_golden.py", "tests/architecture/test_nothing_idle.py")
    done = outcome_of(copy, "-k", "(message or golden or decodes) and not statement", *tests)
    return done.stdout + done.stderr


def test_a_class_that_says_who_hears_it_is_a_message(copy: Path) -> None:
    add(copy)

    followed = run(copy, "-c", FOLLOWS)

    assert followed.returncode == 0, followed.stderr
    bound, decoded, documented, bindings = followed.stdout.splitlines()
    assert bound == "True False"
    assert decoded == "HomeCalled"
    assert documented == "True"
    assert bindings == "['casework.call.p0', 'casework.call.p1']"
    assert " failed" not in checked(copy)


@pytest.mark.parametrize(
    ("step", "named"),
    [
        ("heard_by", "contracts/messages.py: HomeCalled has no heard_by"),
        ("said", "services/casework is to say HomeCalled and says it nowhere"),
        ("heard", "services/scorer hears HomeCalled and handles it nowhere"),
        ("example", "tests/golden/examples has no HomeCalled.v1.json: an example of HomeCalled that fills every field"),
        ("field", "tests/golden/examples: the example of HomeCalled does not fill traceparent"),
        ("generate", "run `python -m contracts.generate --golden tests/golden`): HomeCalled.v1.json"),
    ],
)
def test_a_step_left_out_is_named(copy: Path, step: str, named: str) -> None:
    add(copy, but=step)

    assert named in checked(copy)
