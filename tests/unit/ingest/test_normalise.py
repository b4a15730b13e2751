import sys
import unicodedata
from typing import Any

import pytest

from contracts.catalogue import ENUMS, event_type
from contracts.texts import MARKS, MARKS_MAX, compatible, has_too_many_marks
from services.ingest.domain.normalise import iso_day, normalised

RESIDENT = event_type("resident_registry", "resident.changed")
PREGNANCY = event_type("maternal_child_health", "pregnancy.notified")


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026-04-11", "2026-04-11"),
        ("令和8年4月11日", "2026-04-11"),
        ("令和８年４月１１日", "2026-04-11"),
        ("令和 8年 4月 11日", "2026-04-11"),
        ("R8.4.11", "2026-04-11"),
        ("r08-04-11", "2026-04-11"),
        ("Ｒ８．４．１１", "2026-04-11"),
        ("H31/4/30", "2019-04-30"),
        ("令和元年5月1日", "2019-05-01"),
        ("平成34年3月31日", "2022-03-31"),
        ("昭和64年1月7日", "1989-01-07"),
        ("M45.7.29", "1912-07-29"),
        ("令和元年4月30日", None),
        ("令和8年2月30日", None),
        ("令和0年1月1日", None),
        ("2026/04/11", None),
        ("11.4.2026", None),
        ("令和8年4月", None),
        ("令" * 10_000, None),
    ],
)
def test_days_are_read_from_iso_and_era(written: str, day: str | None) -> None:
    assert day == iso_day(written)


@pytest.mark.parametrize(
    ("field", "written", "meant"),
    [
        ("ward_code", "博多区", "hakata"),
        ("ward_code", "福岡市早良区", "sawara"),
        ("ward_code", "40135", "nishi"),
        ("ward_code", 40136, "jonan"),
        ("ward_code", "hakata", "hakata"),
        ("ward_code", "北区", "北区"),
        ("sex", "男", "male"),
        ("sex", "２", "female"),
        ("sex", 1, "male"),
        ("sex", "男子", "male"),
        ("sex", "女子", "female"),
        ("sex", "Ｆ ", "female"),
        ("sex", "M", "male"),
        ("sex", "女性", "female"),
        ("sex", 9, "unknown"),
        ("sex", "男女", "男女"),
        ("sex", True, True),
        ("relationship_to_head", "世帯主", "head"),
        ("relationship_to_head", "妻", "spouse"),
        ("relationship_to_head", "夫（未届）", "spouse"),
        ("relationship_to_head", "次男", "child"),
        ("relationship_to_head", "妻の子", "child"),
        ("relationship_to_head", "養子", "other"),
        ("relationship_to_head", "養女", "other"),
        ("relationship_to_head", "子の子", "grandchild"),
        ("relationship_to_head", "夫の子", "other"),
        ("relationship_to_head", "子の妻", "other"),
        ("change_reason", "転居", "move_within"),
    ],
)
def test_spellings_mean_one_value(field: str, written: Any, meant: Any) -> None:
    assert meant == normalised(RESIDENT, {field: written})[field]


@pytest.mark.parametrize(
    ("written", "weeks"), [(14, 14), ("14w2d", 14), ("14W", 14), ("14週2日", 14), ("１４週", 14), ("14w9d", "14w9d"), ("soon", "soon")]
)
def test_weeks_are_completed_weeks(written: Any, weeks: Any) -> None:
    assert weeks == normalised(PREGNANCY, {"gestational_weeks": written})["gestational_weeks"]


def test_numbers_of_persons_are_never_touched() -> None:
    data = {"person_no": "０００1", "birth_date": "2024-02-10"}

    assert data["person_no"] == normalised(RESIDENT, data)["person_no"]


def test_empty_fields_are_left_out_defaults_filled_in_and_unknown_ones_kept_for_refusal() -> None:
    data = {"pregnancy_id": "P-1", "edd": "", "fetus_count": None, "mood": None}

    assert normalised(PREGNANCY, data) == {"pregnancy_id": "P-1", "issue_kind": "new", "mood": None}


def test_every_spelling_of_the_catalogue_is_understood() -> None:
    for field in (field for field in RESIDENT.fields if field.enum):
        for spelling, value in ENUMS[field.enum or ""].spellings.items():
            assert value == normalised(RESIDENT, {field.name: spelling.replace("*", "父")})[field.name]


def test_every_combining_mark_of_unicode_is_known_as_one() -> None:
    characters = (chr(code) for code in range(sys.maxunicode + 1))

    marks = [each for each in characters if all(map(unicodedata.combining, unicodedata.normalize("NFKD", each)))]

    assert marks == MARKS
    assert all(has_too_many_marks("a" + mark * (MARKS_MAX + 1)) for mark in marks)
    assert not any(has_too_many_marks("a" + mark * MARKS_MAX + "a" + mark) for mark in marks)


def test_what_no_writing_needs_is_left_out_before_a_text_is_looked_into() -> None:
    assert compatible("か\u3099" + "ﾊﾞ") == "がバ"
    assert compatible("か" + "\u0301" * 500_000 + "ｱ") == "か" + "\u0301" * MARKS_MAX + "ア"
