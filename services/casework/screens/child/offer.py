"""What a child's page lets one do."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from services.casework import manual
from services.casework.moved import Errors
from services.casework.screens.child.disputes import FIELDS as ASK_FIELDS
from services.casework.screens.child.disputes import AskOffer
from services.casework.steps import Prompt


@dataclass(frozen=True, slots=True)
class MoveForm:
    """The form of a move."""

    key: str
    title: str
    aside: bool
    asked_for: bool
    prompt: Prompt

    @property
    def help(self) -> str:
        """Where the manual says how to fill it in."""
        return manual.address_of(self.key)


VISITED, CONFERRED = "visited", "conferred"
"""What is recorded of several children of the household at once (S12)."""
TOGETHER_DONE: Mapping[str, str] = {
    VISITED: "きょうだいと一緒に、訪問・連絡を記録しました。",
    CONFERRED: "きょうだいと一緒に、協議の結果を記録しました。",
}
PAPER_KIND, PAPER_PURPOSE, PAPER_CODE = "paper", "purpose", "code"
"""Fields of the form that puts a child on paper."""
_OF_NO_MOVE = frozenset({"reason", PAPER_KIND, PAPER_PURPOSE, PAPER_CODE, *ASK_FIELDS})


@dataclass(frozen=True, slots=True)
class PaperOffer:
    """
    The papers that the page may be put on, below its address, and what for.

    It `asks_code` where whoever prints shows once more who they are, to have on it where a protected child is.
    """

    address: str
    papers: tuple[tuple[str, str], ...]
    purposes: tuple[tuple[str, str], ...]
    asks_code: bool
    typed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class EmergencyBox:
    """The emergency in which the page is read: which, and until when."""

    id: UUID
    until: str


@dataclass(frozen=True, slots=True)
class Offer:
    """
    What the page lets one do: the forms of moves, opening the sensitive items; and what became of what was sent before.

    A form goes with the `version` of what the page shows, and with a `key` of its own: pressing twice does once.
    """

    forms: tuple[MoveForm, ...]
    opening_reasons: tuple[tuple[str, str], ...]
    version: str
    key: UUID
    done: tuple[str, str] | None
    errors: Errors
    sent: str = ""
    """The move whose form was not accepted; of no move, one for opening the sensitive items or for printing was."""
    paper: PaperOffer | None = None
    emergency: EmergencyBox | None = None
    names_holders: bool = False
    shows_files: bool = False
    ask: AskOffer | None = None
    together: tuple[tuple[str, str], ...] = ()
    """Where a visit or a conference is recorded that is one with siblings, and what that is called (S12)."""
    notes_answers: bool = False
    """Whether who looks may take note of what owners answered."""

    def place_of(self, field: str) -> str | None:
        """Return where on the page a field stands that something is wrong with: then it is said beside it, too."""
        if not self.sent:
            return field if field in _OF_NO_MOVE else None
        fields = (each.spec.name for form in self.forms if form.key == self.sent for each in form.prompt.fields)
        return f"{self.sent}-{field}" if field in fields else None

    def wrong(self, move: str, field: str) -> str | None:
        """Return what is wrong with a field of a move's form; of no move, with the reason for opening."""
        return dict(self.errors).get(field) if move == self.sent else None

    @property
    def next(self) -> tuple[MoveForm, ...]:
        """What is the next thing to do: first what somebody was asked for, then by the table of moves."""
        return tuple(sorted((form for form in self.forms if not form.aside), key=lambda form: not form.asked_for))

    @property
    def others(self) -> tuple[MoveForm, ...]:
        """What can be done besides."""
        return tuple(form for form in self.forms if form.aside)


NOTHING_OFFERED = Offer(forms=(), opening_reasons=(), version="", key=UUID(int=0), done=None, errors=())
"""On paper one can press nothing."""
