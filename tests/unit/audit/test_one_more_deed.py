"""CONTRIBUTING, "Add an audit entry": gone by in a copy of the repository, and with each step left out."""

import shutil
from pathlib import Path

import pytest

from contracts.deeds.deed import Deed, Keeping, ThingKind
from tests.copies import copied, outcome_of, run

ROOT = Path(__file__).parents[3]

DEED = """
FAMILY_TREE_OPENED = Deed(
    "linker.family_tree_opened",
    Keeping.ACCESS,
    of=(ThingKind.CHILD,),
    screen="家系の画面",
    done="家系を見た",
    attempted="家系を見ようとした",
    fields={"mother": "母"},
    reasons={"role": "その役割では使えない", "curious": "見てみたかった"},
)
"""

TOLD = '''
from uuid import UUID

from contracts.deeds import linker as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from infra.work import UnitOfWork


def show_family_tree(work: UnitOfWork, child: UUID, *fields: str) -> None:
    """Show it."""
    thing = Thing(kind=ThingKind.CHILD, id=str(child))
    work.keep(deeds.FAMILY_TREE_OPENED, actor=work.service_actor(), thing=thing, fields=fields, reason_code="curious")
'''

FOLLOWS = """
from services.audit.domain import wording

action = "linker.family_tree_opened"
print(wording.screen_of(action), wording.deed_of(action, "permit", None), wording.deed_of(action, "deny", "role"), sep="|")
print(wording.field_of("mother"), wording.reason_of("curious"), dict(wording.searchable_actions())[action], sep="|")
"""

TELLS = """
import sys
from types import SimpleNamespace
from uuid import UUID

from contracts.values import ServiceName
from infra.clock import SystemClock
from infra.identifiers import Identifiers
from infra.work import UnitOfWork
from services.linker.family_tree import show_family_tree

work = UnitOfWork(SimpleNamespace(), service=ServiceName.LINKER, clock=SystemClock(), identifiers=Identifiers(bytes(32)))
show_family_tree(work, UUID(int=1), *sys.argv[1:])
print(work.mark())
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the repository in which files may be changed."""
    copied(("contracts", "infra", "services", "tests/architecture"), tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tests/__init__.py").touch()
    return tmp_path


def declare(copy: Path) -> None:
    with (copy / "contracts/deeds/linker.py").open("a", encoding="utf-8") as module:
        module.write(DEED)


def tell(copy: Path) -> None:
    (copy / "services/linker/family_tree.py").write_text(TOLD, encoding="utf-8")


def checked(copy: Path) -> str:
    """What the tests of deeds say in the copy; empty where they pass."""
    done = outcome_of(copy, "tests/architecture/test_deeds.py")
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_one_more_audit_entry_is_one_deed_and_the_line_that_tells_it(copy: Path) -> None:
    declare(copy)
    tell(copy)

    read, kept = run(copy, "-c", FOLLOWS), run(copy, "-c", TELLS, "mother")

    assert read.stdout.splitlines() == [
        "家系の画面|家系を見た|家系を見ようとした",
        "母（mother）|見てみたかった（curious）|家系の画面：家系を見た",
    ], read.stderr
    assert kept.stdout.split() == ["(0,", "1)"], kept.stderr
    assert checked(copy) == ""


def test_a_deed_that_nobody_tells_is_found(copy: Path) -> None:
    declare(copy)

    assert "nobody tells FAMILY_TREE_OPENED of contracts/deeds/linker.py" in checked(copy)


def test_a_deed_in_another_place_is_found(copy: Path) -> None:
    module = f"from contracts.deeds.deed import Deed, Keeping, ThingKind\n{DEED}"
    (copy / "services/linker/family_tree.py").write_text(module, encoding="utf-8")

    assert "deeds are declared in contracts/deeds: move those of services/linker/family_tree.py there" in checked(copy)


def test_a_field_that_was_given_no_words_cannot_be_told(copy: Path) -> None:
    declare(copy)
    tell(copy)

    told = run(copy, "-c", TELLS, "mother", "father")

    assert "linker.family_tree_opened has no words for the fields ['father']: add them to its deed" in told.stderr


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ({"done": ""}, "needs a kind of thing that it is done to, and words for all that it can say"),
        ({"fields": {"mother": ""}}, "needs a kind of thing that it is done to, and words for all that it can say"),
        ({"of": ()}, "needs a kind of thing that it is done to, and words for all that it can say"),
        ({"attempted": "家系を見た"}, "reads the same where it was refused"),
        ({"code": "family tree"}, "is no name of a deed"),
    ],
)
def test_there_is_no_deed_without_words(left_out: dict[str, object], said: str) -> None:
    whole: dict[str, object] = {
        "code": "linker.family_tree_opened",
        "keeping": Keeping.ACCESS,
        "of": (ThingKind.CHILD,),
        "screen": "家系の画面",
        "done": "家系を見た",
        "attempted": "家系を見ようとした",
    }

    with pytest.raises(ValueError, match=said):
        Deed(**(whole | left_out))  # type: ignore[arg-type]
