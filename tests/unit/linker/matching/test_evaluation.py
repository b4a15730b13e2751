"""`tsunagu linker evaluate`: what it reads, what it says, and that it says what is wrong with a file."""

import csv
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.linker.commands import app
from services.linker.domain.normalising import Raw
from services.linker.evaluation.report import Share
from tests.programs import by_itself
from tests.unit.linker.matching.population import City, city

RAW = [field.name for field in fields(Raw)]


def written(folder: Path, made: City, *, encoding: str = "utf-8") -> list[str]:
    """Write a city as the three files, and return the arguments that name them."""
    _write(folder / "register.csv", ["person_no", *RAW], [[each.number, *_values(each.raw)] for each in made.people], encoding)
    _write(
        folder / "records.csv", ["record_id", *RAW, "school"], [[each.id, *_values(each.raw), "第一小"] for each in made.entries], encoding
    )
    _write(folder / "truth.csv", ["record_id", "person_no"], [[key, answer.number] for key, answer in made.answers.items()], encoding)
    return [each for name in ("register", "records", "truth") for each in (f"--{name}", str(folder / f"{name}.csv"))]


def _values(raw: Raw) -> list[str]:
    return [getattr(raw, name) for name in RAW]


def _write(path: Path, head: list[str], rows: list[list[str]], encoding: str) -> None:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([head, *rows])


def evaluated(arguments: list[str]) -> dict[str, Any]:
    """Run the command, and return its figures."""
    done = CliRunner().invoke(app, ["evaluate", *arguments, "--json"])
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_a_city_is_linked_without_a_wrong_link(tmp_path: Path, encoding: str) -> None:
    figures = evaluated(written(tmp_path, city(11, families=400, corruption=0.1), encoding=encoding))

    assert figures["auto_precision"]["value"] == 1.0
    assert figures["auto_precision"]["low95"] > 0.99
    # A slip in the reading of the given name goes to people.
    assert figures["auto_recall"]["value"] > 0.94
    assert figures["review_share"]["value"] < 0.05
    assert figures["recall_after_review"]["value"] > 0.99
    assert figures["blocking_recall"]["value"] > 0.995


def test_two_processes_find_what_one_finds(tmp_path: Path) -> None:
    arguments = written(tmp_path, city(14, families=900, corruption=0.2))

    one, side_by_side = evaluated(arguments), by_itself("linker", "evaluate", *arguments, "--json", "--processes", "2")
    assert side_by_side.returncode == 0, side_by_side.stderr
    two = json.loads(side_by_side.stdout)

    assert [one[name] for name in ("auto_recall", "review_share", "by_rule")] == [
        two[name] for name in ("auto_recall", "review_share", "by_rule")
    ]


@pytest.mark.filterwarnings("ignore")  # of Splink's, about itself
def test_splink_is_compared_in_the_same_run(tmp_path: Path) -> None:
    figures = evaluated([*written(tmp_path, city(15, families=400, corruption=0.1, unregistered=0.2)), "--splink"])

    thresholds = figures["splink"]["thresholds"]
    assert any(abs(each["recall"] - figures["auto_recall"]["value"]) < 0.01 for each in thresholds)
    assert all(each["precision"] <= figures["auto_precision"]["value"] for each in thresholds)
    few, gated = figures["splink"]["as_few_false_links"], figures["splink"]["with_gate"]
    assert few["false_links"] <= sum(figures["false_links"].values())
    assert few["recall"] < figures["auto_recall"]["value"]
    assert few["recall"] < gated["recall"] <= figures["auto_recall"]["value"]
    assert f"recall {few['recall']:.4f}" in figures["splink"]["beside"]


def test_the_report_says_everything_that_is_asked_for_and_no_name(tmp_path: Path) -> None:
    made = city(12, families=60, corruption=0.2)

    done = CliRunner().invoke(app, ["evaluate", *written(tmp_path, made), "--charts", str(tmp_path / "charts.html")])

    for line in (
        "auto precision",
        "auto recall",
        "review share",
        "recall after review",
        "blocking recall",
        "ms p50",
        "ms p99",
        "records per second",
    ):
        assert line in done.output
    page = (tmp_path / "charts.html").read_text(encoding="utf-8")
    assert page.count("<svg") == 2
    assert "<script" not in page
    assert not any(person.raw.given in done.output + page for person in made.people)


def test_columns_of_other_makers_are_understood(tmp_path: Path) -> None:
    (tmp_path / "register.csv").write_text(
        "person_id,surname,first_name,date_of_birth,address\n1,山田,結衣,2014-05-01,天神1-8-1\n", "utf-8"
    )
    (tmp_path / "records.csv").write_text("rec_id,name,dob,address,colour\n7,山田 結衣,H26.5.1,天神一丁目8番1号,red\n", "utf-8")
    (tmp_path / "truth.csv").write_text("record_id,person_no\n7,1\n", "utf-8")

    figures = evaluated([each for name in ("register", "records", "truth") for each in (f"--{name}", str(tmp_path / f"{name}.csv"))])

    assert figures["auto_recall"]["part"] == 1


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("register", "number,family\n1,山田\n", "person_no"),
        ("register", "1,山田,花子\n2,鈴木,太郎\n", "of the 3 columns of its head line it understands none"),
        ("records", "", "empty"),
        ("truth", "record_id\n1\n", "person_no"),
        ("records", None, "FileNotFoundError"),
        ("register", "person_no,family\n1,山田\n\n1,鈴木\n", "line 4: its person_no is that of another line"),
        ("register", "family,person_no\n山田\n", "line 2: it has no person_no"),
        ("register", "person_no,surname,last_name\n1,山田,鈴木\n", "several columns for family"),
        ("register", 'person_no,family\n1,"山田\n' + "鈴木" * 199_000, "as CSV"),
        ("records", "record_id,family\n7,山田\n ,鈴木\n", "line 3: it has no record_id"),
        ("records", "record_id,family\n7,山田\n7,鈴木\n", "line 3: its record_id is that of another line"),
        ("truth", "record_id,person_no\n7,1\n7,\n", "line 3: its record_id is that of another line"),
        ("truth", "record_id,person_no\n7,\x81 \n", "neither UTF-8"),
    ],
)
def test_a_file_that_says_nothing_or_two_things_is_named(tmp_path: Path, name: str, content: str | None, complaint: str) -> None:
    arguments = written(tmp_path, city(13, families=3, corruption=0.0))
    path = tmp_path / f"{name}.csv"
    path.unlink() if content is None else path.write_bytes(content.encode("latin-1" if "\x81" in content else "utf-8"))

    done = CliRunner().invoke(app, ["evaluate", *arguments])

    assert done.exit_code == 2
    assert f"{name}.csv" in done.output
    assert complaint in done.output
    assert "山田" not in done.output


def three(folder: Path, register: bytes, records: bytes, truth: bytes) -> list[str]:
    """Write three files as they are, and return the arguments that name them."""
    files = {"register": register, "records": records, "truth": truth}
    for name, content in files.items():
        (folder / f"{name}.csv").write_bytes(content)
    return [each for name in files for each in (f"--{name}", str(folder / f"{name}.csv"))]


def test_lines_as_other_programs_write_them_are_read(tmp_path: Path) -> None:
    register = "宛名番号,氏名,ﾌﾘｶﾞﾅ,生年月日,住所,備考\r\n1,山田　結衣,ヤマダ ユイ,2014/5/1,天神1-8-1,,,\r\n\r\n2,鈴木 陽翔\r\n,,,\r\n"
    records = "id,record_id,name,dob,address\r\n99,7,山田 結衣,H26.5.1,天神一丁目8番1号\r\n98,8,山田 結衣,2014-13-45\r\n\r\n"
    truth = "record_id,person_no,colour\n7,1,red\n\n8\n"

    figures = evaluated(three(tmp_path, register.encode("cp932"), records.encode("utf-8-sig"), truth.encode("utf-16")))

    assert (figures["people"], figures["records"]) == (2, 2)
    assert (figures["auto_recall"]["part"], figures["auto_recall"]["whole"]) == (1, 1)
    assert figures["without"] == {"answer": 0, "record": 0, "person": 0}


def test_it_is_said_what_the_three_files_do_not_have_in_common(tmp_path: Path) -> None:
    arguments = three(
        tmp_path,
        "person_no,family,given,birth_date,address\n1,山田,結衣,2014-05-01,天神1-8-1\n".encode(),
        "record_id,family,given,birth_date,address\n7,山田,結衣,2014-05-01,天神1-8-1\n8,佐藤,光,2013-01-02,\n9,林,岳,,\n".encode(),
        b"record_id,person_no\n7,1\n8,0001\n12,1\n",
    )

    figures = evaluated(arguments)
    page = CliRunner().invoke(app, ["evaluate", *arguments]).output

    assert figures["without"] == {"answer": 1, "record": 1, "person": 1}
    assert (figures["auto_recall"]["part"], figures["auto_recall"]["whole"]) == (1, 1)
    assert "1 answers name a number that the register does not have" in page


@pytest.mark.filterwarnings("ignore")  # of Splink's, about itself
def test_of_nothing_there_are_no_shares_and_no_error(tmp_path: Path) -> None:
    nothing = three(tmp_path, b"person_no,given\n", b"record_id,given\n", b"record_id,person_no\n")

    figures = evaluated([*nothing, "--charts", str(tmp_path / "charts.html"), "--splink"])

    assert (figures["records"], figures["auto_precision"]["value"]) == (0, None)


@pytest.mark.parametrize(
    ("option", "content", "complaint"),
    [
        ("--model", "", "version"),
        ("--model", 'version = "x"\ngiven = 3\n', "given.kanji"),
        ("--model", "a = = 1", "TOMLDecodeError"),
        ("--model", None, "FileNotFoundError"),
        ("--charts", None, "no file can be written"),
    ],
)
def test_what_cannot_be_read_or_written_is_named_before_any_work(tmp_path: Path, option: str, content: str | None, complaint: str) -> None:
    path = tmp_path / ("nowhere/file" if content is None else "file")
    if content is not None:
        path.write_text(content, encoding="utf-8")

    done = CliRunner().invoke(app, ["evaluate", *written(tmp_path, city(13, families=3, corruption=0.0)), option, str(path)])

    assert done.exit_code == 2
    assert complaint in done.output


def test_bounds_hold_also_where_nothing_went_wrong() -> None:
    low, high = Share(3000, 3000).bounds or (0.0, 0.0)

    assert 0.998 < low < 0.999
    assert high == 1.0
    assert Share(0, 0).bounds is None


@pytest.mark.filterwarnings("ignore")  # of Splink's, about itself
def test_of_files_in_which_nobody_is_alike_no_weights_are_learned(tmp_path: Path) -> None:
    to = tmp_path / "weights.toml"
    arguments = three(tmp_path, b"person_no,given\n1,A\n", b"record_id,given\n7,\n", b"record_id,person_no\n")[:4]

    done = CliRunner().invoke(app, ["train", *arguments, "--to", str(to), "--version", "x"])

    assert (done.exit_code, to.exists()) == (2, False)
    assert "nothing to learn" in done.output
