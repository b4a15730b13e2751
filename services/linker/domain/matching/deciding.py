"""Decides about one record: who may be meant, how much speaks for each, and what the rules and the gate make of it."""

from collections.abc import Iterable
from math import inf

from services.linker.domain.matching import gate
from services.linker.domain.matching.comparing import compared
from services.linker.domain.matching.decisions import Candidate, Decision, Verdict
from services.linker.domain.matching.levels import Level
from services.linker.domain.matching.looking import worth_a_look
from services.linker.domain.matching.profiles import Profile, profile
from services.linker.domain.matching.repairing import repaired
from services.linker.domain.matching.rules import exact_rule
from services.linker.domain.matching.weighing import NOBODY as NO_GUARDIAN
from services.linker.domain.matching.weighing import Scale
from services.linker.domain.normalising import VERSION, Raw, normalised

BY_NUMBER = "R0 number, name and birth date"
NOBODY = "nobody of the register is alike"
NO_PATTERN = "no pattern of the gate holds"
NUMBER_OF_ANOTHER = "the number is another person's"
_MOST_SHOWN = 5


def weighed(record: Profile, people: Iterable[tuple[int, Profile]], scale: Scale) -> list[Candidate]:
    """Return everybody who may be meant, the likeliest first; of equals, in the order of the register."""
    found = [_candidate(record, row, person, scale) for row, person in people]
    return sorted(found, key=lambda candidate: (-candidate.weight, candidate.row))


def _candidate(record: Profile, row: int, person: Profile, scale: Scale) -> Candidate:
    levels = compared(record, person)
    return Candidate(row, person, levels, scale.weight(levels, person))


def read(raw: Raw) -> tuple[Profile, bool]:
    """Return what is compared of a record, and whether its values first had to be laid into their columns (`repairing.py`)."""
    normal = normalised(raw)
    anew = repaired(raw, normal)
    return profile(normalised(anew) if anew else normal), anew is not None


def decide(record: Profile, candidates: list[Candidate], scale: Scale, *, number_row: int | None = None, slipped: bool = False) -> Decision:
    """
    Decide about a record; `slipped` where its values had to be laid into their columns.

    `candidates` are `weighed`; `number_row` is the row of the person whose 宛名番号 the record carries, who is among the candidates.
    Numbers are reused and mistyped (`domain.md` §2.8-11): one is trusted only where name and birth date say the same.
    """
    if not candidates:
        return _decided(Verdict.NEW, NOBODY, (), None, [], scale)
    numbered = next((each for each in candidates if each.row == number_row), None)
    holds = numbered is not None and _number_holds(numbered)
    if numbered is not None and holds:
        beside = [each for each in candidates if each is not numbered]
        # A child whom the register holds twice has two numbers, and which of them holds a clerk decides.
        if not gate.twice_in_register(numbered, beside):
            return _decided(Verdict.AUTO, BY_NUMBER, (), numbered, beside, scale)
    best, *others = candidates
    # Few records need to know how common a guardian's name is.
    guardian = scale.guardian(record, best.person) if best.homes == 1 else NO_GUARDIAN
    field = gate.Field(record, best, others, guardian)
    rule = exact_rule(best) or ("" if slipped else gate.pattern(field))
    reasons = gate.doubts(field) if rule else ()
    if numbered is not None and not (holds and best is numbered) and not _is_a_guardian(record, best, numbered):
        reasons = (NUMBER_OF_ANOTHER, *reasons)
    if rule and not reasons:
        return _decided(Verdict.AUTO, rule, (), best, others, scale)
    return _not_linked(reasons, candidates, scale)


def _number_holds(candidate: Candidate) -> bool:
    return candidate.given_agrees and candidate.compared.birth in {Level.EQUAL, Level.NEAR, Level.PART}


def _is_a_guardian(record: Profile, best: Candidate, numbered: Candidate) -> bool:
    """Whether a number is the mother's or the father's: a common slip, which says nothing against the child."""
    elder = numbered.person
    at_home = elder.brings_up and bool(elder.household_no) and elder.household_no == best.person.household_no
    return at_home or bool(record.guardians & {elder.given, elder.given_kana})


def _not_linked(reasons: tuple[str, ...], candidates: list[Candidate], scale: Scale) -> Decision:
    shown = [each for each in candidates if worth_a_look(each)]
    if shown or NUMBER_OF_ANOTHER in reasons:
        first, *rest = shown or candidates
        why = reasons or (NO_PATTERN,)
        return _decided(Verdict.REVIEW, why[0], why, first, rest, scale)
    home = next((each for each in candidates if each.homes > 0), None)
    best, *others = candidates
    return _decided(Verdict.NEW, NOBODY, reasons, best, others, scale, lives_with=home)


def _decided(
    verdict: Verdict,
    rule: str,
    reasons: tuple[str, ...],
    best: Candidate | None,
    others: list[Candidate],
    scale: Scale,
    lives_with: Candidate | None = None,
) -> Decision:
    runner_up = others[0] if others else None
    return Decision(
        verdict=verdict,
        rule=rule,
        reasons=reasons,
        candidate=best,
        claims=scale.claims(best.compared, best.person) if best else (),
        runner_up=runner_up,
        margin=best.weight - runner_up.weight if best and runner_up else inf,
        shown=tuple([best, *others][:_MOST_SHOWN]) if best and verdict is Verdict.REVIEW else (),
        lives_with=lives_with,
        model_version=scale.model.version,
        normaliser_version=VERSION,
        gate_version=gate.VERSION,
    )
