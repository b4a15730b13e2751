"""
Rulesets as data: which indicators together ask people to look at a child (`domain.md` §2.7).

A ruleset is a document (`document.py`). Those that come with the software are files of this folder; a city enters its own, which the
store keeps. One that was ever in use is not changed: a new one stands beside it.
"""

from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

from services.scorer.domain.rulesets.document import NotARuleset, read
from services.scorer.domain.rulesets.rule import Ruleset, Verdict, asks, groups_of, judge

__all__ = ["DOCUMENTS", "RULESETS", "SP_1", "SP_2", "SP_3", "NotARuleset", "Ruleset", "Verdict", "asks", "groups_of", "judge", "read"]


def _loaded(name: str, document: str) -> Ruleset:
    """The ruleset of a file in this folder. Raises ValueError, which names file and field."""
    file = f"services/scorer/domain/rulesets/{name}.toml"
    try:
        ruleset = read(document)
    except NotARuleset as error:
        raise ValueError(f"{file}: {error}") from error
    if ruleset.name != name:
        raise ValueError(f"{file}: name: must be the file's own, {name}")
    return ruleset


def _documents() -> Mapping[str, str]:
    folder: Traversable = files(__package__ or __name__)
    found = sorted((each for each in folder.iterdir() if each.name.endswith(".toml")), key=lambda each: each.name)
    return {each.name.removesuffix(".toml"): each.read_text(encoding="utf-8") for each in found}


DOCUMENTS: Mapping[str, str] = _documents()
"""The documents of the rulesets that come with the software, by name."""

RULESETS: Mapping[str, Ruleset] = {name: _loaded(name, document) for name, document in DOCUMENTS.items()}
"""The rulesets that come with the software, by name. Which is in use says the store; while nothing is approved, `programme.IN_USE`."""

SP_1 = RULESETS["SP-1"]
"""The ruleset of the first release: `domain.md` §2.7, as far as there were items."""

SP_2 = RULESETS["SP-2"]
"""The ruleset of `domain.md` §2.7 with the items of the city's list alone."""

SP_3 = RULESETS["SP-3"]
"""The whole ruleset of `domain.md` §2.7, which §8 calls SP-1: with the city's own items."""
