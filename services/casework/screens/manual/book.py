"""The manual as it is read: its texts with the facts of each move, which the tables of moves and forms say, in chapters."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markupsafe import Markup

from services.casework import manual
from services.casework.domain import flow
from services.casework.domain.flow import Party
from services.casework.manual import Section
from services.casework.moves import STEPS
from services.casework.steps import AnyStep, Spec

PARTIES: Mapping[Party, str] = {
    Party.CLERK: "区の三課の担当",
    Party.LEAD: "区のとりまとめ職員",
    Party.SECTION_IN_CHARGE: "担当する課の職員",
    Party.HEAD_IN_CHARGE: "担当する課の係長",
    Party.RECEIVING_LEAD: "引継ぎを受ける区のとりまとめ職員",
}
MARKDOWN = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True, slots=True)
class Book:
    """All sections of a version, in the order of the manual."""

    sections: Mapping[str, Section]

    @property
    def written(self) -> str:
        """Return it as it is kept."""
        told = [{"key": each.key, "title": each.title, "text": each.text} for each in self.sections.values()]
        return json.dumps(told, ensure_ascii=False)

    @property
    def hash(self) -> bytes:
        """Return what makes two versions the same."""
        return hashlib.sha256(self.written.encode()).digest()

    def changed_since(self, before: "Book") -> tuple[Section, ...]:
        """Return the sections that read otherwise than in the version `before`, or were not there."""
        return tuple(each for each in self.sections.values() if before.sections.get(each.key) != each)


@cache
def book() -> Book:
    """Return the manual of this release."""
    found = manual.sections()
    ordered = [found[key] for chapter in manual.chapters() for key in chapter.sections]
    return Book({each.key: Section(each.key, each.title, _whole(each)) for each in ordered})


def kept(written: str) -> Book:
    """Return a version as it was kept."""
    return Book({each["key"]: Section(**each) for each in json.loads(written)})


def html(section: Section) -> Markup:
    """Return the text as a page shows it. Nobody but us writes it, and no markup of a page is read from it."""
    return Markup(MARKDOWN.render(section.text))  # noqa: S704 -- our own texts, rendered without raw markup


def _whole(section: Section) -> str:
    step = STEPS.get(section.key)
    return section.text if step is None else f"{section.text}\n\n{chr(10).join(_facts(step))}"


def _facts(step: AnyStep) -> Iterator[str]:
    """Say what the tables say of a move: nobody writes it, so it is never out of date."""
    move = step.move
    yield "### この操作のきまり"
    yield ""
    yield f"- 使える人：{'、'.join(PARTIES[party] for party in Party if party in move.who and party in PARTIES)}"
    yield f"- 使える段階：{_stages(move)}"
    if move.end is not None:
        yield f"- 次の段階：{flow.STATE_TITLES[move.end]}"
    if move.second:
        yield "- 決裁：押すと依頼になります。**別の**とりまとめ職員か、担当する課の係長が決裁すると進みます"
    if step.fields:
        yield "- 入れるもの："
        yield from (f"  - {_field(spec)}" for spec in step.fields)
    yield f"- 押すボタン：「{step.words.button}」"


def _stages(move: flow.Move) -> str:
    if set(move.start) >= set(flow.OPEN_STATES):
        return "どの段階でも" if len(move.start) > len(flow.OPEN_STATES) else "終結するまで、どの段階でも"
    return "、".join(flow.STATE_TITLES[state] for state in move.start)


def _field(spec: Spec) -> str:
    optional = "（なくてもよい）" if spec.optional else ""
    return f"**{spec.label}**{optional}{'：' + spec.hint if spec.hint else ''}"
