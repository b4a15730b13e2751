"""
Learns the weights of a model from a register and records, without knowing who is who: expectation maximisation by Splink.

Blocks matter. A block on names and address learns the household instead of the person (a sibling agrees in all of it), so each field is
learned where the person is already certain by others: names by birth date and town, addresses by birth date and given name, birth dates by
given name and house (by name and town namesakes are learned, too).
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from splink.internals.exceptions import EMTrainingException

from services.linker.domain.matching.levels import Field, Level
from services.linker.domain.matching.profiles import Profile
from services.linker.domain.matching.register import Register
from services.linker.domain.matching.weighing import LEVELS, Model, Weight
from services.linker.evaluation import splinked
from services.linker.evaluation.refusals import LearnedTheHousehold, NothingToLearn

_BORN = "l.year = r.year and l.month = r.month and l.day = r.day"
BLOCKS = (
    f"{_BORN} and l.town = r.town",
    f"{_BORN} and l.given_kana = r.given_kana",
    "l.given_kana = r.given_kana and l.town = r.town and l.numbers = r.numbers",
)
MOST_OTHER_BIRTHS = 0.02
"""More records of one person than this never have quite another birth date: beyond it siblings or namesakes were learned as one."""


def trained(register: Register, records: Mapping[str, Profile], *, start: Model, version: str, pairs: float, seed: int) -> Model:
    """
    Return a model learned from files. What shows too rarely to be learned keeps its weight of `start`.

    `pairs` is how many random pairs u is estimated from. Raises `LearnedTheHousehold`, `NothingToLearn`.
    """
    if not records or not len(register):
        raise NothingToLearn("nothing to learn: there are no records, or nobody is in the register")
    linker = splinked.linker(register, records, model=None, blocks=list(BLOCKS))
    linker.training.estimate_u_using_random_sampling(max_pairs=pairs, seed=seed, min_count_per_level=None)
    try:
        for block in BLOCKS:
            linker.training.estimate_parameters_using_expectation_maximisation(block)
    except EMTrainingException as error:
        raise NothingToLearn(f"nothing to learn: no record and person are alike by {block}") from error
    weights = dict(_weights(linker.misc.save_model_to_json(), start))
    if weights[Field.BIRTH, Level.OTHER].m > MOST_OTHER_BIRTHS:
        raise LearnedTheHousehold(f"m of another birth date is {weights[Field.BIRTH, Level.OTHER].m:.3f}, more than {MOST_OTHER_BIRTHS}")
    return Model(version, weights)


def _weights(content: dict[str, Any], start: Model) -> Iterator[tuple[tuple[Field, Level], Weight]]:
    for comparison in content["comparisons"]:
        field = Field(comparison["output_column_name"])
        learned = {each["label_for_charts"]: each for each in comparison["comparison_levels"]}
        for level in LEVELS[field]:
            told, before = learned[level.value], start.weights[field, level]
            yield (
                (field, level),
                Weight(_share(told.get("m_probability"), before.m), _share(told.get("u_probability"), before.u), before.frequency),
            )


def _share(learned: float | None, before: float) -> float:
    """Splink names a level that it never saw with no number, or with one that is next to nothing."""
    return learned if learned is not None and learned > 1e-9 else before  # noqa: PLR2004 (a billionth)


def as_toml(model: Model, remark: str) -> str:
    """Return a model as the content of its file."""
    lines = [f"# {remark}", f"version = {json.dumps(model.version, ensure_ascii=False)}"]
    for field, levels in LEVELS.items():
        lines += ["", f"[{field}]"]
        lines += [_line(level, model.weights[field, level]) for level in levels]
    return "\n".join(lines) + "\n"


def _line(level: Level, weight: Weight) -> str:
    frequency = f', frequency = "{weight.frequency}"' if weight.frequency else ""
    return f"{level:9} = {{ m = {weight.m:.9g}, u = {weight.u:.9g}{frequency} }}"
