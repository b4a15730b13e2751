"""What the matcher decided of a row of a school's list, as it is kept: for the links, and for whoever asks why."""

from contracts.ids import PersonId
from contracts.quick import quick
from services.linker.domain.matching.decisions import Verdict
from services.linker.domain.pupils import SaidOfPupil

BY_SCHOOL = "school_and_claims"
BY_CLAIMS = "claims"


@quick(frozen=True, slots=True)
class Claimed:
    """What one field says of a candidate: never a value."""

    field: str
    level: str
    bits: float
    detail: str = ""


@quick(frozen=True, slots=True)
class Shown:
    """Whom a row may mean, and why."""

    person_id: PersonId
    weight: float
    claims: tuple[Claimed, ...]


@quick(frozen=True, slots=True)
class Match:
    """What the links of a pupil rest on: whom the list's row means, or whom it may mean."""

    rule: str | None = None
    person_id: PersonId | None = None
    may_be: frozenset[PersonId] = frozenset()
    named_twice: bool = False
    """Whether people look only because another pupil of the list is that child, too."""


def heeding(match: Match, said: SaidOfPupil, rule: str) -> Match:
    """Return what a row means by what people said, which outranks the machine: linked by `rule` to whom they named, and to nobody else."""
    if said.person_id is not None:
        return Match(rule, said.person_id)
    if match.person_id in said.apart:
        return Match()
    return Match(match.rule, match.person_id, match.may_be - said.apart)


@quick(frozen=True, slots=True)
class Matched:
    """
    A decision of the machine with all that it rests on.

    `candidates` are the likeliest first: of a link and of nobody the first two, else whom people are shown. `margin` are the bits between
    the likeliest and the `runner_up`, whoever that is; both are None where there is nobody else.
    """

    verdict: Verdict
    rule: str
    reasons: tuple[str, ...]
    candidates: tuple[Shown, ...]
    runner_up: PersonId | None
    margin: float | None
    model: str
    normaliser: str
    gate: str

    @property
    def match(self) -> Match:
        """What follows for the links."""
        people = [each.person_id for each in self.candidates]
        match self.verdict:
            case Verdict.AUTO:
                return Match(self.rule if self.rule == BY_SCHOOL else BY_CLAIMS, people[0])
            case Verdict.REVIEW:
                return Match(None, None, frozenset(people))
            case Verdict.NEW:
                return Match()
