"""Somebody was refused a look, and saw the same soon afterwards (audit.md §5)."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from services.audit.domain.findings.hits import Hit, of_entry
from services.audit.domain.misuse.looks import Look, Period, grouped, hit
from services.audit.domain.misuse.rule import Reading, Rule
from services.audit.domain.misuse.thresholds import Thresholds


def judge(looks: Sequence[Look], period: Period, _thresholds: Thresholds) -> Iterable[Hit]:
    """One finding for each pair of who looks and whom at, on a day: with the refusals. An emergency has a rule of its own."""
    found_in_time = [look for look in looks if period.has(look.at) and look.refused is not None and "emergency" not in look.reasons]
    for (actor, thing, day), found in grouped(found_in_time, lambda look: (look.actor, look.thing_id, look.day)).items():
        told = hit(RULE.code, f"{actor} {thing} {day}", found, of_child=True, refusals=len({look.refused for look in found}))
        refusals = [of_entry(look.refused) for look in found if look.refused is not None]
        yield replace(told, signs=(*refusals, *told.signs))


RULE = Rule("denied_then_seen", Reading.DENIED_THEN, judge)
