"""
Somebody looked at a person whom a measure protects (支援措置): where the address was shown always, the others by sample (audit.md §5).

Hamada 2018: the address of somebody who had fled was read out by telephone.
"""

from collections.abc import Iterable, Sequence
from hashlib import sha256

from services.audit.domain.findings.hits import Hit
from services.audit.domain.misuse.looks import Look, Period, grouped, hit
from services.audit.domain.misuse.rule import Reading, Rule
from services.audit.domain.misuse.thresholds import Thresholds


def judge(looks: Sequence[Look], period: Period, thresholds: Thresholds) -> Iterable[Hit]:
    """One finding for each pair of who looks and whom at, on a day. Which are in the sample, the entry's number decides."""
    seen = [look for look in looks if period.has(look.at) and "protected_person" in look.reasons]
    chosen = [look for look in seen if look.shows_address or _is_drawn(look.index, thresholds.protected_sample)]
    for (actor, thing, day), found in grouped(chosen, lambda look: (look.actor, look.thing_id, look.day)).items():
        shown = sum(look.shows_address for look in found)
        yield hit(RULE.code, f"{actor} {thing} {day}", found, of_child=True, addresses=shown)


def _is_drawn(index: int, one_in: int) -> bool:
    return int.from_bytes(sha256(str(index).encode()).digest()[:4], "big") % one_in == 0


RULE = Rule("protected_seen", Reading.MARKED, judge)
