"""One more screen costs a folder, a right and its deed: page, answer, walls, tries and entries follow. Whatever is left out is named."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.copies import copied, outcome_of, run

ROOT = Path(__file__).parents[3]
CASEWORK = "services/casework"
SCREEN = '''"""How many reviews are open in the ward."""

from dataclasses import dataclass
from typing import Annotated

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework.domain.actions import Action
from services.casework.seeing import Asking, Face, Menu, Question, Screen
from services.casework.sheets import PLAIN, Says, Sheet

SQL = queries(__file__)


@dataclass(frozen=True, slots=True)
class FiguresSheet(Sheet):
    """The figures."""

    title: Annotated[str, PLAIN]
    reviews: Annotated[int, Says("reviews", even=True)]


async def read(work: UnitOfWork, _asking: Asking[Question]) -> int:
    """Count."""
    return int(await work.db.fetchval(SQL.count_reviews))


def show(reviews: int, _asking: Asking[Question]) -> FiguresSheet:
    """How many reviews are open."""
    return FiguresSheet("件数", reviews)


SCREENS = (
    Screen(
        name="figures",
        address="/figures",
        right=Action.SEE_FIGURES,
        deed=deeds.FIGURES_SEEN,
        read=read,
        page=Face(Question, show),
        json=Face(Question, show),
        thing=lambda staff: Thing(kind=ThingKind.REVIEW_LIST, id=None, ward=staff.ward),
        menu=Menu("件数", 3),
    ),
)
'''
SQL = "-- name: count_reviews\nselect count(*) from review where closed_at is null\n"
PAGE = """{% extends "base.html" %}
{% block title %}{{ title }}{% endblock %}
{% block main %}<h1>{{ title }}</h1><p>要確認 {{ reviews }}件</p>{% endblock %}
"""
DEED = """
FIGURES_SEEN = Deed(
    "casework.figures_seen",
    Keeping.ACCESS,
    of=(ThingKind.REVIEW_LIST,),
    screen="件数",
    done="件数を見た",
    attempted="件数を見ようとした",
    fields={"reviews": "要確認の件数"},
    reasons=WHY_REFUSED,
)
"""
OWED = '"GET /figures" = "shows casework.figures_seen"\n"GET /v1/figures" = "shows casework.figures_seen"\n'
TEST = """
from tests.integration.casework import builders as b
from tests.integration.casework.test_accesses import entries
from tests.integration.casework.test_tries import CHILD, tried, turned_away
from tests.integration.identity.tries import tries

async def test_whatever_somebody_without_the_right_tries_at_it_is_in_the_log_once_before_it_is_read(office):
    attempts = [each for each in tries(office.service.app, CHILD) if each.address.startswith(("/figures", "/v1/figures"))]
    async with office.as_("security.officer") as officer:
        await tried(office)
        await turned_away(office, officer, attempts)
    assert {"/figures", "/v1/figures"} <= {each.address for each in attempts}

async def test_it_is_a_page_an_answer_and_two_entries(office):
    await office.hear(b.lives("a"), b.needed("a"))
    async with office.as_("hakata.clerk") as clerk:
        page, told = await clerk.get("/figures"), await clerk.get("/v1/figures")
    assert "要確認 1件" in page.text
    assert '<a href="/figures" aria-current="page">件数</a>' in page.text
    assert told.json() == {"title": "件数", "reviews": 1}
    assert [(each.action, each.fields) for each in await entries(office)] == [("casework.figures_seen", ("reviews",))] * 2
"""
SEE_IT = "from services.casework.screens import SCREENS; print(*sorted(screen.name for screen in SCREENS))"
WORDS = "tests/unit/casework/test_said_to_the_audit.py"


SEEN = ("sees_a_screen", "has_no_right_to_a_screen")
SCREENS = "tests/integration/casework/test_screens.py"
WALLS = (
    "tests/integration/casework/test_tries.py::test_every_route_is_behind_a_wall_but_those_that_show_nothing",
    "tests/integration/casework/test_tries.py::test_of_every_route_it_is_declared_what_it_owes_the_log",
    *(f"{SCREENS}::test_who_{which}_leaves_one_main_entry[{door}]" for which in SEEN for door in ("figures", "figures as JSON")),
    f"{SCREENS}::test_nobody_is_a_stranger_to_the_list_of_the_own_deeds_and_to_the_manual_alone",
    f"{SCREENS}::test_every_folder_of_screens_is_found_with_its_page_and_every_screen_has_an_address_of_its_own",
)
"""By each door to the new screen; what the others do is tested where they are."""
ABOUT_SCREENS = tuple(f"tests/unit/casework/test_{name}.py" for name in ("case_in_words", "policy", "said_to_the_audit", "shown"))
"""Of casework's tests without servers those that look through screens, rights, deeds or templates: to them one more makes a difference."""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the repository, with one more screen, its right and its deed."""
    copied(("contracts", "infra", "services", "tests"), tmp_path, leaving_out=("test_one_more_*",))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    folder = tmp_path / CASEWORK / "screens" / "figures"
    folder.mkdir()
    for name, text in {"__init__.py": '"""Figures."""\n', "screen.py": SCREEN, "queries.sql": SQL, "page.html": PAGE}.items():
        (folder / name).write_text(text, encoding="utf-8")
    edit(tmp_path / CASEWORK / "domain/actions.py", "    OPEN_CHILD =", '    SEE_FIGURES = "see_figures"\n    OPEN_CHILD =')
    rights = tmp_path / CASEWORK / "domain/policy.py"
    text = rights.read_text(encoding="utf-8")
    rights.write_text(
        text.replace("        Action.OPEN_CHILD,\n", "        Action.OPEN_CHILD,\n        Action.SEE_FIGURES,\n", 1), encoding="utf-8"
    )
    deeds = tmp_path / "contracts/deeds/casework.py"
    deeds.write_text(deeds.read_text(encoding="utf-8") + DEED, encoding="utf-8")
    routes = tmp_path / "tests/integration/routes.toml"
    routes.write_text(routes.read_text(encoding="utf-8").replace("[casework]\n", f"[casework]\n{OWED}", 1), encoding="utf-8")
    (tmp_path / "tests/integration/casework/test_figures.py").write_text(TEST, encoding="utf-8")
    return tmp_path


def test_a_folder_a_right_and_a_deed_are_a_screen_behind_walls_with_its_entries(copy: Path) -> None:
    added = "tests/integration/casework/test_figures.py"

    done = outcome_of(copy, added, *WALLS, *ABOUT_SCREENS, "tests/architecture/test_deeds.py")

    assert done.returncode == 0, done.stdout


def without_page(copy: Path) -> None:
    (copy / CASEWORK / "screens/figures/page.html").unlink()


def without_right(copy: Path) -> None:
    edit(copy / CASEWORK / "domain/policy.py", "        Action.SEE_FIGURES,\n", "")


def without_deed(copy: Path) -> None:
    edit(copy / "contracts/deeds/casework.py", DEED, "")


def without_words(copy: Path) -> None:
    edit(copy / "contracts/deeds/casework.py", '{"reviews": "要確認の件数"}', "{}")


def without_mark(copy: Path) -> None:
    edit(copy / CASEWORK / "screens/figures/screen.py", 'Annotated[int, Says("reviews", even=True)]', "int")


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("leave_out", "notice", "sentence"),
    [
        (without_page, SEE_IT, "the screen 'figures' has no page: screens/figures/page.html"),
        (without_right, SEE_IT, "nobody may see the screen 'figures': no role has see_figures in RIGHTS (domain/policy.py)"),
        (without_deed, SEE_IT, "has no attribute 'FIGURES_SEEN'"),
        (without_mark, SEE_IT, "FiguresSheet: what does the log call reviews?"),
        (without_words, WORDS, "casework.figures_seen has no words for {'reviews'}: add them to its deed in contracts/deeds/casework.py"),
    ],
)
def test_what_is_left_out_is_named(copy: Path, leave_out: Callable[[Path], None], notice: str, sentence: str) -> None:
    leave_out(copy)

    done = outcome_of(copy, notice) if notice == WORDS else run(copy, "-c", notice)

    assert done.returncode != 0
    assert sentence in done.stdout + done.stderr
