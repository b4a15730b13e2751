"""Which refused or parked events a page is asked for: the fields of its address, or of a form, as a selection."""

from collections.abc import Collection
from datetime import date
from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from pydantic import Field

from contracts.values import Source
from services.ingest.domain.ledger import Outcome
from services.ingest.quarantine import Selection
from services.ingest.seeing import Form, Question

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_]{0,64}$")]
DayText = Annotated[str, Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]


class Choice(Question):
    """Codes and days alone stand in an address. What is empty chooses everything."""

    source: Code = ""
    outcome: Annotated[str, Field(pattern=r"^(refused|parked)?$")] = ""
    code: Code = ""
    reason: Code = ""
    first: DayText = ""
    last: DayText = ""
    after: Annotated[str, Field(pattern=r"^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?$")] = ""

    @property
    def mark(self) -> UUID | None:
        """The event after which the page begins."""
        return UUID(self.after) if self.after else None


class ChoiceForm(Form):
    """The same, sent by a form with the ticket for which something is done."""

    source: str = ""
    code: str = ""
    reason: str = ""
    first: str = ""
    last: str = ""
    ticket: str = ""


def source_in(choice: Choice | ChoiceForm) -> Source | None:
    """The source that is asked for; None where all are, or there is none of that name."""
    return Source(choice.source) if choice.source in set(Source) else None


def selection(choice: Choice | ChoiceForm, sources: Collection[Source], outcome: str = "") -> Selection:
    """Return what is chosen, of the sources that somebody may see."""
    meant = [source for source in Source if source in sources and choice.source in {"", source.value}]
    return Selection(
        tuple(meant),
        Outcome(outcome) if outcome else None,
        choice.code or None,
        choice.reason or None,
        _day(choice.first),
        _day(choice.last),
    )


def address(path: str, choice: Choice | ChoiceForm, **other: str) -> str:
    """Return the address of a page with the same choice; `other` are fields that differ."""
    fields = {name: getattr(choice, name) for name in ("source", "outcome", "code", "reason", "first", "last") if hasattr(choice, name)}
    told = {name: value for name, value in (fields | other).items() if value}
    return f"{path}?{urlencode(told)}" if told else path


def is_ticket(text: str) -> bool:
    """Whether a text may be kept as why something is done: a number or a code, never a sentence, which may name a person."""
    return 0 < len(text) <= 64 and text.isascii() and text.replace("-", "").replace("_", "").isalnum()  # noqa: PLR2004 -- a code's length


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        # A day that is none chooses everything: the page shows which day it took.
        return None
