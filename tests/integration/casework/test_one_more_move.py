"""One more move of a case costs one module: its form is on the page, is read, and moves the case."""

import sys
from pathlib import Path

import pytest

from contracts.messages import CaseMoved, DecisionRecorded
from contracts.values import CaseState
from services.casework import forms, moves, pages
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office
from tests.integration.casework.test_moves import CHILD, case_of, start
from tests.integration.casework.test_pages import hidden_fields

MODULE = """
from datetime import date
from typing import Literal

from contracts.deeds.deed import Deed, Keeping, ThingKind
from services.casework.domain import flow
from services.casework.steps import Asks, Form, Spec, Step, Words

MOVE = flow.BY_KEY["put_on_agenda"]
DEED = Deed(
    "casework.put_on_agenda", Keeping.DECISION, of=(ThingKind.CHILD,), screen="こどもの画面", done="議題にした",
    attempted="議題にしようとした", fields={"state": "段階", "siblings_checked": "きょうだい", "held_on": "日"},
)

class Agenda(Form):
    move: Literal["put_on_agenda"]
    siblings_checked: tuple[str, ...] = ()
    held_on: date | None = None

STEP = Step(
    move=MOVE, deed=DEED, form=Agenda,
    fields=(Spec("siblings_checked", "きょうだい", Asks.BOXES, {"yes": "確かめた"}), Spec("held_on", "協議の日", Asks.DAY)),
    words=Words("回答がそろったら議題にします。", "三課で話し合います。", "議題にする", ("議題にしました。", "")),
    changes=lambda form, file, made: {"due_on": form.held_on},
    first=lambda file, today: {"held_on": date(2026, 4, 20)},
)
"""


@pytest.fixture
def one_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The moves, with the module found where the one of that name was."""
    (tmp_path / "put_on_agenda.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.delitem(sys.modules, "services.casework.moves.put_on_agenda", raising=False)
    monkeypatch.setattr(moves, "__path__", [str(tmp_path), *moves.__path__])
    found = moves.found()
    for room in (moves, forms, pages):
        monkeypatch.setattr(room, "STEPS", found)


@pytest.mark.usefixtures("one_more")
async def test_one_more_move_is_one_module(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        before = (await clerk.get(f"/children/{CHILD}")).text
        await start(clerk)
        page = (await clerk.get(f"/children/{CHILD}")).text
        form = hidden_fields(page, "put_on_agenda") | {"held_on": "2026-04-21"}
        wrong = await clerk.post(f"/children/{CHILD}/moves", data=form)
        corrected = form | {"key": str(b.person("k")), "siblings_checked": "yes"}
        answer = await clerk.post(f"/children/{CHILD}/moves", data=corrected)
        after = (await clerk.get(answer.headers["location"])).text

    case = await case_of(office)
    assert 'id="put_on_agenda"' not in before
    assert ("回答がそろったら議題にします。" in page, 'value="2026-04-20"' in page) == (True, True)
    assert (wrong.status_code, "「きょうだい」を選んでください。" in wrong.text, 'value="2026-04-21"' in wrong.text) == (422, True, True)
    assert case is not None
    assert (answer.status_code, case["state"], case["version"], case["due_on"].isoformat()) == (303, "conference", 2, "2026-04-21")
    assert "議題にしました。" in after
    said = await office.said()
    assert [(each.from_state, each.to_state) for each in said if isinstance(each, CaseMoved)][1:] == [
        (CaseState.INVESTIGATION, CaseState.CONFERENCE)
    ]
    assert [each.fields for each in said if isinstance(each, DecisionRecorded) and each.action == "casework.put_on_agenda"] == [
        ("state", "siblings_checked", "held_on")
    ]


@pytest.fixture
def one_less(monkeypatch: pytest.MonkeyPatch) -> None:
    """The moves without the module of one."""
    left = {key: step for key, step in moves.STEPS.items() if key != "put_on_agenda"}
    for room in (moves, forms, pages):
        monkeypatch.setattr(room, "STEPS", left)


@pytest.mark.usefixtures("one_less")
async def test_without_its_module_it_is_not_offered_and_not_made(office: Office) -> None:
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        await start(clerk)
        page = (await clerk.get(f"/children/{CHILD}")).text
        token = page.split('name="form_token" value="')[1].split('"')[0]
        form = {"form_token": token, "move": "put_on_agenda", "version": "1.1", "key": str(b.person("k")), "held_on": "2026-04-21"}
        answer = await clerk.post(f"/children/{CHILD}/moves", data=form)

    case = await case_of(office)
    assert case is not None
    assert ("put_on_agenda" in page, answer.status_code, case["state"]) == (False, 422, "investigation")
