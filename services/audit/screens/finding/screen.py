"""One finding: on what it rests, what was done with it, and what may be done next. Each move is an entry of the log."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from unicodedata import category

from contracts.deeds import audit as deeds
from infra.looking import Refused
from infra.screens.seeing import Act, Done, Form, Mistake, Result, Said
from infra.work import UnitOfWork
from services.audit import findings, words_of_findings
from services.audit.domain import wording
from services.audit.domain.findings.moves import REASONS, TO, WORDS_LONGEST, Handler, Move, NotAllowed, offered, why_not
from services.audit.domain.permission import READERS
from services.audit.findings import DEEDS, Moving, Opened
from services.audit.screens.findings.screen import told
from services.audit.seeing import Asking, Screen

CONFLICT = 409
NO_SUCH = Refused("no_such_finding", hidden=True)
NO_REASON = "理由を選んでください。"
NO_WORDS = "何を確かめたかを書いてください。"
LONG = f"{WORDS_LONGEST:,}文字までで書いてください。"
NOT_TEXT = "読めない文字が入っています。書き直してください。"
MOVED_SINCE = "画面を開いたあとに、ほかの人が扱いました。いまの内容を確かめてください。"


class MoveForm(Form):
    """Why, in a code and in words, and how many steps there were when the page was opened."""

    reason: str = ""
    words: str = ""
    step: str = ""


async def read(work: UnitOfWork, asking: Asking[Any]) -> Opened | None:
    """Read the one that the address names."""
    key = asking.id_named("finding")
    return None if key is None else await findings.opened(work.db, key, asking.desk.keys)


def show(found: Opened, asking: Asking[Any]) -> Said:
    """Say it on a page."""
    it, known = found.finding, asking.desk.known
    handler = _handler(asking)
    refusals = {why_not(move, handler, found.standing) for move in Move} & {NotAllowed.ABOUT_THEMSELF, NotAllowed.OWN_OFFICE}
    parts = {
        "key": str(it.id),
        "title": words_of_findings.KINDS.get(it.kind, it.kind),
        "about": words_of_findings.about_of(it, known),
        "actor": it.actor,
        "thing": it.thing_id,
        "found_at": it.found_at,
        "first_at": it.first_at,
        "last_at": it.last_at,
        "episode": it.episode,
        "figures": words_of_findings.figures_of(it),
        "todo": words_of_findings.WHAT_TO_DO.get(it.kind, ""),
        "state": words_of_findings.STATES[found.standing.state],
        "steps": [_step(step, known) for step in found.steps],
        "step": len(found.steps),
        "entries": [sign.index for sign in found.signs if sign.index is not None],
        "others": [sign.name for sign in found.signs if sign.index is None],
        "signs_total": found.signs_total,
        "offers": [(move.value, words_of_findings.MOVES[move], list(REASONS[move].items())) for move in offered(handler, found.standing)],
        "not_theirs": next((words_of_findings.NOT_ALLOWED[each] for each in refusals if each is not None), ""),
        "longest": WORDS_LONGEST,
    }
    return Said(parts, fields=("finding", "steps", "words") if any(step.words for step in found.steps) else ("finding", "steps"))


def as_json(found: Opened, asking: Asking[Any]) -> Mapping[str, Any]:
    """One finding: the entries on which it rests, what was done with it, and what whoever asks may do next."""
    return told(found.finding) | {
        "state": found.standing.state.value,
        "entries": [sign.index for sign in found.signs if sign.index is not None],
        "signs_total": found.signs_total,
        "steps": [
            {
                "step": it.number,
                "state": it.state.value,
                "at": it.at.isoformat(),
                "by": str(it.staff_id),
                "reason": it.reason_code,
                "words": it.words,
            }
            for it in found.steps
        ],
        "may": [move.value for move in offered(_handler(asking), found.standing)],
    }


def _step(step: findings.Step, known: Mapping[Any, Any]) -> dict[str, Any]:
    person = known.get(step.staff_id)
    return {
        "at": step.at,
        "state": words_of_findings.STATES[step.state],
        "by": person.label() if person is not None else wording.role_of(step.role),
        "reason": words_of_findings.reason_of(step),
        "words": words_of_findings.written(step),
        "is_genuine": step.is_genuine,
    }


async def do(move: Move, work: UnitOfWork, asking: Asking[Any], form: MoveForm) -> Result:
    """Make a move: on what was seen, by whom it may be made."""
    if errors := _errors(move, form):
        return Mistake(errors)
    await findings.hold(work.db)
    found = await read(work, asking)
    if found is None:
        return NO_SUCH
    if form.step != str(len(found.steps)):
        return Done() if _is_theirs(found, move, asking, form) else Mistake({"": MOVED_SINCE}, CONFLICT)
    refused = why_not(move, _handler(asking), found.standing)
    if refused is NotAllowed.NOT_FROM_HERE:
        return Mistake({"": words_of_findings.NOT_ALLOWED[refused]}, CONFLICT)
    if refused is not None:
        return Refused(refused.value)
    await findings.move(work, found, Moving(move, asking.staff.actor, form.reason, form.words, asking.origin), asking.desk.keys)
    return Done()


def _is_theirs(found: Opened, move: Move, asking: Asking[Any], form: MoveForm) -> bool:
    """Whether the same person sent the same before: a form that was sent twice is done once."""
    last = found.steps[-1] if found.steps else None
    if last is None or form.step != str(len(found.steps) - 1):
        return False
    same = (last.staff_id, last.reason_code, last.words) == (asking.staff.id, form.reason, form.words)
    return same and last.state is TO[move]


def _errors(move: Move, form: MoveForm) -> dict[str, str]:
    errors = {} if form.reason in REASONS[move] else {f"{move}-reason": NO_REASON}
    if not form.words:
        errors[f"{move}-words"] = NO_WORDS
    elif len(form.words) > WORDS_LONGEST:
        errors[f"{move}-words"] = LONG
    elif any(category(each) in {"Cc", "Cs"} and each not in "\r\n\t" for each in form.words):
        errors[f"{move}-words"] = NOT_TEXT
    return errors


def _handler(asking: Asking[Any]) -> Handler:
    return Handler(asking.staff.id, asking.staff.roles)


SCREENS = (
    Screen(
        name="finding",
        address="/findings/{finding}",
        deed=deeds.FINDING_OPENED,
        read=read,
        show=show,
        thing=lambda asking: findings.thing_of(asking.id_named("finding")),
        under="findings",
        acts=tuple(Act(it.value, DEEDS[it], MoveForm, partial(do, it), words_of_findings.DONE[it], READERS) for it in Move),
        json=as_json,
    ),
)
