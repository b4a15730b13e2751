"""What one source calls a person. It says nothing of who that is (`judgements.py` does), and never leaves this service."""

from typing import NewType

SubjectId = NewType("SubjectId", str)

_ENTRY, _NUMBER, _PUPIL = "entry:", "number:", "pupil:"


def entry_subject(number: str) -> SubjectId:
    """Return the subject of the register's entries under a 宛名番号."""
    return SubjectId(_ENTRY + number)


def number_subject(number: str) -> SubjectId:
    """
    Return whom the other sources mean by a 宛名番号.

    Until somebody judges, that is whoever has the register's entry. The two are told apart because a number may go astray: `000100` of a
    school may be `100` of the register, while an entry `000100` that comes later is somebody else's (`domain.md` §2.8-11).
    """
    return SubjectId(_NUMBER + number)


def number_of(subject: SubjectId) -> str:
    """Return the 宛名番号 of a subject, or what a school calls the pupil."""
    return subject.partition(":")[2]


def is_entry(subject: SubjectId) -> bool:
    """Whether a subject has an entry of the register, or had one."""
    return subject.startswith(_ENTRY)


def bare(number: str) -> str:
    """Return a number without leading zeros: what numbers are never linked by, but put before people by."""
    return number.lstrip("0")


def pupil_subject(pupil: str) -> SubjectId:
    """Return whom a school's list calls a pupil. Until people say it, that is whom its number or the matcher says."""
    return SubjectId(_PUPIL + pupil)


def pupil_in(subject: SubjectId) -> str | None:
    """Return what a school calls the pupil that a subject is, if it is one."""
    return subject.removeprefix(_PUPIL) if subject.startswith(_PUPIL) else None
