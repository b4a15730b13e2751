"""One extract: what stands in it, the decision, and the file and the report that whoever asked takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from contracts.deeds import audit as deeds
from contracts.deeds.deed import Deed, ThingKind
from contracts.messages import Thing
from infra.looking import About, Beside, Decision, Granted, Refused
from infra.screens.seeing import Act, Done, File, Form, Mistake, Result, Said
from infra.work import UnitOfWork
from services.audit import extracting, sheet, words_of_extracts
from services.audit.domain.extracts import Kind, NotAllowed, Of, State, state_of, why_not_decide, why_not_take
from services.audit.domain.permission import READERS
from services.audit.extracting import Extract
from services.audit.seeing import Asking, Screen
from services.audit.views import Row

CONFLICT = 409
NO_SUCH = Refused("no_such_extract", hidden=True)
DECIDED = "ほかの人が先に決裁しました。"
NOT_SEALED = "記録簿の封印がまだ届いていません。少し待って、もう一度お試しください。"


class DecideForm(Form):
    """Nothing is filled in."""


@dataclass(frozen=True, slots=True)
class Content:
    """An extract and its entries; `file` is what is taken, where it is."""

    extract: Extract
    rows: Sequence[Row]
    file: bytes | None = None


async def read(work: UnitOfWork, asking: Asking[Any]) -> Content | None:
    """Read the one that the address names."""
    key = asking.id_named("extract")
    found = await extracting.one(work.db, key) if key is not None else None
    return None if found is None else Content(found, await extracting.entries_in(work.db, found.asked))


async def read_file(work: UnitOfWork, asking: Asking[Any]) -> Content | None:
    """Make the file of it, where that may be taken."""
    content = await read(work, asking)
    if content is None or isinstance(may_take(content, asking), Refused):
        return content
    asked = content.extract.asked
    report = words_of_extracts.csv_of(content.rows) if asked.kind is Kind.DISCLOSURE else sheet.csv_of(content.rows, asking.desk.known)
    try:
        made = await extracting.bundle(work.db, content.extract, content.rows, report, asking.desk.signer, work.now)
    except extracting.NotSealed:
        return content
    return Content(content.extract, content.rows, made)


def may_take(content: Content, asking: Asking[Any]) -> Decision:
    """Decide whether whoever asks may take it."""
    why = why_not_take(content.extract.asked, content.extract.decided, asking.staff.id, asking.now)
    return Granted() if why is None else Refused(why.value)


def show(content: Content, asking: Asking[Any]) -> Said:
    """Say it on a page."""
    asked, decided, known = content.extract.asked, content.extract.decided, asking.desk.known
    state = state_of(decided, asking.now)
    why_not = why_not_decide(asked, decided, asking.staff.id)
    takes = why_not_take(asked, decided, asking.staff.id, asking.now)
    told = NotAllowed.TOO_LATE if takes is NotAllowed.TOO_LATE else why_not
    parts = {
        "key": str(asked.id),
        "kind": words_of_extracts.KINDS[asked.kind],
        "subject": words_of_extracts.subject_of(asked, known),
        "period": words_of_extracts.period_of(asked),
        "reason": words_of_extracts.WHY[asked.reason_code],
        "asked_by": words_of_extracts.who(asked.asked_by, asked.asked_role, known),
        "asked_at": asked.asked_at,
        "decided_by": words_of_extracts.who(decided.staff_id, decided.role, known) if decided is not None else "",
        "decided_at": decided.at if decided is not None else None,
        "withheld": asked.withheld,
        "why_withheld": words_of_extracts.WHY_WITHHELD.get(asked.why_withheld or "", ""),
        "size": asked.size,
        "state": words_of_extracts.STATES[state],
        "decides": why_not is None,
        "takes": takes is None,
        "told": words_of_extracts.NOT_ALLOWED[told] if told is not None and (state is State.ASKED or takes is told) else "",
        "headings": words_of_extracts.HEADINGS,
        "rows": list(zip([row.index for row in content.rows], words_of_extracts.report_rows(content.rows), strict=True)),
    }
    return Said(parts, (), len(content.rows), _beside(content, asking, deeds.EXTRACT_OF_OPENED))


def report(content: Content, asking: Asking[Any]) -> Said:
    """Say on paper what a person is told who asks who looked at them."""
    said = show(content, asking)
    fields = ("disclosure_report",)
    return Said(said.parts, fields, said.count, _beside(content, asking, deeds.EXTRACT_OF_TAKEN, fields))


def file(content: Content, asking: Asking[Any]) -> File | Said:
    """Hand out the file; where the log cannot prove all of it yet, say so."""
    if content.file is None:
        said = show(content, asking)
        return Said({**said.parts, "told": NOT_SEALED}, (), said.count, said.beside)
    name, fields = f"extract-{content.extract.asked.id}.zip", ("signed_file",)
    return File(name, "application/zip", content.file, fields, len(content.rows), _beside(content, asking, deeds.EXTRACT_OF_TAKEN, fields))


def _beside(content: Content, asking: Asking[Any], deed: Deed, fields: tuple[str, ...] = ()) -> tuple[Beside, ...]:
    """An entry at whom it is about: who looks for what was done to them finds it."""
    asked = content.extract.asked
    kind = ThingKind.AUDITED_THING if asked.of_kind is Of.THING else ThingKind.STAFF
    about = About(asking.staff.actor, Thing(kind=kind, id=asked.of_id), asking.origin)
    return (Beside(deed, about, fields, Granted()),)


async def decide(approved: bool, work: UnitOfWork, asking: Asking[Any], _form: DecideForm) -> Result:
    """Decide, as somebody else than who asked."""
    key = asking.id_named("extract")
    found = await extracting.one(work.db, key) if key is not None else None
    if found is None:
        return NO_SUCH
    why_not = why_not_decide(found.asked, found.decided, asking.staff.id)
    if why_not is NotAllowed.DECIDED_ALREADY:
        return Mistake({"": DECIDED}, CONFLICT)
    if why_not is not None:
        return Refused(why_not.value)
    done = await extracting.decide(work, found, approved=approved, actor=asking.staff.actor, origin=asking.origin)
    return Done() if done else Mistake({"": DECIDED}, CONFLICT)


def _screen(name: str, under: str, deed: Any, **more: Any) -> Screen[Any]:
    return Screen(
        name=name,
        folder=more.pop("folder", "signed_extract"),
        address=f"/extracts/{{extract}}{under}",
        deed=deed,
        thing=lambda asking: extracting.thing_of(asking.id_named("extract")),
        under="extracts",
        **more,
    )


SCREENS = (
    _screen(
        "signed_extract",
        "",
        deeds.EXTRACT_OPENED,
        read=read,
        show=show,
        acts=(
            Act("approve", deeds.EXTRACT_APPROVED, DecideForm, partial(decide, True), "承認しました。", READERS),
            Act("decline", deeds.EXTRACT_DECLINED, DecideForm, partial(decide, False), "認めないことにしました。", READERS),
        ),
    ),
    _screen("extract_report", "/report", deeds.EXTRACT_TAKEN, read=read, show=report, may=may_take, folder="extract_report"),
    _screen("extract_file", "/file", deeds.EXTRACT_TAKEN, read=read_file, show=file, may=may_take),
)
