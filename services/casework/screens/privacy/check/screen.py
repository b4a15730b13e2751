"""
The privacy check of every year (PRIV-02): evidence as it was found, findings with an owner and a day, two signatures.

Nothing here is about a child: what is counted names nobody, and no word may.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from contracts.deeds import privacy as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.messages import Thing
from contracts.values import Role
from contracts.words import CONTACT, LEADING
from infra.identity.staff import Staff
from infra.pages import dates
from infra.work import UnitOfWork
from services.casework.domain.calendar import fiscal_year_of
from services.casework.domain.policy import Action
from services.casework.domain.privacy_check import (
    BY_HAND,
    CHECKS,
    Found,
    NotSigned,
    Seat,
    why_not_signed,
)
from services.casework.fields import ahead
from services.casework.screens.privacy.check import forms, store
from services.casework.screens.privacy.check.said import CheckLine, FindingLine, finding_line, label, line, overdue, signed
from services.casework.screens.privacy.check.store import Written
from services.casework.screens.privacy.check.store import Year as Kept
from services.casework.screens.privacy.tabs import UNDER, tabs_of
from services.casework.screens.programme.keeping import CHANGED_MEANWHILE, Sent, another, keep, not_taken, sent, tells, typed, uuid_or
from services.casework.screens.programme.tabs import Tab
from services.casework.seeing import Act, ActForm, Asking, Done, Face, Handed, Mistake, Question, Screen
from services.casework.sheets import PLAIN, Says, Sheet

ADDRESS = "/check"
SIGNED = "この年度の点検には、もう署名があります。根拠を集め直すことはできません。"
NOT_SIGNED = {
    NotSigned.NO_EVIDENCE: "まだ根拠を集めていません。",
    NotSigned.NOT_LOOKED_UP: "まだ確かめていない項目があります。",
    NotSigned.NO_FINDING: "問題のある項目に、直すことが書かれていません。",
    NotSigned.SIGNED: "この立場の署名は、もうあります。",
    NotSigned.OTHER_RUN: "画面を開いたあとに、根拠が集め直されました。新しい内容を確かめて、署名してください。",
}
MORE_THAN_ALL = "問題のある数が、確かめた数より多くなっています。"
NOT_BY_HAND = "この項目は、システムが数えます。"


class CheckQuestion(Question):
    """Of which year; without one, this year's."""

    year: forms.Year | None = None


@dataclass(frozen=True, slots=True)
class CheckSheet(Sheet):
    """The check of a year, on a page and on paper."""

    year: Annotated[int, PLAIN]
    title: Annotated[str, PLAIN]
    number: Annotated[str, PLAIN]
    years: Annotated[tuple[tuple[int, str], ...], PLAIN]
    run: Annotated[int, PLAIN]
    gathered: Annotated[str, PLAIN]
    lines: Annotated[tuple[CheckLine, ...], Says("privacy_check")]
    findings: Annotated[tuple[FindingLine, ...], Says("privacy_check")]
    signatures: Annotated[tuple[tuple[str, str, str], ...], PLAIN]
    may_gather: Annotated[bool, PLAIN]
    why_not: Annotated[str, PLAIN]
    overdue: Annotated[str, PLAIN]
    items: Annotated[tuple[tuple[str, str], ...], PLAIN]
    key: Annotated[UUID, PLAIN]
    sent: Annotated[Sent, PLAIN]
    done: Annotated[str, PLAIN]
    tabs: Annotated[tuple[Tab, ...], PLAIN]
    printed: Annotated[str, PLAIN]
    owner: Annotated[str, PLAIN] = f"{LEADING}{f'（{CONTACT}）' if CONTACT else ''}"

    def file_name(self) -> str:
        """Return its number."""
        return f"{self.number}.pdf"


@dataclass(frozen=True, slots=True)
class Content:
    """What is kept of the year that is looked at, and which years there are; `key` is for a form."""

    kept: Kept
    years: tuple[int, ...]
    key: UUID
    at: datetime


async def read(work: UnitOfWork, asking: Asking[Any]) -> Content:
    """Read the check of the year that was asked for; after a form that was not accepted, of that form's."""
    of_form = asking.mistake.typed.get("year", "") if asking.mistake else ""
    typed_year = int(of_form) if of_form.isascii() and of_form.isdigit() and 2000 <= int(of_form) <= 2100 else None  # noqa: PLR2004 -- as the form
    year = getattr(asking.question, "year", None) or typed_year or fiscal_year_of(work.today)
    return Content(await store.year_of(work.db, year), await store.years(work.db), work.identifiers.random(), work.now)


def show(content: Content, asking: Asking[Any]) -> CheckSheet:
    """Say it on a page, or on paper."""
    by_item = asking.mistake is not None and asking.mistake.act == "look_up"
    kept, mistake = content.kept, sent(asking.mistake, "item" if by_item else "finding")
    run, now = kept.run, fiscal_year_of(asking.today)
    why_not = why_not_signed(run, kept.findings, kept.signatures, _seat(asking.staff), run.number if run else 0)
    return CheckSheet(
        year=kept.year,
        title=f"{label(kept.year)}　個人情報の取扱いの点検",
        number=f"A-{kept.year}",
        years=tuple((year, label(year)) for year in sorted({*content.years, kept.year, now, now - 1}, reverse=True)),
        run=run.number if run else 0,
        gathered=f"{dates.moment(run.at)}　{run.by_name}（{run.number}回目）" if run else "",
        lines=tuple(line(check, kept) for check in CHECKS),
        findings=tuple(finding_line(each, asking.today) for each in kept.findings),
        signatures=tuple(signed(kept.signatures, seat) for seat in Seat),
        may_gather=not kept.signatures and kept.year <= now,
        why_not=NOT_SIGNED[why_not] if why_not else "",
        overdue=overdue(kept, asking.today),
        items=tuple((check.item.value, check.title) for check in CHECKS),
        key=uuid_or(mistake.typed.get("key", ""), content.key),
        sent=mistake,
        done=CHECK.said(asking.done),
        tabs=tabs_of(asking.staff),
        printed=dates.moment(content.at),
    )


def _seat(staff: Staff) -> Seat:
    return Seat.COORDINATOR if Role.COORDINATOR in staff.roles else Seat.PRIVACY_OFFICER


def _to(year: int) -> Done:
    return Done(f"{ADDRESS}?year={year}")


async def _kept(work: UnitOfWork, staff: Staff, year: int, why: str) -> Done:
    await keep(work, staff, deeds.CHECK_CHANGED, ThingKind.PRIVACY_CHECK, str(year), why)
    return _to(year)


async def gather(work: UnitOfWork, asking: Asking[Any], form: forms.GatherForm) -> Done | Mistake:
    """Gather the evidence of a year, as it is now."""
    if form.year > fiscal_year_of(asking.today):
        return not_taken("gather", form, "year", "これからの年度の点検はできません。")
    await store.alone(work.db)
    if (await store.year_of(work.db, form.year)).signatures:
        return not_taken("gather", form, "year", SIGNED, 409)
    if not await store.gather(work, asking.staff, asking.register, form.year):
        return not_taken("gather", form, "year", CHANGED_MEANWHILE, 409)
    return await _kept(work, asking.staff, form.year, "check_gathered")


async def look_up(work: UnitOfWork, asking: Asking[Any], form: forms.LookUpForm) -> Done | Mistake:
    """Keep what somebody looked up elsewhere."""
    if form.item not in BY_HAND:
        return not_taken("look_up", form, "item", NOT_BY_HAND)
    if form.amiss > form.looked_at:
        return not_taken("look_up", form, "amiss", MORE_THAN_ALL)
    if (told := await tells(work, asking.staff, "look_up", form, "words")) is not None:
        return told
    await store.alone(work.db)
    if (await store.year_of(work.db, form.year)).signatures:
        return not_taken("look_up", form, "item", SIGNED, 409)
    found = Found(form.item, form.looked_at, form.amiss, form.words)
    if not await store.look_up(work, asking.staff, form.year, form.run, found):
        return not_taken("look_up", form, "item", CHANGED_MEANWHILE, 409)
    return await _kept(work, asking.staff, form.year, "check_looked_up")


async def find(work: UnitOfWork, asking: Asking[Any], form: forms.FindForm) -> Done | Mistake:
    """Keep what is to be mended. Pressed twice, it is one."""
    if wrong := tuple(ahead("due_on", form.due_on, asking.today, "期限")):
        return Mistake(wrong, typed=typed(form), act="find")
    if (told := await tells(work, asking.staff, "find", form, "title", "owner")) is not None:
        return told
    written = Written(form.key, 1, form.year, form.item, form.title, form.owner, form.due_on)
    if not await store.write(work, asking.staff, written):
        return _to(form.year) if await store.was_written(work.db, written) else another(work, "find", form, "key")
    return await _kept(work, asking.staff, form.year, "check_found")


async def settle(work: UnitOfWork, asking: Asking[Any], form: forms.SettleForm) -> Done | Mistake:
    """Say what came of a finding; it can be opened again."""
    if (told := await tells(work, asking.staff, "settle", form, "words")) is not None:
        return told
    kept = await store.year_of(work.db, form.year)
    stands = next((each for each in kept.findings if each.id == form.finding), None)
    if stands is None or stands.version != form.version or stands.state is form.state:
        return not_taken("settle", form, "state", CHANGED_MEANWHILE, 409)
    told_of = (form.year, stands.item, stands.title, stands.owner, stands.due_on)
    if not await store.write(work, asking.staff, Written(form.finding, form.version + 1, *told_of, form.state, form.words)):
        return not_taken("settle", form, "state", CHANGED_MEANWHILE, 409)
    return await _kept(work, asking.staff, form.year, f"check_{form.state}")


async def sign(work: UnitOfWork, asking: Asking[Any], form: forms.SignForm) -> Done | Mistake:
    """Keep somebody's signature under the run that they saw."""
    await store.alone(work.db)
    kept, seat = await store.year_of(work.db, form.year), _seat(asking.staff)
    why_not = why_not_signed(kept.run, kept.findings, kept.signatures, seat, form.run)
    if why_not is not None:
        return not_taken("sign", form, "words", NOT_SIGNED[why_not], 409)
    if (told := await tells(work, asking.staff, "sign", form, "words")) is not None:
        return told
    if not await store.sign(work, asking.staff, form.year, form.run, seat, form.words):
        return not_taken("sign", form, "words", NOT_SIGNED[NotSigned.SIGNED], 409)
    return await _kept(work, asking.staff, form.year, f"check_signed_{seat}")


def _act(name: str, form: type[ActForm], do: Any, done: str) -> Act[Any]:
    return Act(name, Action.CHECK_PRIVACY, deeds.CHECK_OPENED, form, do, done)


def _thing(_staff: Staff) -> Thing:
    return Thing(kind=ThingKind.PRIVACY_CHECK, id=None)


def _screen(name: str, folder: str, address: str, deed: Deed, handed: Handed, acts: tuple[Act[Any], ...] = ()) -> Screen[Content]:
    return Screen(
        name=name,
        folder=folder,
        address=address,
        right=Action.CHECK_PRIVACY,
        deed=deed,
        read=read,
        page=Face(CheckQuestion, show),
        thing=_thing,
        under=UNDER,
        handed=handed,
        acts=acts,
    )


CHECK = _screen(
    "privacy_check",
    "privacy/check",
    ADDRESS,
    deeds.CHECK_OPENED,
    Handed.PAGE,
    (
        _act("gather", forms.GatherForm, gather, "根拠を集めました。内容を確かめてください。"),
        _act("look_up", forms.LookUpForm, look_up, "確かめた結果を記録しました。"),
        _act("find", forms.FindForm, find, "直すことを記録しました。"),
        _act("settle", forms.SettleForm, settle, "どうなったかを記録しました。"),
        _act("sign", forms.SignForm, sign, "署名しました。"),
    ),
)
SCREENS = (CHECK, _screen("privacy_check_paper", "privacy/check_paper", f"{ADDRESS}/paper", deeds.CHECK_PRINTED, Handed.PAPER))
