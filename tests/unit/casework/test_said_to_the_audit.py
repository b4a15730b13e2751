"""Whatever casework tells the audit has words in its deeds, and only what a page is given is told."""

from datetime import date
from uuid import UUID

import pytest

from contracts.deeds import casework as deeds
from contracts.deeds.deed import Deed
from contracts.values import Item
from services.casework import accesses
from services.casework.domain.paper import Paper, Purpose
from services.casework.domain.policy import Reason
from services.casework.moves import STEPS
from services.casework.screens import SCREENS
from services.casework.screens.assignment.screen import PreviewQuestion
from services.casework.screens.child.screen import OpeningQuestion, OpeningReason
from services.casework.screens.exports.taking import TakeQuestion
from services.casework.screens.files.screen import FileQuestion
from services.casework.screens.paper.screen import PaperQuestion
from services.casework.screens.privacy.compiled.reading import CompileQuestion
from services.casework.screens.search.rows import SearchQuestion, SearchReason
from services.casework.seeing import AnyScreen, Question
from services.casework.sheets import OfPerson, Says, Sheet


def names_in(screen: AnyScreen) -> set[str]:
    """The log's names in every kind of sheet that stands in a screen's folder. Items go by their own."""
    return {name for sheet in sheets_of(screen) for name in names_of(sheet)}


def names_of(sheet: type[Sheet]) -> set[str]:
    return {mark.name for marks in sheet.marks.values() for mark in marks if isinstance(mark, Says)}


def sheets_of(screen: AnyScreen) -> list[type[Sheet]]:
    folder = screen.read.__module__.rpartition(".")[0]
    return [sheet for sheet in sheets() if sheet.__module__.startswith(folder)]


def deeds_of(screen: AnyScreen) -> set[Deed]:
    """What a look at a screen is called, and what it is called at those whom it shows beside."""
    kept = {sheet.kept_as for sheet in sheets_of(screen) if issubclass(sheet, OfPerson)}
    return {deed for deed in (screen.deed, screen.beside, *kept) if deed}


def sheets(kind: type[Sheet] = Sheet) -> set[type[Sheet]]:
    """Every kind of sheet there is."""
    return {kind}.union(*(sheets(each) for each in kind.__subclasses__()))


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen.name)
def test_every_field_that_a_screen_can_show_has_words_in_its_deed(screen: AnyScreen) -> None:
    shown = names_in(screen) - {name for deed in deeds_of(screen) for name in deed.fields}

    assert not shown, f"{screen.deed.code} has no words for {shown}: add them to its deed in contracts/deeds/casework.py"


def test_a_line_about_somebody_that_the_log_calls_something_of_its_own_shows_only_what_that_has_words_for() -> None:
    lines = [sheet for sheet in sheets() if issubclass(sheet, OfPerson) and sheet.kept_as]

    assert lines
    assert [(line, names_of(line) - set(line.kept_as.fields)) for line in lines if line.kept_as] == [(line, set()) for line in lines]


def test_no_deed_has_words_for_what_no_screen_shows() -> None:
    words = {name for screen in SCREENS for deed in deeds_of(screen) for name in deed.fields}

    assert words - set(Item) == {name for screen in SCREENS for name in names_in(screen)}


STATED: dict[str, list[Question]] = {
    "sensitive": [OpeningQuestion(reason=reason) for reason in OpeningReason],
    **{name: [PaperQuestion(kind=kind, purpose=why) for kind in Paper for why in Purpose] for name in ("paper", "sensitive_paper")},
    "assignment": [PreviewQuestion()],
    "file": [FileQuestion(file=UUID(int=1))],
    "export_file": [TakeQuestion(export=UUID(int=1), code="000000")],
    "privacy_compiled": [CompileQuestion(request=UUID(int=1), code="000000")],
    "found": [SearchQuestion(name="あ", birth_date=date(2020, 4, 1), household_no="1", reason=reason) for reason in SearchReason],
}
"""Whatever can be asked by a form for which a reason is stated."""


def test_every_refusal_and_every_stated_reason_has_words() -> None:
    assert STATED.keys() == {screen.name for screen in SCREENS if screen.opening}
    for screen in SCREENS:
        stated = {screen.opening.stated(asked) for asked in STATED[screen.name]} if screen.opening else set()
        assert {reason for reason in stated if reason is not None and not screen.deed.gives(reason)} == set()
        if screen.facts is not None:
            assert screen.deed.gives(accesses.PROTECTED)
    said = {Reason(reason) for deed in every_deed() for reason in Reason if deed.gives(reason)}
    assert said == set(Reason)


def test_every_screen_and_every_move_has_a_deed_of_its_own() -> None:
    codes = [deed.code for deed in every_deed()]

    assert sorted(codes) == sorted(set(codes))


def test_what_was_refused_reads_as_an_attempt() -> None:
    tried = [(deed.own or (deed.done, deed.attempted))[1] for deed in every_deed()]

    assert [attempt for attempt in tried if not attempt.endswith("うとした")] == []


def every_deed() -> list[Deed]:
    """The main deeds of screens and moves."""
    return [*(screen.deed for screen in SCREENS), *(step.deed for step in STEPS.values()), deeds.MOVE_REFUSED]
