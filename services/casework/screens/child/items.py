"""What a child's page says of its items. Each line is in the log by the item that it names: what is not said is not there."""

from dataclasses import dataclass, replace
from typing import Annotated

from contracts.values import IndicatorValue, Source
from infra.pages import dates
from services.casework.domain import wording
from services.casework.domain.review import Change, Reason, changes
from services.casework.domain.wording import sensitive_kind
from services.casework.screens.child.doubts import in_doubt
from services.casework.screens.child.rows import Child
from services.casework.sheets import LINES, PLAIN, Says, Sheet

HIDDEN_ITEMS = "hidden_items"
"""What the log calls a sensitive item that is not named: one counts it, no more."""


@dataclass(frozen=True, slots=True)
class ReasonLine(Sheet):
    """A reason to look."""

    named_by = "item"
    item: str
    title: str
    recorded: str
    on: str
    known: str
    fresh: str
    source: str
    doubt: str
    """That somebody called its record wrong, and how that stands."""


@dataclass(frozen=True, slots=True)
class Fact(Sheet):
    """Something known or not known that is no reason to look."""

    named_by = "item"
    item: str
    title: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class ChangeLine(Sheet):
    """A reason that came or went."""

    named_by = "item"
    item: str
    on: str
    text: str


@dataclass(frozen=True, slots=True)
class Items(Sheet):
    """
    All that a page says of a child's items. `names_sensitive` is whether a sensitive one is among them, named or counted.

    `all_known` and `all_fresh` say of all reasons what would stand in each line. `not_clear` is what every page says of context that is not
    known, whether or not sensitive items are opened.
    """

    reasons: Annotated[tuple[ReasonLine, ...], LINES]
    all_known: Annotated[str, PLAIN]
    all_fresh: Annotated[str, PLAIN]
    not_clear: Annotated[tuple[str, ...], Says("support_unknown")]
    context: Annotated[tuple[Fact, ...], LINES]
    reassuring: Annotated[tuple[Fact, ...], LINES]
    unknown: Annotated[tuple[Fact, ...], LINES]
    history: Annotated[tuple[Fact, ...], LINES]
    changes: Annotated[tuple[ChangeLine, ...], LINES]
    names_sensitive: Annotated[bool, PLAIN]


def items_of(child: Child, *, shows_sensitive: bool) -> Items:
    """Sort the items of the newest word by what they are to people."""
    shown = [reason for reason in child.latest.reasons if shows_sensitive or sensitive_kind(reason.item) is None]
    said = {
        "reasons": [reason for reason in shown if reason.holds],
        "context": [reason for reason in shown if reason.stands and not reason.holds],
        "reassuring": [reason for reason in shown if wording.reassures(reason)],
        "unknown": [reason for reason in shown if reason.value is IndicatorValue.UNKNOWN and reason.counted],
        "history": [reason for reason in shown if reason.value is IndicatorValue.TRUE and not reason.counted],
    }
    changed = tuple(changes(child.words))
    named = [reason.item for reasons in said.values() for reason in reasons] + [change.item for change in changed]
    doubts = in_doubt(child.disputes, child.latest)
    lines = tuple(_reason(reason, doubts.get(reason.item, "")) for reason in said["reasons"])
    all_known, all_fresh = _alike({line.known for line in lines}), _alike({line.fresh for line in lines})
    return Items(
        reasons=tuple(replace(line, known="" if all_known else line.known, fresh="" if all_fresh else line.fresh) for line in lines),
        all_known=all_known,
        all_fresh=all_fresh,
        not_clear=wording.notices(child.latest.reasons),
        context=tuple(map(_fact, said["context"])),
        reassuring=tuple(map(_fact, said["reassuring"])),
        unknown=tuple(map(_fact, said["unknown"])),
        history=tuple(map(_fact, said["history"])),
        changes=tuple(_change(change, shows_sensitive=shows_sensitive) for change in changed),
        names_sensitive=any(sensitive_kind(item) is not None for item in named),
    )


def counted(child: Child, *, shows_sensitive: bool) -> tuple[str, ...]:
    """Return how many sensitive items hold, by kind, where they are not named."""
    return () if shows_sensitive else wording.sensitive_lines(child.latest.reasons, dates.era_date)


def opening_shows_more(child: Child) -> bool:
    """Whether there is a sensitive item that the page would show once it is opened."""
    return items_of(child, shows_sensitive=True).names_sensitive


def _alike(said: set[str]) -> str:
    """Return what all lines say, if they do."""
    return said.pop() if len(said) == 1 else ""


def _reason(reason: Reason, doubt: str) -> ReasonLine:
    return ReasonLine(
        item=reason.item,
        title=wording.title_of(reason),
        recorded=wording.explain(reason, dates.era_date),
        on=_day(reason),
        known=f"{dates.era_date(dates.local_day(reason.known_at))}に判明",
        fresh=f"{dates.era_date(reason.fresh_through)}までの記録がそろっている" if reason.fresh_through else "",
        source=_source(reason.source) or "もとの課",
        doubt=doubt,
    )


def _fact(reason: Reason) -> Fact:
    return Fact(reason.item, wording.title_of(reason), wording.explain(reason, dates.era_date), _source(reason.source))


def _change(change: Change, *, shows_sensitive: bool) -> ChangeLine:
    kind = sensitive_kind(change.item)
    on = dates.era_date(change.on)
    if kind is None or shows_sensitive:
        return ChangeLine(change.item, on, wording.change_text(change, dates.era_date))
    return ChangeLine(HIDDEN_ITEMS, on, f"{kind}の項目に変化があった（理由を選んで開くと表示します）")


def _day(reason: Reason) -> str:
    happened = wording.happened_on(reason)
    if happened:
        return dates.era_date(happened)
    return f"{dates.era_date(reason.valid_from)}から" if reason.valid_from else "いつからかの記録なし"


def _source(source: Source) -> str:
    return wording.SOURCES.get(source, "")
