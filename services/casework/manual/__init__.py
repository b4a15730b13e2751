"""
The manual (EVAL-01): a section for every screen and every move, in a file of its own, and how they are put together in chapters.

What is written here is what people read: a section is Markdown whose first line is its title. A screen or a move without its section
fails the build (`tests/architecture/test_manual.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from contracts.words import CONTACT, LEADING, SECTIONS, SECURITY
from services.casework.domain.policy import WARD_SECTIONS

HERE = Path(__file__).parent
ADDRESS = "/manual"
OTHERS = "others"
SAME_SECTION: Mapping[str, str] = MappingProxyType(
    {
        "found": "search",
        "sensitive_paper": "paper",
        "file": "files",
        "export_file": "exports",
        "privacy_compiled": "privacy_requests",
        "privacy_check_paper": "privacy_check",
        **dict.fromkeys(("weekly_paper", "weekly_file"), "weekly_report"),
        **dict.fromkeys(("visit_together", "confer_together"), "together"),
    }
)
"""Screens that are one for whoever reads of them: the answer to a search stands under the form."""


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its name, which is that of its screen or move, its title, and its text in Markdown."""

    key: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """Sections that belong together, in the order in which somebody needs them."""

    key: str
    title: str
    sections: tuple[str, ...]


WAY: tuple[Chapter, ...] = (
    Chapter("first", "はじめに", ("about", "login", "rules", "day", "whole_way")),
    Chapter("finding", "一覧から見つける", ("today", "reviews", "search", "closed", "samples", "exports")),
    Chapter("child", "こどもの画面", ("child", "sensitive", "together", "paper", "files", "holders")),
    Chapter("investigation", "把握と調査", ("start_investigation", "answer_investigation", "withdraw_as_error", "add_note")),
    Chapter(
        "conference", "三課の協議", ("put_on_agenda", "decide_approach", "watch_through_contacts", "defer", "resume", "close_without_need")
    ),
    Chapter("approach", "アプローチ（訪問や電話）", ("record_contact", "met", "not_met", "choose_section_anew")),
    Chapter("assessment", "アセスメント", ("need_found", "watch_found", "no_need_found")),
    Chapter("support", "プラン・支援・見守り・終結", ("decide_plan", "reassess", "move_to_watch", "support_again", "finish", "reopen")),
    Chapter("second", "決裁", ("approve", "send_back", "take_back")),
    Chapter("urgent", "虐待が疑われるとき", ("report_urgently", "send_to_guidance_center", "sent_to_guidance_center")),
    Chapter(
        "moving",
        "引っ越し・年齢到達",
        ("offer_handover", "accept_handover", "return_handover", "revoke_handover", "hand_over_outside", "moved_out", "came_of_age"),
    ),
    Chapter("consent", "同意と、利用停止の求め", ("record_consent", "withdraw_consent", "record_objection", "objections")),
    Chapter("programme", "事業の運営", ("programme", "meetings", "issues", "surveys", "weekly_report")),
    Chapter("privacy", "個人情報の保護", ("privacy_requests", "privacy_check", "disposal")),
    Chapter("center", "児童相談所の職員", ("center", "receive_at_guidance_center", "answer_from_guidance_center")),
    Chapter("trouble", "困ったとき", ("trouble",)),
)
"""The way from candidate to closure; what no chapter names comes after it."""


@cache
def sections() -> Mapping[str, Section]:
    """Return the sections by their names. Raises ValueError for a file without a title or without a text."""
    return MappingProxyType({file.stem: _section(file) for file in sorted(HERE.glob("*.md"))})


@cache
def chapters() -> tuple[Chapter, ...]:
    """Return the chapters with all sections that there are: whatever is new and belongs nowhere yet is found in the last."""
    named = {key for chapter in WAY for key in chapter.sections}
    others = tuple(key for key in sections() if key not in named)
    return (*WAY, Chapter(OTHERS, "そのほかの画面", others)) if others else WAY


def section_of(name: str) -> str | None:
    """Return the section about a screen or a move, or None where there is none."""
    key = SAME_SECTION.get(name, name)
    return key if key in sections() else None


def address_of(name: str) -> str:
    """Return where the manual says something of a screen or a move; its first page where it says nothing."""
    key = section_of(name)
    chapter = next((each.key for each in chapters() if key in each.sections), None)
    return f"{ADDRESS}?chapter={chapter}#{key}" if chapter else ADDRESS


def _section(file: Path) -> Section:
    title, _, text = _named(file.read_text(encoding="utf-8")).partition("\n")
    if not title.startswith("# ") or not text.strip():
        raise ValueError(f"{file.name} begins with its title ('# …'), and says something below it")
    return Section(file.stem, title.removeprefix("# ").strip(), text.strip())


def _named(text: str) -> str:
    """
    Write what the city calls its sections, and how to reach the one that leads, where a text says `{leading}`, `{contact}` and so on.

    Raises KeyError for a name that is none of these.
    """
    three = "・".join(name for section, name in SECTIONS.items() if section in WARD_SECTIONS)
    return text.format(leading=LEADING, security=SECURITY, three=three, contact=f"（{CONTACT}）" if CONTACT else "")
