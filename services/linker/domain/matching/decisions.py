"""What is decided about a record, with all that it rests on."""

from dataclasses import field
from enum import StrEnum

from contracts.quick import quick
from services.linker.domain.matching.levels import Claim, Compared
from services.linker.domain.matching.profiles import Profile


class Verdict(StrEnum):
    """What becomes of a record."""

    AUTO = "auto"
    """It is about this person."""
    REVIEW = "review"
    """People look: it may be, and nothing in it decides."""
    NEW = "new"
    """It is about nobody of the register."""


@quick(frozen=True, slots=True)
class Candidate:
    """A person who may be meant, and how the record agrees with them."""

    row: int
    person: Profile
    compared: Compared
    weight: float
    """In bits (`weighing.Scale.weight`)."""

    @property
    def homes(self) -> int:
        """How many signs there are that the record comes from this person's home: address, guardian, household."""
        return self.compared.homes

    @property
    def family_agrees(self) -> bool:
        """Whether the family name is this person's, now or before."""
        return self.compared.family.agrees

    @property
    def given_agrees(self) -> bool:
        """Whether the given name is this person's, as written or as read."""
        return self.compared.given.agrees

    @property
    def given_is_sure(self) -> bool:
        """Whether nothing in the given name speaks against it: of two children of a family, one may have the signs and one the reading."""
        return self.compared.given.is_sure


@quick(frozen=True, slots=True)
class Decision:
    """A verdict. Whoever stores it adds who decided, when, and what it supersedes."""

    verdict: Verdict
    rule: str
    """The exact rule or the pattern of the gate that linked it; why people look, or why it is somebody new."""
    reasons: tuple[str, ...]
    """All that spoke against a link by machine; empty where it was linked."""
    candidate: Candidate | None
    claims: tuple[Claim, ...]
    runner_up: Candidate | None
    margin: float
    """Bits between the candidate and the runner-up; infinite where there is none."""
    shown: tuple[Candidate, ...] = field(default=())
    """Whom people are shown, the likeliest first."""
    lives_with: Candidate | None = None
    """Whose home the record comes from, where it is somebody else: evidence of a household, never a link to a person."""
    model_version: str = ""
    normaliser_version: str = ""
    gate_version: str = ""
