"""What a child's page lets one do."""

from dataclasses import dataclass
from uuid import UUID

from services.casework.moving import Errors
from services.casework.steps import Prompt


@dataclass(frozen=True, slots=True)
class MoveForm:
    """The form of a move."""

    key: str
    title: str
    aside: bool
    asked_for: bool
    prompt: Prompt


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
    """The move whose form was not accepted; of no move, the reason for opening the sensitive items was."""

    def place_of(self, field: str) -> str | None:
        """Return where on the page a field stands that something is wrong with: then it is said beside it, too."""
        if not self.sent:
            return field if field == "reason" else None
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
