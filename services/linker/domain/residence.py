"""Where a person lived in the city and when, from all current statements of the resident register."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import assert_never

from contracts.quick import quick
from contracts.values import Ward
from services.linker.domain.statements import ChangeReason, Statement

_ENDING = (ChangeReason.MOVE_OUT, ChangeReason.DEATH)
_SILENT_ON_RESIDENCE = (ChangeReason.NAME_CHANGE, ChangeReason.HOUSEHOLD_CHANGE)


@quick(frozen=True, slots=True)
class Stay:
    """An uninterrupted time in one ward, half-open. Without `start` the register does not say since when; without `end` it lasts."""

    start: date | None
    end: date | None
    ward: Ward | None


@quick(frozen=True, slots=True)
class Sojourn:
    """A stay in the city with the statements about it, oldest first. Sojourns of one person never overlap."""

    start: date | None
    end: date | None
    statements: tuple[Statement, ...]


def sojourns(statements: Iterable[Statement]) -> tuple[Sojourn, ...]:
    """
    Return the stays in the city, in order.

    A stay is named by its `resident_from`; the latest statement about it says when it ends, so that a later statement without
    an end restores it (転出取消).
    """
    ordered = sorted(statements, key=lambda statement: statement.rank)
    told: dict[date | None, list[Statement]] = {}
    starts = sorted({start for statement in ordered if (start := _began(statement)) is not None})
    for statement in ordered:
        told.setdefault(_stay_of(statement, starts), []).append(statement)
    told = {start: _standing(about) for start, about in told.items()}
    in_order = sorted(told, key=lambda start: (start is not None, start or date.min))
    return tuple(_sojourns(in_order, told))


def residence(stays: Sequence[Sojourn]) -> tuple[Stay, ...]:
    """Return the stays by ward, in order. Two that touch in one ward are one."""
    parts: list[Stay] = []
    for sojourn in stays:
        for part in _by_ward(sojourn):
            if parts and parts[-1].end == part.start and part.start is not None and parts[-1].ward == part.ward:
                parts[-1] = replace(parts[-1], end=part.end)
            else:
                parts.append(part)
    return tuple(parts)


def moves(stays: Sequence[Sojourn], birth: date) -> tuple[date, ...]:
    """
    Return the days on which a person born on `birth` moved, in order: into the city, within it and out of it. Birth and death are none.

    A day counts once. The first address told of a stay is taken for the one since its beginning, as its ward is.
    """
    return tuple(sorted({day for stay in stays for day in (*_ends_of(stay, birth), *_moves_within(stay))}))


def _ends_of(stay: Sojourn, birth: date) -> Iterator[date]:
    if stay.start is not None and stay.start > birth:
        yield stay.start
    latest = next((statement for statement in reversed(stay.statements) if _speaks_of_residence(statement)), None)
    if stay.end is not None and (latest is None or latest.reason is not ChangeReason.DEATH):
        yield stay.end


def _moves_within(stay: Sojourn) -> Iterator[date]:
    address: str | None = None
    ward: Ward | None = None
    for position, statement in enumerate(stay.statements):
        elsewhere = _differs(address, statement.address_code) or _differs(ward, statement.ward)
        # A register that says no addresses still says that somebody moved.
        is_said = statement.reason is ChangeReason.MOVE_WITHIN and statement.address_code is None and position > 0
        if (elsewhere or is_said) and _is_within(statement.effective_on, stay):
            yield statement.effective_on
        address, ward = statement.address_code or address, statement.ward or ward


def _differs(before: str | None, now: str | None) -> bool:
    return before is not None and now is not None and before != now


def _is_within(day: date, stay: Sojourn) -> bool:
    return (stay.start is None or stay.start < day) and (stay.end is None or day < stay.end)


def _standing(about: Sequence[Statement]) -> list[Statement]:
    """
    Return the statements about one stay that later ones leave standing.

    What was recorded later wins over what it overlaps, also where that begins later: a cancellation beats the move that was announced
    before it (`domain.md` §2.8-9). A change of name alone cancels no move.
    """
    return [each for each in about if not any(_overrides(other, each) for other in about)]


def _overrides(later: Statement, earlier: Statement) -> bool:
    return (
        later.key != earlier.key
        and later.recorded_at > earlier.recorded_at
        and later.effective_on <= earlier.effective_on
        and later.reason not in _SILENT_ON_RESIDENCE
        and _speaks_of_residence(later)
    )


def _began(statement: Statement) -> date | None:
    # Birth and 転入 are what begins a stay, so their day is its beginning even where `resident_from` is left out.
    if statement.resident_from is not None:
        return statement.resident_from
    match statement.reason:
        case ChangeReason.BIRTH:
            return statement.birth_date
        case ChangeReason.MOVE_IN:
            return statement.effective_on
        case (
            None
            | ChangeReason.MOVE_WITHIN
            | ChangeReason.MOVE_OUT
            | ChangeReason.DEATH
            | ChangeReason.EX_OFFICIO
            | ChangeReason.NAME_CHANGE
            | ChangeReason.HOUSEHOLD_CHANGE
        ):
            return None
        case _:
            assert_never(statement.reason)


def _stay_of(statement: Statement, starts: Sequence[date]) -> date | None:
    began = _began(statement)
    if began is not None:
        return began
    return max((start for start in starts if start <= statement.effective_on), default=None)


def _sojourns(starts: Sequence[date | None], told: dict[date | None, list[Statement]]) -> Iterator[Sojourn]:
    for position, start in enumerate(starts):
        following = starts[position + 1] if position + 1 < len(starts) else None
        end = _earlier(_ended(told[start]), following)
        if start is None or end is None or start < end:
            yield Sojourn(start, end, tuple(told[start]))


def _ended(statements: Sequence[Statement]) -> date | None:
    latest = next((statement for statement in reversed(statements) if _speaks_of_residence(statement)), None)
    if latest is None or latest.resident_to is not None:
        return latest.resident_to if latest is not None else None
    return latest.effective_on if latest.reason in _ENDING else None


def _speaks_of_residence(statement: Statement) -> bool:
    # A change of name that leaves out all of these must not bring somebody back who has moved away.
    given = statement.resident_from or statement.resident_to or statement.ward
    return given is not None or statement.reason not in _SILENT_ON_RESIDENCE


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


def _by_ward(sojourn: Sojourn) -> Iterator[Stay]:
    ward: Ward | None = None
    since = sojourn.start
    for statement in sojourn.statements:
        if statement.ward is None or statement.ward is ward:
            continue
        # The first ward told of a stay is taken for the ward since its beginning: registers send no history before the first load.
        change = statement.effective_on if ward is not None else since
        if change is not None and sojourn.end is not None and change >= sojourn.end:
            break
        if change is not None and (since is None or since < change):
            yield Stay(since, change, ward)
            since = change
        ward = statement.ward
    yield Stay(since, sojourn.end, ward)
