"""What is asked of the list: a view, by what it is narrowed, and a page of it; and what of that somebody keeps under a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Literal
from urllib.parse import urlencode
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from contracts.ids import StaffId
from contracts.values import Group
from infra.identity.staff import Staff
from services.casework.domain.filtering import GROUPS, Age, Narrowed, Owner, born_between
from services.casework.filters import Saved
from services.casework.screens.reviews.rows import Tab
from services.casework.seeing import Question

_ID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
MarkText = Annotated[str, Field(pattern=rf"^({_ID}\.[0-9]{{1,9}})?$")]
"""A child and the version of its review, e.g. 5b0e….3: ids and numbers alone may stand in an address."""
OwnerText = Annotated[str, Field(pattern=f"^(|mine|nobody|{_ID})$")]
SavedText = Annotated[str, Field(pattern=f"^({_ID})?$")]


class Conditions(BaseModel):
    """A view of the list, and by what it is narrowed. Kept under a name as it is sent, and read again by the same model."""

    model_config = ConfigDict(frozen=True)
    tab: Tab = Tab.NOT_STARTED
    owner: OwnerText = ""
    age: Age | Literal[""] = ""
    group: Group | Literal[""] = ""

    @field_validator("group")
    @classmethod
    def _tells_nothing_sensitive(cls, value: Group | Literal[""]) -> Group | Literal[""]:
        if value and value not in GROUPS:
            raise ValueError("the list is narrowed by no group of reasons that may be sensitive")
        return value

    @property
    def is_narrow(self) -> bool:
        """Whether anything of the view is left out."""
        return bool(self.owner or self.age or self.group)

    def query(self) -> str:
        """Return by what it is narrowed as it stands in an address, behind the view."""
        given = {"owner": self.owner, "age": self.age, "group": self.group}
        return "".join(f"&{urlencode({name: value})}" for name, value in given.items() if value)

    def narrowed(self, staff: Staff, today: date) -> Narrowed:
        """Return what is left of the list for whoever asks."""
        first, before = born_between(self.age, today) if self.age else (None, None)
        return Narrowed(
            owner=staff.id if self.owner == Owner.MINE else StaffId(UUID(self.owner)) if len(self.owner) > len(Owner.NOBODY) else None,
            nobodys=self.owner == Owner.NOBODY,
            group=self.group or None,
            born_from=first,
            born_before=before,
        )


class ListQuestion(Question, Conditions):
    """Which view, narrowed by what, or by what is kept under a name; and which page: the one after a mark, or the one before it."""

    saved: SavedText = ""
    after: MarkText = ""
    before: MarkText = ""


class ListQuestionOfProgram(ListQuestion):
    """The same, of everything if nothing else is said."""

    tab: Tab = Tab.ALL


@dataclass(frozen=True, slots=True)
class Used:
    """By what the list is narrowed; what is kept under names; which of that was asked for, or that it is `unusable` by now."""

    conditions: Conditions
    saved: tuple[Saved, ...]
    current: UUID | None = None
    unusable: bool = False


def conditions_of(saved: Mapping[str, Any]) -> Conditions | None:
    """Return what was kept, or None where it does not say anything any more: views and groups of reasons come and go with releases."""
    try:
        return Conditions.model_validate(dict(saved))
    except ValidationError:
        return None


def used(asked: ListQuestion, saved: tuple[Saved, ...]) -> Used:
    """Return by what the list is narrowed that is asked for."""
    if not asked.saved:
        return Used(asked, saved)
    found = next((each for each in saved if str(each.id) == asked.saved), None)
    conditions = conditions_of(found.conditions) if found is not None else None
    if found is None or conditions is None:
        return Used(Conditions(tab=asked.tab), saved, unusable=True)
    return Used(conditions, saved, found.id)
