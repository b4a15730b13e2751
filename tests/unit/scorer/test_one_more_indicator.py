"""CONTRIBUTING, "Add an indicator": gone by in a copy of the repository, and with each step left out."""

import shutil
from pathlib import Path

import pytest

from tests.copies import copied, outcome_of, run

ROOT = Path(__file__).parents[3]

ITEM = """
code = "childcare_ended"
item = "ITEM-99"
group = "CONN"
feeds = ["childcare"]
field = "保育施設の利用"
present = "保育施設の利用が終わっている"
absent = "保育施設を利用している"
unknown = "保育施設を利用しているかどうか"

[reasons]
use_ended = ["{ended_on}に利用が終わった"]
in_use = ["利用している"]
no_use_recorded = ["利用の記録がない"]
"""

MODULE = '''
"""A toy: the child's childcare ended."""

from enum import StrEnum

from contracts.facts import ChildcareUseChanged
from contracts.kinds import EventKind, Item
from contracts.values import IndicatorValue
from services.scorer.domain.answer import Answer, Question
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.reach import Input, Reach


class ChildcareReason(StrEnum):
    USE_ENDED = "use_ended"
    IN_USE = "in_use"
    NO_USE_RECORDED = "no_use_recorded"


def _ask(question: Question) -> Answer:
    uses = question.facts.told_as(ChildcareUseChanged)
    ended = [use for use in uses if use.fact.valid_to and use.fact.valid_to <= question.as_of]
    if ended:
        last = ended[-1]
        detail, evidence = {"ended_on": last.fact.valid_to.isoformat()}, (last.event_id,)
        reason = ChildcareReason.USE_ENDED
        return Answer(Item.CHILDCARE_ENDED, IndicatorValue.TRUE, reason, counted=True, evidence=evidence, detail=detail)
    reason = ChildcareReason.IN_USE if uses else ChildcareReason.NO_USE_RECORDED
    value = IndicatorValue.FALSE if uses else IndicatorValue.UNKNOWN
    return Answer(Item.CHILDCARE_ENDED, value, reason, due=question.wake(*(use.fact.valid_to for use in uses)))


CHILDCARE_ENDED = Indicator(
    Item.CHILDCARE_ENDED, (Input(EventKind.CHILDCARE_USE_CHANGED, Reach.CHILD),), ChildcareReason, _ask
)
'''

FOLLOWS = """
from datetime import date
from uuid import UUID

from contracts.kinds import EventKind, Item, Source
from contracts.values import Sex
from contracts.catalogue import ITEMS
from services.scorer.domain.evaluation import evaluate, in_scope
from services.scorer.domain.facts import Child
from services.scorer.domain.indicators import OWN, READ, SOURCE_OF
from services.scorer.domain.reading import Record, check, child_facts
from services.scorer.domain.residence import Stay
from services.scorer.domain.rulesets import RULESETS, judge

kind = EventKind.CHILDCARE_USE_CHANGED
assert kind in READ and kind in OWN and SOURCE_OF[Item.CHILDCARE_ENDED] is Source.CHILDCARE
data = {"kind": "licensed_childcare", "valid_from": "2024-04-01", "valid_to": "2026-03-01", "status": "ended"}
record = Record(Source.CHILDCARE, kind, "U-1", UUID(int=1), data)
check(record)
birth = date(2023, 6, 1)
child, today = Child(birth, Sex.FEMALE, (Stay(birth, None),)), date(2026, 4, 1)
answers = evaluate(child, child_facts(birth, [record]), {}, today)
print(answers[-1].item, answers[-1].value, answers[-1].reason_code, dict(answers[-1].detail))
print(judge(RULESETS["SP-9"], answers, in_scope=in_scope(child, today)))
print(ITEMS[Item.CHILDCARE_ENDED].present, ITEMS[Item.CHILDCARE_ENDED].reasons["use_ended"][0])
"""

ITEM_FILE = "contracts/catalogue/items/99_childcare_ended.toml"
MODULE_FILE = "services/scorer/domain/indicators/childcare.py"
SP_2_FILE = "services/scorer/domain/rulesets/SP-2.toml"
RULESET_FILE = "services/scorer/domain/rulesets/SP-9.toml"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the repository in which files may be changed."""
    copied(("contracts", "infra", "services", "tests/unit/scorer"), tmp_path)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in ("tests", "tests/unit"):
        (tmp_path / package / "__init__.py").touch()
    return tmp_path


def checked(copy: Path) -> str:
    """What the checks of the items and of the indicators say."""
    done = outcome_of(copy, "tests/unit/scorer/test_indicators.py")
    return done.stdout + done.stderr


def add(copy: Path, *, but: str = "") -> None:
    """Go by the recipe, `but` for one step."""
    if but != "item":
        (copy / ITEM_FILE).write_text(ITEM if but != "sentence" else ITEM.replace('in_use = ["利用している"]\n', ""), encoding="utf-8")
    if but != "module":
        (copy / MODULE_FILE).write_text(MODULE, encoding="utf-8")
    if but != "ruleset":
        ruleset = (copy / SP_2_FILE).read_text(encoding="utf-8").replace('name = "SP-2"', 'name = "SP-9"')
        (copy / RULESET_FILE).write_text(ruleset.replace("items = [\n", 'items = [\n    "childcare_ended",\n'), encoding="utf-8")
    if but != "generate":
        assert run(copy, "-m", "contracts.generate").returncode == 0


def test_an_item_a_module_and_a_line_of_a_ruleset_are_an_indicator(copy: Path) -> None:
    add(copy)

    followed = run(copy, "-c", FOLLOWS)

    assert followed.returncode == 0, followed.stderr
    answered, judged, worded = followed.stdout.splitlines()
    assert answered == "childcare_ended TRUE use_ended {'ended_on': '2026-03-01'}"
    assert "needed=True" in judged
    assert worded == "保育施設の利用が終わっている {ended_on}に利用が終わった"
    assert " failed" not in checked(copy)


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ("module", "no module of services/scorer/domain/indicators answers childcare_ended, which contracts/catalogue/items names"),
        ("ruleset", "no ruleset of services/scorer/domain/rulesets counts childcare_ended"),
        ("sentence", "contracts/catalogue/items: childcare_ended has no sentence for {'in_use'}"),
        ("item", "services/scorer/domain/indicators/childcare.py names what contracts/catalogue has not"),
    ],
)
def test_a_step_left_out_is_named(copy: Path, step: str, said: str) -> None:
    add(copy, but=step)

    assert said in checked(copy)


def test_the_generator_left_out_is_named(copy: Path) -> None:
    add(copy, but="generate")

    done = run(copy, "-m", "contracts.generate", "--check")

    assert done.returncode != 0
    assert "run `python -m contracts.generate`): kinds.py" in done.stderr
