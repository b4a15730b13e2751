"""
The manual (EVAL-01): a chapter at a time, in the version of this release or in one that was shown before.

Under each section its readers say whether they understood it. What they write reaches the coordinator, and the answer comes back here.
"""

from datetime import timedelta
from typing import Annotated, Any, ClassVar

from pydantic import Field, StringConstraints

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from contracts.words import LEADING
from infra.identity.staff import Staff
from infra.pages import dates
from infra.sql import queries
from infra.work import UnitOfWork
from services.casework import accesses, manual, store
from services.casework.domain.manual import BECAME_TITLES, UNDERSTOOD_TITLES, Became, Understood, tells_of_somebody
from services.casework.domain.policy import Action
from services.casework.manual import Section
from services.casework.screens.manual.book import book, html, kept
from services.casework.screens.manual.said import (
    WORDS_LENGTH,
    ChapterLine,
    Feedback,
    FeedbackLine,
    Link,
    ManualSheet,
    Read,
    SectionText,
    Version,
)
from services.casework.seeing import Act, ActForm, Asking, Done, Face, Menu, Mistake, Question, Screen
from services.casework.store import AccessNote, Acting

SQL = queries(__file__)
LATELY = timedelta(days=30)
TELLS = "なまえ・生年月日・番号など、こどもや家庭の分かることが入っているようです。それを除いて、もう一度送ってください。"
SAY_WHAT = "どこが分からなかったかを書いてください。"
GONE = "この説明は、いまの版にはありません。画面を開き直してください。"


class ManualQuestion(Question):
    """Which chapter, and in which version where it is not that of this release."""

    chapter: str = ""
    version: Annotated[int, Field(ge=1, le=100_000)] | None = None


class FeedbackForm(ActForm):
    """What a reader says of a section."""

    wrong: ClassVar = {
        "understood": "分かったかどうかを選んでください。",
        "words": f"{WORDS_LENGTH}文字までで書いてください。",
        "section": GONE,
    }
    section: Annotated[str, StringConstraints(max_length=60)]
    understood: Understood
    words: Annotated[str, StringConstraints(max_length=WORDS_LENGTH)] = ""


async def read(work: UnitOfWork, asking: Asking[Any]) -> Read:
    """Read the versions and what the reader said before. The text of this release is kept before it is shown."""
    current = await _version(work)
    rows = await work.db.fetch(SQL.versions)
    versions = [Version(row["version"], row["shown_from"], kept(row["sections"])) for row in rows]
    own = [_feedback(row) for row in await work.db.fetch(SQL.own_feedback, asking.staff.id)]
    return Read(current, versions, own)


def show(found: Read, asking: Asking[Any]) -> ManualSheet:
    """Show a chapter, or the contents."""
    question = asking.question
    asked = getattr(question, "version", None)
    version = next((each for each in found.versions if each.number == asked), None) or _current(found)
    is_current = version.number == found.current
    mistake = asking.mistake
    wanted = _chapter_of(mistake.typed.get("section", "")) if mistake else getattr(question, "chapter", "")
    chapters = [each for each in manual.chapters() if any(key in version.book.sections for key in each.sections)]
    place = next((number for number, each in enumerate(chapters) if each.key == wanted), None)
    chapter = chapters[place] if place is not None else None
    of = "" if is_current else f"&version={version.number}"
    links = [Link(f"{manual.ADDRESS}?chapter={each.key}{of}", each.title, each is chapter) for each in chapters]
    return ManualSheet(
        version=version.number,
        shown_from=dates.era_date(dates.local_day(version.shown_from)),
        is_current=is_current,
        title=chapter.title if chapter else "使い方",
        contents=tuple(
            ChapterLine(link, tuple(_link(version.book.sections[key], link) for key in each.sections if key in version.book.sections))
            for link, each in zip(links, chapters, strict=True)
        ),
        sections=tuple(
            _text(version.book.sections[key], mistake) for key in (chapter.sections if chapter else ()) if key in version.book.sections
        ),
        before=links[place - 1] if place else None,
        after=links[place + 1] if place is not None and place + 1 < len(links) else None,
        changed=_changed(found, version) if not chapter else (),
        versions=tuple(_version_link(each, found) for each in found.versions) if not chapter else (),
        own=tuple(map(_line, found.own)) if not chapter else (),
        choices=tuple((each.value, title) for each, title in UNDERSTOOD_TITLES.items()),
        trouble=" ".join(text for _, text in mistake.errors) if mistake else "",
        done=MANUAL.said(asking.done),
    )


async def say(work: UnitOfWork, asking: Asking[Any], form: FeedbackForm) -> Done | Mistake:
    """Keep what a reader says of a section, once; nothing that tells of anybody."""
    section = book().sections.get(form.section)
    typed = {"section": form.section, "understood": form.understood.value, "words": form.words}
    if section is None:
        return Mistake((("section", GONE),), typed=typed, act="feedback")
    if form.understood is not Understood.YES and not form.words:
        return Mistake((("words", SAY_WHAT),), typed=typed, act="feedback")
    if form.words and tells_of_somebody(form.words, await names_before_the_eyes(work, asking.staff)):
        return Mistake((("words", TELLS),), typed=typed, act="feedback")
    await _save(work, asking.staff, section, form)
    return Done(manual.address_of(section.key))


async def names_before_the_eyes(work: UnitOfWork, staff: Staff) -> list[str]:
    """Return what those are called whom somebody looked at lately, whether they may still see them or not: none of it is shown."""
    await store.act_as(work.db, Acting.SYSTEM)
    rows = await work.db.fetch(SQL.names_before_the_eyes, staff.id, work.now - LATELY)
    await accesses.act_as(work, staff)
    return [name for row in rows for name in row.values() if name]


async def _save(work: UnitOfWork, staff: Staff, section: Section, form: FeedbackForm) -> None:
    saved = await work.db.fetchval(
        SQL.save_feedback,
        work.identifiers.random(),
        await _version(work),
        section.key,
        section.title,
        form.understood,
        form.words,
        work.now,
        staff.id,
        staff.name,
        staff.place,
    )
    if saved is not None:
        await note(work, staff, deeds.MANUAL_FEEDBACK_GIVEN)


async def note(work: UnitOfWork, staff: Staff, deed: Any) -> None:
    """Keep in the log, and in the list of one's own, that somebody said something of the manual, or answered it."""
    entry = work.keep(deed, actor=staff.actor, thing=Thing(kind=ThingKind.MANUAL, id=None, ward=staff.ward))
    await store.note_access(
        work.db, AccessNote(entry, staff.id, staff.name, staff.place, deed.code, "done", None, is_decision=True), work.now
    )


async def _version(work: UnitOfWork) -> int:
    """Return the version of this release's text; whoever reads it first keeps it."""
    number = await work.db.fetchval(SQL.version_of_text, book().hash)
    if number is None:
        await work.db.execute(SQL.keep_version, book().hash, work.now, book().written)
        number = await work.db.fetchval(SQL.version_of_text, book().hash)
    return int(number)


def _current(found: Read) -> Version:
    return next(each for each in found.versions if each.number == found.current)


def _chapter_of(section: str) -> str:
    return next((each.key for each in manual.chapters() if section in each.sections), "")


def _link(section: Section, chapter: Link) -> Link:
    return Link(f"{chapter.address}#{section.key}", section.title)


def _text(section: Section, mistake: Mistake | None) -> SectionText:
    sent = mistake.typed if mistake and mistake.typed.get("section") == section.key else {}
    wrong = dict(mistake.errors) if mistake and sent else {}
    fields = {name: wrong.get(name, "") for name in ("understood", "words")}
    return SectionText(section.key, section.title, html(section), fields, sent.get("understood", ""), sent.get("words", ""))


def _changed(found: Read, version: Version) -> tuple[Link, ...]:
    """Return what reads otherwise than in the version before; of the first, nothing."""
    before = next((each for each in found.versions if each.number == version.number - 1), None)
    if before is None:
        return ()
    return tuple(Link(manual.address_of(each.key), each.title) for each in version.book.changed_since(before.book))


def _version_link(version: Version, found: Read) -> Link:
    title = f"第{version.number}版（{dates.era_date(dates.local_day(version.shown_from))}から）"
    return Link(f"{manual.ADDRESS}?version={version.number}", title, version.number == found.current)


def _line(said: Feedback) -> FeedbackLine:
    became = BECAME_TITLES[said.became] if said.became else ""
    answered = f"{said.answered_by}、{dates.short_moment(said.answered_at)}" if said.answered_at else ""
    return FeedbackLine(
        Link(manual.address_of(said.section), said.title),
        f"{UNDERSTOOD_TITLES[said.understood]}（{dates.short_moment(said.said_at)}）",
        said.words,
        f"{became}：{said.answer}" if became else "",
        answered,
    )


def _feedback(row: Any) -> Feedback:
    return Feedback(
        section=row["section"],
        title=row["section_title"],
        understood=Understood(row["understood"]),
        words=row["words"],
        said_at=row["said_at"],
        became=Became(row["became"]) if row["became"] else None,
        answer=row["answer"] or "",
        answered_at=row["answered_at"],
        answered_by=row["answered_by_name"] or "",
    )


MANUAL = Screen(
    name="manual",
    address=manual.ADDRESS,
    right=Action.READ_MANUAL,
    deed=deeds.MANUAL_OPENED,
    read=read,
    page=Face(ManualQuestion, show),
    thing=lambda staff: Thing(kind=ThingKind.MANUAL, id=None, ward=staff.ward),
    menu=Menu("使い方", 10),
    acts=(
        Act(
            "feedback",
            Action.READ_MANUAL,
            deeds.MANUAL_OPENED,
            FeedbackForm,
            say,
            f"ありがとうございます。{LEADING}に届きました。返事は「使い方」のはじめに出ます。",
        ),
    ),
)
SCREENS = (MANUAL,)
