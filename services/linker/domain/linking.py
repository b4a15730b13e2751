"""To whom a record belongs, and by which rule. The same records give the same links, in whatever order they came."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from contracts.catalogue import EVENT_TYPES, Linking
from contracts.ids import PersonId, PregnancyId
from contracts.kinds import EventKind
from services.linker.domain.lists import meant
from services.linker.domain.matches import Match
from services.linker.domain.pregnancy import Pregnancy, holds_postpartum_checkup, holds_prenatal_exam
from services.linker.domain.pupils import NOTHING_SAID, Pupil, Registered, SaidOfPupil, may_be
from services.linker.domain.records import Link, LinkState, PupilKey, Record, RecordKey, needed_day

BY_PERSON_NO = "person_no"
BY_DECISION = "number_decided"
BY_PREGNANCY_NO = "pregnancy_no"
BY_EXAM_WINDOW = "exam_window"
BY_PUPIL = "pupil"

NOT_REGISTERED = "person not in the register"
NOT_NOTIFIED = "pregnancy not notified"
SEVERAL_PREGNANCIES = "several pregnancies around the exam date"
OTHER_MOTHER = "names another mother than the pregnancy"
NUMBER_REUSED = "number belongs to somebody else"
NO_PERSON_NAMED = "names no person"
NUMBER_ALIKE = "number equal to another one but for leading zeros"
PREGNANCY_ALIKE = "pregnancy number equal to another one but for leading zeros"
NUMBER_GIVEN_UP = "number that the register gave up"
NO_RULE = "no linkage rule yet"
NO_PUPIL_NUMBER = "pupil without a number"
PUPIL_UNCERTAIN = "whom school, name and birth date mean is not certain"
PUPIL_TWICE = "two pupils of one list mean the same child"
PUPIL_UNKNOWN = "nobody of the register is like the pupil"
CHILD_ASTRAY = "lists a child whose number may be another one's"
NUMBER_OF_ANOTHER = "name or birth date is not that of the number's person"
NOT_ON_ROSTER = "pupil on no list of the school yet"
PUPIL_OPEN = "pupil linked to nobody yet"
PUPIL_DISPUTED = "whom the school's list means is not certain"

UNNOTIFIED = PersonId(UUID(int=1))
"""Stands for whoever was born of a pregnancy that nobody was notified of."""


@dataclass(frozen=True, slots=True)
class Known:
    """What linking may rest on: who is in the register, which records are disputed, which pregnancies there are."""

    registered: frozenset[PersonId]
    disputed: frozenset[RecordKey] = frozenset()
    pregnancies: Mapping[PregnancyId, Pregnancy] = field(default_factory=dict)
    alike: Mapping[PersonId, frozenset[PersonId]] = field(default_factory=dict)
    """Of numbers that are not in the register: who has one that is equal but for leading zeros."""
    given_up: Mapping[PersonId, frozenset[PersonId]] = field(default_factory=dict)
    """Of numbers that the register gave up: who may be the same person under another one."""
    mothers_alike: Mapping[PregnancyId, frozenset[PersonId]] = field(default_factory=dict)
    """Of pregnancies that nobody notified: the mothers of those whose numbers are equal but for leading zeros."""
    entries: Mapping[PersonId, Registered] = field(default_factory=dict)
    """What the register says of those whom the schools' lists of pupils name."""
    pupils: Mapping[PupilKey, Pupil] = field(default_factory=dict)
    """Whom those lists say that the pupils are."""
    matches: Mapping[RecordKey, Match] = field(default_factory=dict)
    """Whom the rows of those lists mean that name no number, as the matcher decided."""
    care: Mapping[RecordKey, frozenset[PersonId]] = field(default_factory=dict)
    """Whom records list as children in their person's care."""
    said: Mapping[PupilKey, SaidOfPupil] = field(default_factory=dict)
    """What people said of the pupils."""
    decided: frozenset[str] = frozenset()
    """The numbers of which people decided whom they mean."""

    def of_mother(self, mother: PersonId) -> list[Pregnancy]:
        """Return the pregnancies of a mother."""
        return [each for each in self.pregnancies.values() if each.mother_id == mother]


def decide(record: Record, known: Known) -> Link:
    """Return what becomes of a record."""
    if not record.stands:
        return Link(LinkState.VOID)
    rule = _RULES.get(record.key.event_type)
    return rule(record, known) if rule is not None else _review(NO_RULE)


def concerned(record: Record, link: Link, known: Known) -> frozenset[PersonId | None]:
    """
    Return whom a record may concern that is held and linked to nobody: None stands for anybody (`domain.md` §2.8-2).

    A record of a person who is not in the register yet concerns nobody of whom anything is concluded; it is linked with their entry.
    An exam of a pregnancy that nobody was notified of may be of any such pregnancy.
    A list of children in care may concern all of them, and whoever their numbers may mean.
    """
    if record.key in known.care:
        return _concerned_by_list(record, known) if link.is_held_up else frozenset()
    return _concerned_by_itself(record, link, known)


def _concerned_by_list(record: Record, known: Known) -> frozenset[PersonId | None]:
    listed = known.care[record.key]
    named = [who for who in (record.subject_id, *listed) if who is not None]
    return listed.union(*(each.get(who, ()) for each in (known.alike, known.given_up) for who in named))


def _concerned_by_itself(record: Record, link: Link, known: Known) -> frozenset[PersonId | None]:
    about_pregnancy = known.pregnancies.get(record.pregnancy_id) if record.pregnancy_id is not None else None
    if link.state is LinkState.WAITING and link.reason == NOT_NOTIFIED:
        children = about_pregnancy.children if about_pregnancy is not None else ()
        return frozenset(children) or frozenset({UNNOTIFIED} if record.key.event_type == EventKind.PRENATAL_EXAM_RECORDED else ())
    if link.state is not LinkState.REVIEW or link.reason in (NO_RULE, NUMBER_REUSED, NO_PUPIL_NUMBER):
        return frozenset()
    if link.reason in (PUPIL_UNCERTAIN, PUPIL_TWICE, PUPIL_DISPUTED):
        return _may_be_pupil(record, link, known)
    if link.reason == PREGNANCY_ALIKE and record.pregnancy_id is not None:
        return known.mothers_alike[record.pregnancy_id]
    if link.reason in (NUMBER_ALIKE, NUMBER_GIVEN_UP):
        person = record.subject_id or (about_pregnancy.mother_id if about_pregnancy is not None else None)
        return frozenset().union(*(each.get(person, ()) for each in (known.alike, known.given_up) if person is not None))
    named = {record.subject_id, about_pregnancy.mother_id if about_pregnancy is not None else None} - {None}
    return frozenset(named) or frozenset({None})


def _may_be_pupil(record: Record, link: Link, known: Known) -> frozenset[PersonId]:
    pupil = known.pupils.get(record.pupil, Pupil()) if record.pupil is not None else Pupil()
    named = meant(record, known.matches)
    return named | pupil.linked | pupil.may_be if link.reason == PUPIL_DISPUTED else named


def _resident(record: Record, known: Known) -> Link:
    return _review(NUMBER_REUSED) if record.key in known.disputed else _linked(BY_PERSON_NO, record.subject_id)


def _protection(record: Record, _: Known) -> Link:
    # Never waits: who is not in the register yet must be protected when they appear.
    return _linked(BY_PERSON_NO, record.subject_id)


def _own_number(record: Record, known: Known) -> Link:
    if record.subject_id is None:
        return _review(NO_PERSON_NAMED)
    return (
        _linked(_by_number(record, known), record.subject_id)
        if record.subject_id in known.registered
        else _not_registered(record.subject_id, known)
    )


def _of_care(record: Record, known: Known) -> Link:
    link = _own_number(record, known)
    # A list is told as a whole or not at all: half of it would say of the others that they are in nobody's care.
    doubted = link.state is LinkState.LINKED and any(_is_doubtful(child, known) for child in known.care.get(record.key, ()))
    return _review(CHILD_ASTRAY) if doubted else link


def _is_doubtful(person: PersonId, known: Known) -> bool:
    return person not in known.registered and (bool(known.alike.get(person)) or person in known.given_up)


def _of_pregnancy(record: Record, known: Known) -> Link:
    if record.pregnancy_id is None:
        return _by_window(record, known)
    pregnancy = known.pregnancies.get(record.pregnancy_id)
    mother = pregnancy.mother_id if pregnancy is not None else None
    if mother is not None and record.subject_id not in (None, mother):
        return _review(OTHER_MOTHER)
    person = record.subject_id or mother
    if person is None:
        return _review(PREGNANCY_ALIKE) if known.mothers_alike.get(record.pregnancy_id) else _waiting(NOT_NOTIFIED)
    if person not in known.registered:
        return _not_registered(person, known)
    return _linked(_by_number(record, known) if record.subject_id is not None else BY_PREGNANCY_NO, person, record.pregnancy_id)


def _by_window(record: Record, known: Known) -> Link:
    if record.subject_id is None:
        return _review(NO_PERSON_NAMED)
    if record.subject_id not in known.registered:
        return _not_registered(record.subject_id, known)
    candidates = _around(record, known.of_mother(record.subject_id))
    if not candidates:
        # An exam is a fact about the mother, with a pregnancy or without: what is held must not look absent (domain.md §2.8-2, §2.8-5).
        return _linked(_by_number(record, known), record.subject_id)
    if len(candidates) > 1:
        return _review(SEVERAL_PREGNANCIES)
    return _linked(BY_EXAM_WINDOW, record.subject_id, candidates[0].pregnancy_id)


def _of_pupil(record: Record, known: Known) -> Link:
    if record.key.event_type == EventKind.PUPIL_REGISTERED:
        return _on_roster(record, known)
    pupil = known.pupils.get(record.pupil) if record.pupil is not None else None
    named = pupil.linked | pupil.may_be if pupil is not None else frozenset()
    if len(named | ({record.subject_id} - {None})) > 1 or (pupil is not None and pupil.may_be):
        return _review(PUPIL_DISPUTED)
    if record.subject_id is not None:
        return _own_number(record, known)
    if record.pupil is None:
        return _review(NO_PERSON_NAMED)
    if pupil is None:
        return _waiting(NOT_ON_ROSTER)
    return _linked(BY_PUPIL, next(iter(pupil.linked))) if pupil.linked else _waiting(PUPIL_OPEN)


def _on_roster(record: Record, known: Known) -> Link:
    if record.subject_id is None:
        return _matched(known.matches.get(record.key), known)
    said = known.said.get(record.pupil, NOTHING_SAID) if record.pupil is not None else NOTHING_SAID
    if said.person_id is not None:
        return _matched(Match(BY_DECISION, said.person_id), known)
    if record.subject_id in said.apart:
        # Who has the number is not the pupil: nobody else is meant by it.
        return _waiting(PUPIL_UNKNOWN)
    entry = known.entries.get(record.subject_id)
    if entry is not None and record.data is not None and not may_be(record.data, entry):
        return _review(NUMBER_OF_ANOTHER)
    return _own_number(record, known)


def _matched(match: Match | None, known: Known) -> Link:
    """What becomes of a row that names no number. One by which nobody can be looked for is people's."""
    if match is None:
        return _review(NO_PUPIL_NUMBER)
    if match.rule == BY_DECISION and match.person_id not in known.registered:
        return _waiting(NOT_REGISTERED)
    if match.rule is not None:
        return _linked(match.rule, match.person_id)
    if match.named_twice:
        return _review(PUPIL_TWICE)
    return _review(PUPIL_UNCERTAIN) if match.may_be else _waiting(PUPIL_UNKNOWN)


def _not_registered(person: PersonId, known: Known) -> Link:
    # Numbers are never compared by guess: who it may be is for people to say, and until then nothing is concluded for whom it may concern.
    if known.alike.get(person):
        return _review(NUMBER_ALIKE)
    return _review(NUMBER_GIVEN_UP) if person in known.given_up else _waiting(NOT_REGISTERED)


def _by_number(record: Record, known: Known) -> str:
    return BY_DECISION if record.subject_no in known.decided else BY_PERSON_NO


def _around(record: Record, pregnancies: Iterable[Pregnancy]) -> list[Pregnancy]:
    on = needed_day(record.data or {}, "exam_date")
    holds: Callable[[Pregnancy, date], bool] = (
        holds_prenatal_exam if record.key.event_type == EventKind.PRENATAL_EXAM_RECORDED else holds_postpartum_checkup
    )
    return [each for each in pregnancies if holds(each, on)]


def _linked(rule: str, person: PersonId | None, pregnancy: PregnancyId | None = None) -> Link:
    if person is None:
        return _review(NO_PERSON_NAMED)
    return Link(LinkState.LINKED, rule=rule, person_id=person, pregnancy_id=pregnancy)


def _waiting(reason: str) -> Link:
    return Link(LinkState.WAITING, reason=reason)


def _review(reason: str) -> Link:
    return Link(LinkState.REVIEW, reason=reason)


_RULE_OF: Mapping[Linking, Callable[[Record, Known], Link]] = {
    Linking.REGISTER_ENTRY: _resident,
    Linking.PROTECTION: _protection,
    Linking.PERSON_NO: _own_number,
    Linking.PREGNANCY_NO: _of_pregnancy,
    Linking.CARE_LIST: _of_care,
    Linking.MATCH: _of_pupil,
}
"""The rule of each way of linking. `open` has none yet."""

_RULES: Mapping[str, Callable[[Record, Known], Link]] = {
    each.type.value: _RULE_OF[each.link] for each in EVENT_TYPES if each.link in _RULE_OF
}
"""The rule of each event type, by what the catalogue says of how it is linked. Records of types without one are kept for people to see."""
