"""The city's organisation: what its file may say, and which key is named when it does not do."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

from contracts import organisation
from contracts.organisation import ORGANISATION, OWN_FILE, Mistake, read
from contracts.values import Section, Ward
from contracts.words import SECTIONS, WARDS
from services.ingest.inlets.extract import adapters

OWN = OWN_FILE.read_text(encoding="utf-8")
ROOT = OWN_FILE.parents[1]
NO_WARDS = OWN[: OWN.index("# In the order")]


def written(tmp_path: Path, text: str) -> Path:
    """Write a city's file."""
    file = tmp_path / "city.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_wards_and_words_are_those_of_the_file() -> None:
    assert [ward.value for ward in Ward] == [ward.code for ward in ORGANISATION.wards]
    assert list(WARDS.values()) == [ward.name for ward in ORGANISATION.wards]
    assert set(SECTIONS) == set(Section)
    assert tuple(section.value for section in Section) == organisation.SECTIONS


def test_a_ward_is_known_by_its_name_by_the_citys_with_it_and_by_what_the_register_writes() -> None:
    spelled = ORGANISATION.spellings
    assert {spelled["博多区"], spelled["福岡市博多区"], spelled["40132"]} == {"hakata"}


def test_a_contact_is_shown_where_there_is_a_way_to_reach_somebody(tmp_path: Path) -> None:
    with_both = OWN.replace('phone = ""', 'phone = "000-1"').replace('mail = ""', 'mail = "a@city.example"')
    assert read(OWN_FILE).contact == ""
    assert read(written(tmp_path, with_both)).contact == "こども家庭課　電話 000-1　a@city.example"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "city"),
        ("[city", "the file: not TOML"),
        (OWN.replace('name = "福岡市"', 'name = ""'), "city.name"),
        (OWN.replace('name = "福岡市"', "name = 7"), "city.name"),
        (OWN.replace('phone = ""', 'fax = ""'), "city.fax"),
        (
            OWN.replace('health_section = "健康課"', "", 1).replace("community_", "community_health_welfare_section = 'x'\n#"),
            "sections.health_section",
        ),
        (OWN.replace('"健康課"', '"子育て支援課"'), "sections.health_section"),
        (OWN.replace("[sections]", '[sections]\nschools = "x"'), "sections.schools"),
        (NO_WARDS, "ward"),
        ("ward = []\n" + NO_WARDS, "ward"),
        ("ward = [1]\n" + NO_WARDS, "ward[0]"),
        (OWN.replace('code = "hakata"', 'code = "Hakata"'), "ward[1].code"),
        (OWN.replace('code = "hakata"', 'code = "apart"'), "ward[1].code"),
        (OWN.replace('code = "hakata"', 'code = "higashi"'), "ward[1].code"),
        (OWN.replace('code = "hakata"\n', ""), "ward[1].code"),
        (OWN.replace('name = "博多区"', 'name = "東区"'), "ward[1].name"),
        (OWN.replace('name = "博多区"', 'name = "博多区 "'), "ward[1].name"),
        (OWN.replace('name = "博多区"', 'name = "博\\n多区"'), "ward[1].name"),
        (OWN.replace('["40132"]', '["40132", 40139]'), "ward[1].spellings[1]"),
        (OWN.replace('["40132"]', '"40132"'), "ward[1].spellings"),
        (OWN.replace('["40132"]', '["福岡市東区"]'), "ward[1]: '福岡市東区' already means ward[0]"),
        (OWN.replace('["40132"]', '["nishi"]'), "ward[6]: 'nishi' already means ward[1]"),
        (OWN.replace('["40132"]', '["４０１３１"]'), "ward[1]: '４０１３１' already means ward[0]"),
        (OWN.replace('["40132"]', '["*"]'), "ward[1]: '*'"),
        (OWN.replace('name = "博多区"', 'name = "博多\u202e区"'), "ward[1].name"),
    ],
)
def test_a_file_that_does_not_do_is_refused_with_the_key_named(tmp_path: Path, text: str, key: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(Mistake) as refused:
        read(file)
    assert str(refused.value).startswith(f"{file}: {key}")


def test_a_file_that_is_not_there_or_not_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    for file in (tmp_path / "none.toml", tmp_path / "bytes.toml", tmp_path):
        with pytest.raises(Mistake, match="the file"):
            read(file)


def test_another_citys_wards_are_what_sources_are_taken_for_and_a_wrong_file_stops_a_program_at_its_start(tmp_path: Path) -> None:
    other = Path(__file__).parents[2] / "integration/casework/another_city.toml"
    asks = """
from contracts.catalogue import ENUMS, event_type
from contracts.facts import *
from contracts.values import Source, Ward
from infra.deploy import staff
from services.ingest.domain.normalise import normalised
from services.ingest.inlets.extract import adapters
from services.linker.domain.normalising.addresses import address
resident = event_type(Source.RESIDENT_REGISTRY, "resident.changed")
print([ward.value for ward in Ward], ENUMS["ward"].values)
print([normalised(resident, {"ward_code": written})["ward_code"] for written in ("N1", "n1", "Ｎ１", "北まち区", "見本市浜区", "東区")])
print(len(adapters.load_all(adapters.EXAMPLES)))
print([(home.ward, home.town, home.numbers) for home in map(address, ("見本市北まち区みなと1丁目2番", "浜区みなと1-2", "福岡市東区1-2"))])
"""

    def run(file: Path) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, organisation.VARIABLE: str(file)}
        return subprocess.run([sys.executable, "-c", asks], env=environment, capture_output=True, text=True, check=False)

    told = run(other)
    refused = run(written(tmp_path, OWN.replace('code = "hakata"', 'code = "Hakata"')))

    assert told.stdout.splitlines() == [
        "['kita_machi', 'hama'] ('kita_machi', 'hama')",
        # However it is typed, and what another city calls a ward is none.
        "['kita_machi', 'kita_machi', 'kita_machi', 'kita_machi', 'hama', '東区']",
        f"{len(list(adapters.EXAMPLES.glob('*.toml')))}",
        "[('北マチ区', 'ミナト', '1-2'), ('浜区', 'ミナト', '1-2'), ('', '福岡市東区', '1-2')]",
    ], told.stderr
    assert refused.returncode == 1
    [line] = refused.stderr.splitlines()
    assert "ward[1].code" in line, "one line that names the key, and no traceback"


THE_TIMES_OF_ONE_CITY = {"services/scorer/wording.py"}
"""A ruleset says whose times of health checkups it goes by: those of Fukuoka City stay called so, whoever uses them."""


def test_no_page_and_no_sentence_calls_by_its_name_what_the_citys_file_names() -> None:
    own = read(OWN_FILE)
    names = (own.city, *own.sections.values(), *(ward.name for ward in own.wards))
    named = {
        (str(file.relative_to(ROOT)), name)
        for folder in ("contracts", "infra", "services")
        for file in (ROOT / folder).rglob("*")
        if file.suffix in {".html", ".md", ".py"} and not file.is_relative_to(ROOT / "infra/city")
        for text in (file.read_text(encoding="utf-8"),)
        for name in names
        if name in text and any(name in said for said in _said(file, text))
    }

    assert {(file, name) for file, name in named if file not in THE_TIMES_OF_ONE_CITY} == set()


def _said(file: Path, text: str) -> list[str]:
    """What people are told: pages and the manual whole, of a program its sentences without what explains them."""
    if file.suffix == ".html" or file.parent.name == "manual":
        return [text]
    if file.suffix == ".md":
        return []
    tree = ast.parse(text)
    explained = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    strings = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in explained)
    return [node.value for node in strings if isinstance(node.value, str)]
