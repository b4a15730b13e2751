"""Splink on FEBRL with its own ready-made comparisons, beside ours in the same run. Its threshold is the best that the labels can find."""

from collections.abc import Iterable
from time import perf_counter
from typing import Any

import pyarrow as pa
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink import comparison_library as compare

from services.linker.evaluation.febrl import FILES, Found, Pair, rows, true_pairs

_BLOCKS = (
    ("soc_sec_id",),
    ("date_of_birth",),
    ("given_name", "surname"),
    ("address_1", "street_number"),
    ("given_name", "postcode"),
    ("surname", "postcode"),
    ("surname", "suburb"),
    ("given_name", "suburb"),
    ("surname", "street_number"),
)
_TRAINING = (("date_of_birth",), ("surname", "postcode"))


def linked(number: int) -> Found:
    """Link a set with Splink. Raises `NoFebrl`."""
    data = rows(number)
    began = perf_counter()
    api = DuckDBAPI()
    sides = [api.register(_table(data, name), dataset_display_name=name.removesuffix(".csv")) for name in FILES[number]]
    linker = Linker(sides, _settings(number), log_level=None)
    linker.training.estimate_probability_two_random_records_match([block_on("soc_sec_id")], recall=0.9)
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    for columns in _TRAINING:
        linker.training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
    pairs = linker.inference.predict(threshold_match_weight=-10).as_record_list()
    seconds = perf_counter() - began
    right, count = _best(pairs, true_pairs(data))
    return Found("Splink, threshold chosen by the labels", right, count, len(true_pairs(data)), seconds)


def _table(data: list[dict[str, str]], name: str) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {"unique_id": str(index), **{column: value or None for column, value in row.items()}}
            for index, row in enumerate(data)
            if row["file"] == name
        ]
    )


def _settings(number: int) -> SettingsCreator:
    words = ("given_name", "surname", "address_1", "address_2", "suburb")
    figures = ("date_of_birth", "soc_sec_id", "street_number", "postcode")
    return SettingsCreator(
        link_type="dedupe_only" if len(FILES[number]) == 1 else "link_only",
        comparisons=[
            *(compare.JaroWinklerAtThresholds(column, [0.92, 0.8]) for column in words),
            *(compare.DamerauLevenshteinAtThresholds(column, [1, 2]) for column in figures),
            compare.ExactMatch("state"),
        ],
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in _BLOCKS],
    )


def _best(pairs: Iterable[dict[str, Any]], true: set[Pair]) -> tuple[int, int]:
    """Return how many pairs are right and how many are linked at the threshold that gives the best F1."""
    right, best = 0, (0, 0)
    for count, pair in enumerate(sorted(pairs, key=lambda each: -each["match_weight"]), start=1):
        one, other = sorted((int(pair["unique_id_l"]), int(pair["unique_id_r"])))
        right += (one, other) in true
        if right * (best[1] + len(true)) > best[0] * (count + len(true)):
            best = right, count
    return best
