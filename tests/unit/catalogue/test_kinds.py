"""A new source, event type or item is a new TOML file and a run of the generator: no enum is edited by hand."""

from pathlib import Path

import pytest

from contracts import declared
from contracts.kinds import EventKind, Item, Source
from contracts.kinds_text import kinds_text
from tests.copies import copied, run

ROOT = Path(__file__).parents[3]
CONTRACTS = ROOT / "contracts"

DOGS = """
code = "dog_registry"
feed = "FEED-17"
system = "犬の登録システム"
category = "衛生"
data_owner = "犬の登録所管課"
acquisition = "network"
legal_basis = "狂犬病予防法第4条"

[[event_type]]
type = "dog.registered"
ja = "犬の登録"
en = "A dog was registered"
about = "person"
link = "person_no"
subject = ["person_no"]
fields = [
    { name = "person_no", type = "person_no", required = true, names_person = true, ja = "宛名番号", en = "The keeper" },
    { name = "registered_on", type = "date", required = true, ja = "登録日", en = 'Day "on the tag", not \\ the birth' },
]
"""


FOLLOWS = """
from contracts.catalogue import event_type
from contracts.catalogue.facts import fact_of
from contracts.kinds import EventKind, Source
from infra.local.definitions import logins
from services.linker.domain.linking import Known, decide
from services.linker.domain.records import subject_number
from tests.unit.linker.statements import NAMES, record

told = {"person_no": subject_number("dog.registered", {"person_no": "M"}, None)}
link = decide(record("dog.registered", told, source=Source.DOG_REGISTRY), Known(frozenset({NAMES.person("M")})))
print(event_type(Source.DOG_REGISTRY, EventKind.DOG_REGISTERED).ja, link.state, link.rule, "dog_registry" in logins())
print(fact_of(Source.DOG_REGISTRY, EventKind.DOG_REGISTERED, {"registered_on": "2026-04-01"}))
"""


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the repository in which files may be added."""
    copied(("contracts", "infra", "services", "tests/unit/linker"), tmp_path)
    return tmp_path


def test_the_enums_are_in_the_order_of_the_citys_lists() -> None:
    assert [each.code() for each in declared.sources()] == list(Source)
    assert [each.code() for each in declared.items()] == list(Item)
    assert (CONTRACTS / "kinds.py").read_text(encoding="utf-8") == kinds_text()
    assert EventKind("infant_checkup.recorded") is EventKind.INFANT_CHECKUP_RECORDED


def test_a_seventeenth_source_is_one_file_and_login_rule_and_facts_follow(copy: Path) -> None:
    (copy / "contracts/catalogue/sources/17_dog_registry.toml").write_text(DOGS, encoding="utf-8")

    before = run(copy, "-m", "contracts.generate", "--check")
    written = run(copy, "-m", "contracts.generate")
    after = run(copy, "-m", "contracts.generate", "--check")
    known = run(copy, "-c", FOLLOWS)

    assert "kinds.py" in before.stderr
    assert (written.stderr, after.stderr) == ("", "")
    assert known.stdout == ("犬の登録 linked person_no True\nDogRegistered(registered_on=datetime.date(2026, 4, 1))\n"), known.stderr
    assert (copy / "contracts/schemas/sources/dog_registry/dog.registered.json").exists()


def test_one_more_item_is_one_file(copy: Path) -> None:
    text = (CONTRACTS / "catalogue/items/18_household_public_assistance.toml").read_text(encoding="utf-8")
    cats = text.replace("household_public_assistance", "keeps_cats").replace("ITEM-18", "ITEM-20").replace("生活保護", "猫")
    (copy / "contracts/catalogue/items/20_keeps_cats.toml").write_text(cats, encoding="utf-8")

    written = run(copy, "-m", "contracts.generate")
    known = run(copy, "-c", "from contracts.catalogue import ITEMS\nfrom contracts.values import Item\nprint(ITEMS[Item.KEEPS_CATS].field)")

    assert written.stderr == ""
    assert known.stdout == "世帯の猫\n", known.stderr


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("17_dogs.toml", DOGS, "sources/17_dogs.toml: code: 'dog_registry', but the file is called after 'dogs'"),
        (
            "17_dog_registry.toml",
            DOGS.replace('"dog.registered"', '"dogs"'),
            "sources/17_dog_registry.toml: event_type[0].type: missing, or",
        ),
        (
            "17_dog_registry.toml",
            DOGS.replace("dog.registered", "childcare_use.changed"),
            "sources/17_dog_registry.toml: childcare_use.changed: the enum's name for it, CHILDCARE_USE_CHANGED, is that of",
        ),
        ("17_dog_registry.toml", DOGS.partition("[[")[0], "sources/17_dog_registry.toml: event_type: a source has at least one"),
        ("17_dog_registry.toml", DOGS + "=", "sources/17_dog_registry.toml: the file: not TOML"),
        (
            "17_childcare.toml",
            DOGS.replace("dog_registry", "childcare"),
            "17_childcare.toml: code: 'childcare' is the code of 07_childcare.toml too",
        ),
    ],
)
def test_a_file_that_names_nothing_is_refused_with_its_name_and_the_key(copy: Path, name: str, text: str, sentence: str) -> None:
    (copy / "contracts/catalogue/sources" / name).write_text(text, encoding="utf-8")

    assert sentence in run(copy, "-m", "contracts.generate").stderr
