"""What was found and waits for people, those that wait the longest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.deeds import audit as deeds
from infra.screens.seeing import Question, Said
from infra.work import UnitOfWork
from services.audit import findings, words_of_findings
from services.audit.domain.filters import LONGEST_TEXT, is_id
from services.audit.domain.findings.moves import State
from services.audit.findings import WAITING, Asked, Line
from services.audit.seeing import Asking, Screen

SHOWN = 200
ALL = "all"
STANDS = {WAITING: "確かめ終えていないもの", **{state.value: words for state, words in words_of_findings.STATES.items()}, ALL: "すべて"}


class Filters(Question):
    """Which are asked for: `state` is one of a finding's, `waiting` (all that is not closed) or `all`; `actor` a login, a name or an id."""

    state: str = WAITING
    kind: str = ""
    actor: str = ""
    thing: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What was found of what was asked for, what was wrong with the question, and how many stand where."""

    lines: Sequence[Line]
    wrong: Mapping[str, str]
    counts: Mapping[State, int]


async def read(work: UnitOfWork, asking: Asking[Filters]) -> Content:
    """Read those that were asked for: nothing where the question cannot be understood."""
    asked, wrong = _asked(asking)
    lines = await findings.listed(work.db, asked) if asked is not None else []
    return Content(lines, wrong, await findings.counts(work.db))


def show(content: Content, asking: Asking[Filters]) -> Said:
    """Say it on a page."""
    question, shown = asking.question, content.lines[:SHOWN]
    parts = {
        "lines": [line_of(line, asking) for line in shown],
        "is_cut": len(content.lines) > SHOWN,
        "wrong": content.wrong,
        "typed": question,
        "stands": list(STANDS.items()),
        "kinds": list(words_of_findings.KINDS.items()),
        "staff_list": asking.desk.staff,
        "counts": [(state.value, words, content.counts.get(state, 0)) for state, words in words_of_findings.STATES.items()],
    }
    return Said(parts, count=len(shown))


def as_json(content: Content, _asking: Asking[Filters]) -> Mapping[str, Any]:
    """Findings by state, kind, actor and thing, those that wait the longest first; `errors` names what cannot be understood."""
    found = [told(line.finding) | {"state": line.state.value} for line in content.lines[:SHOWN]]
    return {"findings": found, "is_cut": len(content.lines) > SHOWN, "errors": dict(content.wrong)}


def told(finding: findings.Finding) -> dict[str, Any]:
    """A finding for programs."""
    return {
        "id": str(finding.id),
        "kind": finding.kind,
        "about": finding.about,
        "found_at": finding.found_at.isoformat(),
        "actor": None if finding.actor is None else str(finding.actor),
        "thing": finding.thing_id,
        "figures": dict(finding.figures),
    }


def line_of(line: Line, asking: Asking[Any]) -> dict[str, Any]:
    """A line of the list."""
    it = line.finding
    return {
        "id": str(it.id),
        "title": words_of_findings.KINDS.get(it.kind, it.kind),
        "about": words_of_findings.about_of(it, asking.desk.known),
        "thing": it.thing_id,
        "found_at": it.found_at,
        "state": words_of_findings.STATES[line.state],
        "is_open": line.state in {State.OPEN, State.ESCALATED},
        "since": line.moved_at or it.found_at,
        "figures": "、".join(f"{name} {value}" for name, value in words_of_findings.figures_of(it)),
    }


def _asked(asking: Asking[Filters]) -> tuple[Asked | None, dict[str, str]]:
    it, wrong = asking.question, {}
    if it.state not in STANDS:
        wrong["state"] = "選べる段階ではありません。"
    if it.kind and it.kind not in words_of_findings.KINDS:
        wrong["kind"] = "選べる種類ではありません。"
    actor = _actor(it.actor.strip(), asking)
    if it.actor.strip() and actor is None:
        wrong["actor"] = "この名前やログイン名の職員は、ひとりに決まりません。候補から選ぶか、IDを入れてください。"
    if "\0" in it.thing or len(it.thing) > LONGEST_TEXT:
        wrong["thing"] = f"{LONGEST_TEXT}文字までで入れてください。"
    if wrong:
        return None, wrong
    state = None if it.state == ALL else it.state
    return Asked(state, it.kind or None, actor, it.thing.strip() or None, SHOWN + 1), {}


def _actor(typed: str, asking: Asking[Any]) -> Any:
    if is_id(typed):
        return typed
    plain = "".join(typed.split())
    meant = [each for each in asking.desk.staff if each.login == typed or "".join(each.name.split()) == plain]
    return meant[0].id if len(meant) == 1 else None


SCREENS = (
    Screen(
        name="findings",
        address="/findings",
        deed=deeds.FINDINGS_LISTED,
        read=read,
        show=show,
        question=Filters,
        json=as_json,
    ),
)
