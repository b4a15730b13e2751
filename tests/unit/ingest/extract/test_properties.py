"""Properties of extracts: encodings, days of eras and code tables there and back; 10,000 broken rows, each named with row and column."""

import csv
import io
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.days import ERA_DIGITS, ERAS
from services.ingest.domain.extracts import cells
from services.ingest.domain.extracts.adapter import Adapter, AdapterWrong, adapter_of
from services.ingest.domain.extracts.faults import WORDS, FileRefused, RowFault
from services.ingest.domain.extracts.mapping import Mapper, always_open
from services.ingest.domain.extracts.rows import ROW_BYTES_MAX, Cutter, Heading, Raw, decoded, split
from services.ingest.domain.refusals import MESSAGES
from services.ingest.inlets.extract import adapters
from services.ingest.inlets.extract.trying import tried

NOW = datetime(2026, 4, 1, tzinfo=UTC)


def told(**changes: Any) -> dict[str, Any]:
    """An adapter of the childcare office, as a TOML file would say it."""
    adapter: dict[str, Any] = {
        "source": "childcare",
        "event_type": "childcare.use_changed",
        "title": "利用者",
        "encoding": "utf-8",
        "file": "RIYO_{date}.csv",
        "record": {"id": ["番号"], "recorded_at": "更新", "deleted": {"column": "削除フラグ"}},
        "fields": {
            "person_no": "宛名番号",
            "kind": {"column": "区分", "codes": {"1": "licensed_childcare", "3": "kindergarten"}},
            "facility_code": "施設番号",
            "valid_from": "開始日",
            "valid_to": {"column": "終了日", "add_days": 1},
            "status": {"column": "状態", "codes": {"1": "active", "2": "ended"}},
        },
    }
    return adapter | changes


ADAPTER = adapter_of(told(), "riyo.toml")
HEADINGS = ["番号", "宛名番号", "区分", "施設番号", "開始日", "終了日", "状態", "更新", "削除フラグ"]


def row(number: int, **changes: str) -> list[str]:
    good = [f"R-{number:06}", f"{number:015}", "1", "4010001", "R7.4.1", "5080331", "1", "2026/03/30 12:34:56", "0"]
    return [changes.get(name, cell) for name, cell in zip(HEADINGS, good, strict=True)]


def written(rows: list[list[str]], encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows([HEADINGS, *rows])
    return text.getvalue().encode(encoding)


# --- Encodings --------------------------------------------------------------------------------------------------------


def _reads_back(character: str) -> bool:
    try:
        return character.encode("cp932").decode("cp932") == character
    except UnicodeEncodeError:
        return False


JAPANESE = "".join(
    character
    for block in (range(0x20, 0x7F), range(0x3041, 0x30FF), range(0x4E00, 0x9FA0), range(0xFF01, 0xFF9F), range(0xE000, 0xE757))
    for character in map(chr, block)
    if _reads_back(character)
)
CELL = st.text(st.sampled_from(JAPANESE + "\n"), max_size=12)
TABLES = st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=8)


def cut(content: bytes, pieces: list[int]) -> list[Raw]:
    """The rows of a file that is fed in pieces of these sizes, over and over."""
    cutter, found, place, turn = Cutter(), list[Raw](), 0, 0
    while place < len(content):
        size = pieces[turn % len(pieces)]
        found += cutter.fed(content[place : place + size])
        place, turn = place + size, turn + 1
    return [*found, *cutter.ended()]


@given(TABLES, st.sampled_from(["utf-8", "cp932"]), st.sampled_from(["\n", "\r\n"]), st.lists(st.integers(1, 40), min_size=1, max_size=4))
def test_what_was_written_is_read_in_either_encoding_however_the_file_is_cut(
    table: list[list[str]], encoding: str, end: str, pieces: list[int]
) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator=end).writerows(table)
    content = text.getvalue().encode(encoding)

    raws = cut(content, pieces)
    found = [raw_cells for _, raw_cells in split([_text(raw, encoding) for raw in raws], raws, ",", [])]

    assert found == table
    assert all(content[raw.octet :].startswith(raw.content) for raw in raws)
    assert [raw.row for raw in raws] == list(range(1, len(table) + 1))


def _text(raw: Raw, encoding: str) -> str:
    try:
        return decoded(raw, encoding)
    except FileRefused:
        # A row of CP932 that is UTF-8 as well is taken for UTF-8: only made-up ones are.
        assert encoding == "cp932"
        assert len(raw.content.decode("utf-8")) < len(raw.content)
        return raw.content.decode(encoding)


@given(st.text(st.sampled_from(JAPANESE), min_size=1, max_size=30).filter(lambda text: not text.isascii()))
def test_a_row_of_the_other_encoding_is_refused_by_its_byte_or_reads_as_something_else(text: str) -> None:
    raw = Raw(7, 100, b"x," + text.encode("cp932"))

    found = refused_at(raw, "utf-8")

    # Two half-width kana may be a letter of UTF-8: it is another one.
    assert 102 <= found < 100 + len(raw.content) if found is not None else decoded(raw, "utf-8") != f"x,{text}"


def refused_at(raw: Raw, encoding: str) -> int | None:
    """The byte for which a row is refused; None where it is not."""
    try:
        decoded(raw, encoding)
    except FileRefused as refused:
        return refused.octet
    return None


@pytest.mark.parametrize("name", ["架空 花子", "ー", "テスト", "佐藤　一郎", "カクウ ハナ", "髙﨑"])
def test_a_row_of_utf_8_for_cp932_is_refused_where_it_begins_to_differ(name: str) -> None:
    raw = Raw(3, 50, f"W-1,{name}と{name}".encode())

    with pytest.raises(FileRefused) as refused:
        decoded(raw, "cp932")

    assert (refused.value.row, refused.value.octet) == (3, 54)


def test_a_quotation_mark_that_is_never_closed_is_found_before_memory_is_full() -> None:
    cutter = Cutter()
    list(cutter.fed(b'a,b\r\n1,"2\r\n'))

    def read_on() -> None:
        for _ in range(100):
            list(cutter.fed(b"3,4\r\n" * (ROW_BYTES_MAX // 100)))

    with pytest.raises(FileRefused) as refused:
        read_on()

    assert (refused.value.code, refused.value.row, refused.value.octet) == ("quote_open", 2, 5)


def test_a_row_without_a_line_s_end_and_the_sign_of_the_file_s_end_are_read() -> None:
    assert [raw.content for raw in cut(b"a,b\r\n\r\n1,2\x1a", [4])] == [b"a,b", b"1,2"]


# --- Days -------------------------------------------------------------------------------------------------------------

DAYS = st.dates(date(1868, 1, 25), date(2117, 12, 31))
LETTERS = {"明治": "M", "大正": "T", "昭和": "S", "平成": "H", "令和": "R"}
DIGITS = {name: digit for digit, name in ERA_DIGITS.items()}
FULL_WIDTH = str.maketrans("0123456789.-/R", "０１２３４５６７８９．－／Ｒ")


def writings(day: date) -> list[str]:
    """How systems write a day."""
    era = max((name for name, first in ERAS.items() if first <= day), key=lambda name: ERAS[name])
    year = day.year - ERAS[era].year + 1
    first = "元" if year == 1 else str(year)
    found = [
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{era}{first}年{day.month}月{day.day}日",
        f"{LETTERS[era]}{year}.{day.month}.{day.day}",
        f"{LETTERS[era].lower()}{year:02}.{day.month:02}.{day.day:02}",
        f"{DIGITS[era]}{year:02}{day.month:02}{day.day:02}",
    ]
    return [*found, *(each.translate(FULL_WIDTH) for each in found), *(f"　{each} " for each in found)]


@given(DAYS)
def test_a_day_is_read_from_every_writing(day: date) -> None:
    assert {cells.day(text) for text in writings(day)} == {day.isoformat()}
    assert {cells.born(text) for text in writings(day)} == {day.isoformat()}


@given(DAYS, st.integers(-1, 1))
def test_the_day_after_the_last_one_is_the_first_without(day: date, days: int) -> None:
    assert cells.later(day.isoformat(), days) == (day + timedelta(days=days)).isoformat()


@given(st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)).map(lambda at: at.replace(microsecond=0)))  # noqa: DTZ001 -- of a wall in Japan
def test_an_instant_without_offset_is_of_japan(at: datetime) -> None:
    expected = f"{at.isoformat()}+09:00"

    for text in (f"{at:%Y/%m/%d %H:%M:%S}", f"{at:%Y%m%d%H%M%S}", f"{at:%Y-%m-%dT%H:%M:%S}", f"{at:%Y年%m月%d日%H時%M分%S秒}", expected):
        assert cells.instant(text) == expected


@given(st.text(st.sampled_from("0123456789/-.年月日RHS元令和平成 　"), max_size=12))
def test_whatever_stands_there_is_a_day_of_the_calendar_or_none(text: str) -> None:
    found = cells.day(text)

    assert found is None or date.fromisoformat(found)


@pytest.mark.parametrize(
    "text", ["5010430", "S65.13.1", "0070401", "6010101", "2025-02-29", "20250431", "R7.4", "令和0年1月1日", "12345", ""]
)
def test_what_is_no_day_is_none(text: str) -> None:
    assert cells.day(text) is None


@pytest.mark.parametrize(
    ("text", "known"), [("3600000", "1985"), ("3600600", "1985-06"), ("昭和60年6月日不詳", "1985-06"), ("99999999", "unknown")]
)
def test_a_birth_date_is_read_as_far_as_it_is_known(text: str, known: str) -> None:
    assert cells.born(text) == known


@given(st.integers(-999_999_999, 999_999_999), st.sampled_from([1, 10, 1000]))
def test_numbers_are_read_in_digits_of_any_width(number: int, divide: int) -> None:
    text = str(number).translate(str.maketrans("0123456789-", "０１２３４５６７８９－"))

    assert cells.integer(text) == number
    assert cells.decimal(text, divide) == pytest.approx(number / divide)


# --- Code tables ------------------------------------------------------------------------------------------------------

CODES = st.dictionaries(
    st.text(st.sampled_from(JAPANESE), min_size=1, max_size=4).filter(lambda code: code == code.strip(cells.BLANKS)),
    st.sampled_from(["active", "ended", "cancelled"]),
    min_size=1,
    max_size=10,
)


@given(CODES, st.text(st.sampled_from(JAPANESE), min_size=1, max_size=4))
def test_a_code_means_what_its_table_says_and_nothing_else_is_in_it(codes: dict[str, str], other: str) -> None:
    adapter = adapter_of(told(fields=told()["fields"] | {"status": {"column": "状態", "codes": codes}}), "x.toml")
    mapper = Mapper(adapter, Heading(len(HEADINGS), {name: place for place, name in enumerate(HEADINGS)}))

    for code in [*codes, other]:
        faults: list[RowFault] = []
        data = mapper.data(5, row(1, 状態=code), faults)
        meant = codes.get(code.strip(cells.BLANKS))
        if meant is not None or not code.strip(cells.BLANKS):
            assert (data.get("status"), faults) == (meant, [])
        else:
            assert faults == [RowFault(5, "状態", "not_in_table")]


# --- Rows -------------------------------------------------------------------------------------------------------------

DAMAGE = {
    "番号": [("", "id_missing"), ("　", "id_missing"), ("一二", "id_form"), ("R 1", "id_form"), ("9" * 300, "id_form")],
    "宛名番号": [("", "missing"), ("1" * 16, "wrong_form"), ("０００１", "wrong_form")],
    "区分": [("", "missing"), ("2", "not_in_table"), ("１", "not_in_table"), ("licensed_childcare", "not_in_table")],
    "施設番号": [("第一", "wrong_form"), ("40\x0010", "nul_character"), ("8" * 65, "too_long")],
    "開始日": [
        ("", "missing"),
        ("5010430", "not_a_date"),
        ("2025-02-30", "not_a_date"),
        ("未定", "not_a_date"),
        ("1600-01-01", "not_a_date"),
    ],
    "終了日": [("5080332", "not_a_date"), ("R8", "not_a_date")],
    "状態": [("", "missing"), ("9", "not_in_table")],
    "更新": [("昨日", "not_an_instant"), ("2026/13/01 00:00:00", "not_an_instant"), ("2027/01/01 00:00:00", "recordedat_ahead")],
}


def test_each_of_10_000_broken_rows_is_named_with_row_and_column(tmp_path: Path) -> None:
    chance = random.Random(9)  # noqa: S311 -- the same rows every time
    rows, expected = [], []
    for number in range(10_000):
        place = number + 2
        column = chance.choice([*DAMAGE, ""])
        if column:
            cell, code = chance.choice(DAMAGE[column])
            rows.append(row(number, **{column: cell}))
        else:
            rows.append(row(number)[: chance.randint(1, 8)])
            code = "wrong_width"
        expected.append((place, column, code))
    file = tmp_path / "RIYO_20260401.csv"
    file.write_bytes(written(rows))

    trial = tried(file, ADAPTER, always_open(ADAPTER, date(2026, 4, 1), NOW), show=1)

    assert [tuple(fault) for fault in trial.faults] == expected
    assert (trial.rows, trial.refused, trial.records, trial.first) == (10_000, 10_000, 0, [])


def test_every_code_of_a_fault_has_words() -> None:
    codes = {code for each in DAMAGE.values() for _, code in each} | {"wrong_width"}

    assert codes <= WORDS.keys() | MESSAGES.keys()
    assert all(ja and en for ja, en in WORDS.values())


def test_a_broken_row_in_between_stops_nothing(tmp_path: Path) -> None:
    lines = written([row(n) for n in range(5)]).split(b"\r\n")
    lines[3] = b'R-2,"000" x,1'
    file = tmp_path / "RIYO_20260401.csv"
    file.write_bytes(b"\r\n".join(lines))

    trial = tried(file, ADAPTER, always_open(ADAPTER, date(2026, 4, 1), NOW), show=0)

    assert (trial.records, [tuple(fault) for fault in trial.faults]) == (4, [(4, "", "not_csv")])


# --- Adapters ---------------------------------------------------------------------------------------------------------

FIELDS = told()["fields"]
WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("another source", told(source="tax_office"), "source"),
    ("media only", told(source="school_affairs", event_type="attendance.month_reported"), "source"),
    ("another type", told(event_type="childcare.closed"), "event_type"),
    ("a watermark", told(event_type="feed.watermark"), "event_type"),
    ("an encoding that is guessed", told(encoding="auto"), "encoding"),
    ("no date in the name", told(file="RIYO.csv"), "file"),
    ("a path", told(file="../RIYO_{date}.csv"), "file"),
    ("the date in a manifest that need not be there", told(date="manifest"), "manifest"),
    ("a key of nobody", told(colour="blue"), "colour"),
    ("no number of the record", told(record={"id": []}), "record.id"),
    ("a field that there is not", told(fields=FIELDS | {"mood": "気分"}), "fields.mood"),
    ("a field that is needed", told(fields={name: cell for name, cell in FIELDS.items() if name != "status"}), "fields"),
    ("a code for nothing", told(fields=FIELDS | {"status": {"column": "状態", "codes": {"1": "open"}}}), "fields.status.codes"),
    ("a list of one", told(fields=FIELDS | {"person_no": {"columns": ["a", "b"]}}), "fields.person_no.columns"),
    ("days of a number", told(fields=FIELDS | {"facility_code": {"column": "a", "add_days": 1}}), "fields.facility_code.add_days"),
    ("two places", told(fields=FIELDS | {"status": {"column": "a", "value": "active"}}), "fields.status"),
    ("a denied column", told(fields=FIELDS | {"facility_code": "個人番号"}), "fields"),
    ("a denied column that is ignored", told(ignore=["マイナンバー"]), "ignore"),
    ("a column both read and ignored", told(ignore=["区分"]), "ignore"),
    ("a strange era", told(eras={"5": "慶応"}), "eras"),
    ("a type of another source", told(complete_with=["loan.changed"]), "complete_with"),
]


@pytest.mark.parametrize(("content", "key"), [(content, key) for _, content, key in WRONG], ids=[name for name, _, _ in WRONG])
def test_a_fault_of_an_adapter_is_named_by_file_and_key(content: dict[str, Any], key: str) -> None:
    with pytest.raises(AdapterWrong) as wrong:
        adapter_of(content, "riyo.toml")

    assert wrong.value.file == "riyo.toml"
    assert key in [each for each, _ in wrong.value.faults]
    assert f"riyo.toml: {key}: " in str(wrong.value)


def test_a_file_that_is_no_toml_or_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text("source = ", encoding="utf-8")

    for name in ("x.toml", "nowhere.toml"):
        with pytest.raises(AdapterWrong, match=f"{name}: file: "):
            adapters.load(tmp_path / name)


def test_a_changed_adapter_is_another_and_a_renamed_one_is_not() -> None:
    changed = adapter_of(told(empty=["0"]), "x.toml")
    renamed = adapter_of(told(title="別の名前", ignore=[]), "y.toml")

    assert changed.digest != ADAPTER.digest
    assert renamed.digest == ADAPTER.digest


def test_the_date_is_eight_digits_at_its_place_in_the_name() -> None:
    adapter: Adapter = ADAPTER

    assert adapter.date_in("RIYO_20260401.csv") == "20260401"
    assert [
        adapter.date_in(name) for name in ("RIYO_2026040.csv", "RIYO_20260401.csv.part", "xRIYO_20260401.csv", "RIYO_20260401xcsv")
    ] == [
        None,
        None,
        None,
        None,
    ]
