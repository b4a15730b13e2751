"""Whatever casework tells the audit has words in its deeds, and only what a page is given is told."""

from contracts.deeds import casework as deeds
from contracts.deeds.deed import Deed
from contracts.values import Item
from services.casework import accesses
from services.casework.domain.policy import Reason
from services.casework.moves import STEPS
from services.casework.screens import SCREENS
from services.casework.screens.child.screen import OpeningReason
from services.casework.sheets import OfPerson, Says, Sheet


def sheets(kind: type[Sheet] = Sheet) -> set[type[Sheet]]:
    """Every kind of sheet that a screen can give."""
    found = {each for child in kind.__subclasses__() for each in sheets(child)}
    return found | ({kind} if kind not in {Sheet, OfPerson} and kind.__module__.startswith("services.") else set())


def test_every_field_that_can_be_shown_has_words() -> None:
    named = {mark.name for sheet in sheets() for marks in sheet.marks.values() for mark in marks if isinstance(mark, Says)}

    for screen in SCREENS:
        assert named | set(Item) <= set(screen.deed.fields)
        assert named | set(Item) <= set(screen.beside.fields)
    assert set(deeds.LIST_OPENED.fields) == named | set(Item)


def test_every_refusal_and_every_stated_reason_has_words() -> None:
    for screen in SCREENS:
        stated = set(OpeningReason) if screen.opening else set()
        assert {reason for reason in stated if not screen.deed.gives(reason)} == set()
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
