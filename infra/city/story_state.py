"""What a story can see of a child: asked of each service with that service's own login, through its `inspection`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from contracts.values import ServiceName
from infra.city.books import Books, ask
from infra.city.quiet import today
from infra.city.story_report import plain
from infra.clock import JST


@dataclass(frozen=True, slots=True)
class ChildState:
    """One person at the end of a step. Everything is empty if there is no such person."""

    person_id: UUID | None
    indicators: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Item to value, class, counted, valid_from, valid_to, known_at (a day in Japan), reason_code, evidence, detail."""
    review: Mapping[str, Any] = field(default_factory=dict)
    """state (none, open, suppressed), reasons (groups), since, basis_changed, needed."""
    case: Mapping[str, Any] | None = None
    """state and ward."""
    protected: bool = False
    siblings: frozenset[str] = frozenset()

    def as_json(self) -> dict[str, Any]:
        """Everything, ready for JSON."""
        return {
            "person_id": str(self.person_id) if self.person_id else None,
            "indicators": plain(self.indicators),
            "review": plain(self.review),
            "case": plain(self.case),
            "protected": self.protected,
            "siblings": plain(self.siblings),
        }


async def child_state(books: Books, number: str) -> ChildState:
    """What is known now of the person with a 宛名番号."""
    person_id = await ask(books, ServiceName.LINKER, "person_by_no", number)
    if person_id is None:
        return ChildState(None)
    answers = await ask(books, ServiceName.SCORER, "indicators", person_id)
    review = await ask(books, ServiceName.CASEWORK, "review_of", person_id)
    case = await ask(books, ServiceName.CASEWORK, "case_of", person_id)
    standing = await ask(books, ServiceName.CASEWORK, "standing_of", person_id, today(books))
    return ChildState(
        person_id=person_id,
        indicators={answer["item"]: _shown(answer) for answer in answers},
        review={
            "state": review["state"],
            "reasons": review["groups"],
            "since": review["opened_on"],
            "basis_changed": review["basis_changed"],
            "needed": review["needed"],
        },
        case={"state": case["state"], "ward": case["ward"]} if case else None,
        protected=standing["protected"],
        siblings=frozenset(standing["siblings"]),
    )


async def values_known(books: Books, person_id: UUID, day: date) -> dict[str, str]:
    """Item to value, as it was believed at the end of `day`."""
    answers = await ask(books, ServiceName.SCORER, "indicators_as_of", person_id, day)
    return {answer["item"]: answer["value"] for answer in answers}


async def values_on(books: Books, person_id: UUID, day: date) -> dict[str, str]:
    """Item to value for `day`, as known now."""
    found: dict[str, str] = await ask(books, ServiceName.SCORER, "indicators_on", person_id, day)
    return found


def _shown(answer: Mapping[str, Any]) -> dict[str, Any]:
    return {**answer, "known_at": answer["known_at"].astimezone(JST).date()}
