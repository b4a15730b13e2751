"""The manual says something of every screen and every move (EVAL-01), and nothing of what is not there."""

import re

import pytest

from infra.pages.rendering import HERE
from services.casework import manual
from services.casework.domain import flow
from services.casework.moves import STEPS
from services.casework.screens import PAGES, SCREENS
from services.casework.screens.manual.book import book, html

NAMES = [*(screen.name for screen in SCREENS), *STEPS]
ON_PAGES = "".join(file.read_text(encoding="utf-8") for folder in (PAGES, HERE / "templates") for file in folder.rglob("*.html"))
TITLES = {*(move.title for move in flow.ANY_BY_KEY.values())}


@pytest.mark.parametrize("name", NAMES)
def test_every_screen_and_every_move_has_its_section(name: str) -> None:
    assert manual.section_of(name), f"write services/casework/manual/{name}.md: its title, and what somebody does there who never saw it"
    key = manual.section_of(name)
    assert manual.address_of(name).endswith(f"#{key}")


def test_every_section_is_in_one_chapter_and_every_chapter_has_its_sections() -> None:
    listed = [key for chapter in manual.chapters() for key in chapter.sections]

    assert sorted(listed) == sorted(manual.sections())


@pytest.mark.parametrize("key", sorted(STEPS))
def test_a_moves_section_is_called_as_its_button_and_says_who_where_and_what(key: str) -> None:
    """Generated from the tables: fields, button, stage and second person are never out of date."""
    section, step = book().sections[key], STEPS[key]

    assert section.title == step.move.title
    assert all(f"**{spec.label}**" in section.text for spec in step.fields)
    assert f"「{step.words.button}」" in section.text
    assert ("決裁：押すと依頼になります" in section.text) is step.move.second
    assert len(manual.sections()[key].text) > 40, "what stands there besides is more than a name"


@pytest.mark.parametrize("key", sorted(manual.sections()))
def test_what_a_section_names_in_quotes_as_a_move_is_one_or_stands_on_a_page(key: str) -> None:
    """A move that was renamed is renamed here, too: whatever reads like one ('…する', '…終える') has its name."""
    quoted = set(re.findall("「([^「」]+)」", manual.sections()[key].text))
    buttons = {step.words.button for step in STEPS.values()}
    alike = {each for each in quoted if each.endswith(("する", "終える", "加える", "続ける"))}

    assert {each for each in alike - TITLES - buttons if each not in ON_PAGES} == set()


def test_a_section_is_read_without_markup_of_its_own() -> None:
    texts = {key: html(section) for key, section in book().sections.items()}

    assert {key for key, text in texts.items() if re.search(r"<(?!/?(p|ul|ol|li|strong|h3|em|a)\b)", text)} == set()
    assert max(len(text.encode()) for text in texts.values()) < 10_000
