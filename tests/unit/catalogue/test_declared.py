"""Items and event types are declared once; a file with a mistake stops every service at once, with a sentence that names file and key."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.catalogue import EVENT_TYPES, ITEMS, SENSITIVITY_WORDS, SOURCES, Sensitive
from contracts.values import Item

CONTRACTS = Path(__file__).parents[3] / "contracts"
EPDS = CONTRACTS / "catalogue/items/17_epds_high.toml"
ALLOWANCES = CONTRACTS / "catalogue/sources/04_child_allowances.toml"
CHILDCARE = CONTRACTS / "catalogue/sources/07_childcare.toml"
SPECIAL = CONTRACTS / "catalogue/sources/05_special_child_allowance.toml"
ENUMS = CONTRACTS / "catalogue/enums.toml"
COMMON = CONTRACTS / "catalogue/items/common.toml"


def test_every_item_is_there_in_the_order_of_the_citys_list() -> None:
    assert list(ITEMS) == list(Item)
    assert [entry.item for entry in ITEMS.values()] == sorted(entry.item for entry in ITEMS.values())


def test_every_feed_of_an_item_says_something_that_the_item_needs() -> None:
    needed = {(kind.source, item) for kind in EVENT_TYPES for field in kind.fields for item in field.items}

    assert {(feed, entry.item) for entry in ITEMS.values() for feed in entry.feeds} <= needed


def test_an_item_may_give_its_own_reasons_its_familys_and_those_of_any() -> None:
    may_give = ITEMS[Item.NO_PRENATAL_CHECKUPS].reasons

    assert {"claims_outstanding", "no_pregnancy_linked", "record_in_hand"} <= set(may_give)
    assert "received" not in may_give


def test_sensitive_kinds_have_words_and_the_sections_behind_the_registered_sources_too() -> None:
    assert SENSITIVITY_WORDS == {Sensitive.WELFARE: "福祉", Sensitive.GUARDIANS_HEALTH: "保護者の健康", Sensitive.DISABILITY: "障がい"}
    assert [entry.whom_to_ask for entry in SOURCES][:4] == [
        "区 市民課（住民記録）", "区 保護課（生活保護）", "区 健康課（母子保健）", "手当所管課（こども未来局）",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("file", "this", "by_that", "sentence"),
    [
        (EPDS, "present =", "presence =", "items/17_epds_high.toml: present: Field required"),
        (
            EPDS,
            'absent = "産婦健診のこころの質問票（EPDS）は8点以下"',
            'absent = ""',
            "items/17_epds_high.toml: absent: String should have",
        ),
        (EPDS, '"maternal_child_health"', '"tax_office"', "items/17_epds_high.toml: feeds.0: Input should be 'resident_registry'"),
        (EPDS, '"PERI"', '"MOOD"', "items/17_epds_high.toml: group: Input should be 'PERI'"),
        (EPDS, '"guardians_health"', '"mood"', "items/17_epds_high.toml: sensitivity: Input should be 'welfare'"),
        (
            EPDS,
            '"pregnancy"',
            '"mood"',
            "items/17_epds_high.toml: family: 'mood' is none of ['attendance', 'checkup', 'growth', 'pregnancy']",
        ),
        (EPDS, "{latest_on}の", "{latest_on!r}の", "items/17_epds_high.toml: reasons.total_high.0: Value error, a place for a figure is"),
        (EPDS, "{latest_on}の", "{latest_on", "items/17_epds_high.toml: reasons.total_high.0: Value error, "),
        (EPDS, "{latest_on}の", "{0.__class__}", "items/17_epds_high.toml: reasons.total_high.0: Value error, "),
        (EPDS, '["産婦健診の結果が届いていない"]', "[]", "items/17_epds_high.toml: reasons.no_exam_recorded: Tuple should have at least 1"),
        (EPDS, "[reasons]", "[reason]", "items/17_epds_high.toml: reason: Extra inputs are not permitted"),
        (CHILDCARE, 'about = "child"', "", "sources/07_childcare.toml: childcare.use_changed.about: Field required"),
        (CHILDCARE, 'link = "person_no"', "", "sources/07_childcare.toml: childcare.use_changed.link: Field required"),
        (
            CHILDCARE,
            '"person_no"',
            '"telepathy"',
            "sources/07_childcare.toml: childcare.use_changed.link: Input should be 'register_entry'",
        ),
        (
            CHILDCARE,
            'subject = ["person_no"]',
            "subject = []",
            "sources/07_childcare.toml: childcare.use_changed: Value error, linked by person_no,",
        ),
        (CHILDCARE, "data_owner = ", "owner = ", "sources/07_childcare.toml: data_owner: Field required"),
        (
            ALLOWANCES,
            '"care_list"',
            '"person_no"',
            "sources/05_special_child_allowance.toml: allowance.entitlement_changed: about, link, subject and care are not as",
        ),
        (
            CHILDCARE,
            '"childcare_kind"',
            '"kind_of_care"',
            "sources/07_childcare.toml: childcare.use_changed.kind.enum: 'kind_of_care' is no list",
        ),
        (ENUMS, 'ja = "', 'jp = "', "enums.toml: ward.ja: Field required"),
        (
            SPECIAL,
            'fact = "SpecialAllowanceEntitlementChanged"',
            "",
            "sources/05_special_child_allowance.toml: allowance.entitlement_changed: its facts would be called",
        ),
        (COMMON, 'welfare = "福祉"', "", "items/common.toml: sensitivity: no words for ['welfare']"),
        (COMMON, '["まだ生まれていない"]', '["{}"]', "items/common.toml: reasons.not_born.0: Value error, a place for a figure is"),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_its_name_and_the_key(
    tmp_path: Path, file: Path, this: str, by_that: str, sentence: str
) -> None:
    shutil.copytree(CONTRACTS, tmp_path / "contracts", ignore=shutil.ignore_patterns("__pycache__", "schemas"))
    text = file.read_text(encoding="utf-8")
    (tmp_path / file.relative_to(CONTRACTS.parent)).write_text(text.replace(this, by_that, 1), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-c", "import contracts.catalogue"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": "."},
    )

    assert this in text
    assert f"Mistake: contracts/catalogue/{sentence}" in done.stderr
