"""
A dataset as files: Parquet and CSV with the same rows, a dictionary of the data, and what is to be said of the whole.

Parquet is written by pyarrow, which is loaded only where files are: no service needs it to run.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from contracts.catalogue import ITEMS
from contracts.values import IndicatorValue, Item
from services.scorer.domain.ages import fy
from services.scorer.domain.masking.anonymity import SMALLEST, Row
from services.scorer.domain.masking.attack import Dataset
from services.scorer.domain.masking.columns import FIGURES, NONE, NOT_EVALUATED, NOT_TRUE, WITHHELD, columns
from services.scorer.domain.simulating import AGES
from services.scorer.masking.steps import Provided

PSEUDONYM = "pseudonym"

_WHO = {
    "age": ("年齢の区分、またはそれより細かい学年", "band of age, or the finer school year", f"{' '.join(AGES)}; class_0–5; grade_1–9"),
    "sex": ("性別", "sex", "female male"),
    "area": ("区", "ward", "the wards' codes"),
}
_VALUES = " ".join((*IndicatorValue, NOT_EVALUATED, NOT_TRUE))


def write(provided: Provided, folder: Path) -> dict[str, str]:
    """Write the files of a dataset into an empty folder. Returns the SHA-256 of each."""
    rows = provided.masked.rows
    made = {
        "dataset.csv": _csv((PSEUDONYM, *columns()), ((row.pseudonym, *row.cells) for row in rows)),
        "dataset.parquet": _parquet(rows),
        "dictionary.csv": _csv(("column", "meaning_ja", "meaning_en", "words"), dictionary()),
    }
    digests = {name: sha256(content).hexdigest() for name, content in made.items()}
    made["about.json"] = json.dumps(_about(provided, digests), ensure_ascii=False, indent=2).encode()
    for name, content in made.items():
        file = folder / name
        file.touch(mode=0o600)
        file.write_bytes(content)
    return digests


def read(file: Path) -> Dataset:
    """Return what a CSV file says, whatever columns it has. Raises ValueError for a file without a column of pseudonyms."""
    with file.open(encoding="utf-8", newline="") as lines:
        found = csv.DictReader(lines)
        names = tuple(found.fieldnames or ())
        if PSEUDONYM not in names:
            raise ValueError(f"{file} has no column {PSEUDONYM}")
        others = tuple(name for name in names if name != PSEUDONYM)
        return Dataset(others, [Row(line[PSEUDONYM], tuple(line[name] or "" for name in others)) for line in found])


def dictionary() -> Iterator[tuple[str, str, str, str]]:
    """The dictionary of the data: of each column what it means, in both languages, and by which words."""
    yield PSEUDONYM, "この提供分だけの仮名", "random name, of this dataset only", "32 hexadecimal digits"
    for name, (japanese, english, words) in _WHO.items():
        yield name, japanese, english, f"{words}; {WITHHELD} withheld"
    for item in Item:
        yield from _entries(item)


def _entries(item: Item) -> Iterator[tuple[str, str, str, str]]:
    entry = ITEMS[item]
    yield item.value, f"{entry.present}（{entry.item}）", f"{entry.item}: {item.value.replace('_', ' ')}", _VALUES
    for name in columns():
        if name == f"{item.value}_class":
            yield name, f"{entry.field}の区分", "class of the answer", f"domain.md §3, §2.5; {NONE} none; {WITHHELD} withheld"
        if name == f"{item.value}_figure":
            bands = " ".join(map(str, FIGURES[item][1]))
            yield name, f"{entry.field}の数値（幅）", "figure, in bands", f"bands from 0 {bands}; {NONE} none; {WITHHELD} withheld"


def _about(provided: Provided, digests: Mapping[str, str]) -> dict[str, Any]:
    kept = provided.kept
    return {
        "dataset": str(kept.dataset_id),
        "purpose": kept.purpose,
        "as_of": kept.as_of.isoformat(),
        "fiscal_year": fy(kept.as_of),
        "known_at_the_end_of": kept.known_on.isoformat(),
        "rows": len(provided.masked.rows),
        "left_out": provided.masked.left_out,
        "k": SMALLEST,
        "check": provided.findings.as_numbers(),
        "sha256": dict(digests),
        "deletion": "分析が終わったら削除を依頼してください（MASK-02）",
    }


def _csv(head: Sequence[str], lines: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(head)
    writer.writerows(lines)
    return text.getvalue().encode()


def _parquet(rows: Sequence[Row]) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    names = (PSEUDONYM, *columns())
    by_column = list(zip(*((row.pseudonym, *row.cells) for row in rows), strict=True)) or [()] * len(names)
    table = pa.table({name: pa.array(cells, pa.string()) for name, cells in zip(names, by_column, strict=True)})
    out = io.BytesIO()
    parquet.write_table(table, out, compression="zstd")
    return out.getvalue()
