"""
Reads the result of an external analysis (MASK-04): of which masked dataset it is, which thresholds it found, and on what grounds.

A document (TOML) without a rule of its own: it becomes a proposal by the ruleset that it begins with. What is wrong is told at once, each
field by its name.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.deeds.deed import RULESET
from services.scorer.domain.rulesets.document import LONGEST, NotARuleset
from services.scorer.domain.rulesets.mistakes import Mistake, Wrong
from services.scorer.domain.rulesets.rule import Setting
from services.scorer.domain.rulesets.tuning import read_settings

GROUNDS_MOST = 1_800
"""Characters: of which dataset it is follows them in the ruleset's history."""
KEYS = ("dataset", "begin", "grounds", "parameters")
"""What a result says; `begin` may be missing: then it begins with the ruleset in use."""


@dataclass(frozen=True, slots=True)
class Result:
    """What an analysis found: `settings` are what a ruleset is to set otherwise."""

    dataset: UUID
    begin: str | None
    grounds: str
    settings: Mapping[str, Setting]


def is_result(text: str) -> bool:
    """Whether a document means to be a result: it names a dataset, and no items."""
    try:
        content = tomllib.loads(text) if len(text) <= LONGEST else {}
    except (ValueError, RecursionError):
        return False
    return "dataset" in content and "items" not in content


def read_result(text: str) -> Result:
    """Return the result that a document says. Raises NotARuleset with everything that is wrong."""
    try:
        content = tomllib.loads(text) if len(text) <= LONGEST else {}
    except (ValueError, RecursionError) as error:
        raise NotARuleset([Mistake("(document)", Wrong.NOT_TOML, str(error))]) from error
    told = content.get("parameters")
    settings, wrong = read_settings(told) if isinstance(told, Mapping) else ({}, [])
    mistakes = [*_mistakes(content), *wrong]
    if mistakes:
        raise NotARuleset(mistakes)
    return Result(UUID(content["dataset"]), content.get("begin"), content["grounds"].strip(), settings)


def _mistakes(content: Mapping[str, Any]) -> Iterator[Mistake]:
    yield from (Mistake(key, Wrong.MISSING, "") for key in KEYS if key not in content and key != "begin")
    yield from (Mistake(key, Wrong.NOT_IN_A_RESULT, "") for key in sorted(content.keys() - set(KEYS)))
    if "dataset" in content and not _is_id(content["dataset"]):
        yield Mistake("dataset", Wrong.NO_SUCH_DATASET, "")
    begin = content.get("begin", "SP-1")
    if not isinstance(begin, str) or RULESET.fullmatch(begin) is None:
        yield Mistake("begin", Wrong.NOT_A_NAME, "")
    grounds = content.get("grounds", "-")
    if not isinstance(grounds, str) or not grounds.strip() or "\x00" in grounds:
        yield Mistake("grounds", Wrong.NOT_A_TEXT, "")
    elif len(grounds) > GROUNDS_MOST:
        yield Mistake("grounds", Wrong.TOO_LONG, str(GROUNDS_MOST))
    if "parameters" in content and not isinstance(content["parameters"], Mapping):
        yield Mistake("parameters", Wrong.NOT_A_TABLE, "")
    elif content.get("parameters") == {}:
        yield Mistake("parameters", Wrong.NOTHING_SET, "")


def _is_id(value: object) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False
