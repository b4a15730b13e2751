"""The examples of adapters for the school network: each is a file of its owner, mapped by its adapter, as `pack` takes it."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from contracts.catalogue import EVENT_TYPES, WATERMARK_TYPE, AcquisitionMode, source
from services.ingest.domain.extracts.adapter import Adapter
from services.ingest.inlets.extract.adapters import load, taking
from services.ingest.inlets.media import rows
from services.ingest.inlets.media.mapping import NotMapped, mapped
from services.ingest.inlets.media.school.tables import entry_of, read_table

EXAMPLES = Path(rows.__file__).with_name("examples")
ADAPTERS = [load(file, by_media=True) for file in sorted(EXAMPLES.glob("*.toml"))]
TODAY, NOW = date(2026, 11, 20), datetime(2026, 11, 20, tzinfo=UTC)


def file_of(adapter_name: str) -> Path:
    [found] = [
        file
        for file in EXAMPLES.glob("*.csv")
        if (known := taking(ADAPTERS, by_name(adapter_name).source, file.name)) and known.event_type == adapter_name
    ]
    return found


def by_name(name: str) -> Adapter:
    return next(adapter for adapter in ADAPTERS if adapter.event_type == name)


def test_every_kind_of_a_source_that_comes_on_media_alone_has_an_example() -> None:
    alone = {
        kind.type
        for kind in EVENT_TYPES
        if source(kind.source).acquisition is AcquisitionMode.REMOVABLE_MEDIA and kind.type != WATERMARK_TYPE
    }

    assert {adapter.event_type for adapter in ADAPTERS} == alone


@pytest.mark.parametrize("name", [adapter.event_type for adapter in ADAPTERS])
def test_an_example_is_mapped_to_a_file_that_the_city_takes(name: str) -> None:
    file, content, count = mapped(file_of(name), by_name(name), today=TODAY, now=NOW)

    entry = entry_of(file, content, "utf-8")
    kind = rows.kind_of(by_name(name).source, entry)
    assert (entry.rows, kind.type) == (count, name)
    assert count == 2


def test_days_digits_and_units_are_those_of_the_catalogue() -> None:
    _, attendance, _ = mapped(file_of("attendance.month_reported"), by_name("attendance.month_reported"), today=TODAY, now=NOW)
    _, exams, _ = mapped(file_of("school_health.exam_recorded"), by_name("school_health.exam_recorded"), today=TODAY, now=NOW)

    first = [
        dict(zip(table.columns, table.rows[0][1], strict=True))
        for table in (read_table("a", attendance, "utf-8"), read_table("a", exams, "utf-8"))
    ]
    assert (first[0]["school_days"], first[0]["absent_days"]) == ("21", "4")
    assert (first[1]["exam_date"], first[1]["height_cm"], first[1]["weight_kg"]) == ("2026-04-20", "138.5", "31.4")


def test_one_wrong_row_and_nothing_is_mapped(tmp_path: Path) -> None:
    whole = file_of("attendance.month_reported")
    broken = tmp_path / whole.name
    broken.write_bytes(whole.read_bytes().replace(b",10,", b",13,", 1))

    with pytest.raises(NotMapped, match="row 2 ") as refused:
        mapped(broken, by_name("attendance.month_reported"), today=TODAY, now=NOW)
    assert "13" not in str(refused.value)
