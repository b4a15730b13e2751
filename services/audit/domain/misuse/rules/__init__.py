"""The rules, in the order of the table of audit.md §5. One more is one more module, and its words in `contracts.deeds.audit.MISUSE`."""

from services.audit.domain.misuse.rule import Rule
from services.audit.domain.misuse.rules import (
    attention_spike,
    break_glass,
    bulk_browsing,
    curiosity,
    denied_then_seen,
    dormant,
    namesake,
    no_relation,
    odd_hours,
    out_of_ward,
    protected,
    taken_away,
)

RULES: tuple[Rule, ...] = (
    out_of_ward.RULE,
    bulk_browsing.RULE,
    odd_hours.RULE,
    no_relation.RULE,
    namesake.RULE,
    curiosity.RULE,
    protected.RULE,
    attention_spike.RULE,
    break_glass.RULE,
    denied_then_seen.RULE,
    dormant.RULE,
    taken_away.RULE,
)
BY_CODE = {rule.code: rule for rule in RULES}
