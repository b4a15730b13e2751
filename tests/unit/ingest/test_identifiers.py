"""Characters that nobody sees make a second child of one: no identifier may hold them (operations.md, domain.md 2.8)."""

from datetime import date

import pytest

from contracts.catalogue import EVENT_TYPES, WATERMARK_TYPE, EventType, FieldType, SourceField
from services.ingest.domain.admission import Admitted, Inlet, judge
from services.ingest.domain.ledger import Identity, identity_of
from services.ingest.domain.reading import RawEvent
from services.ingest.domain.refusals import Refusal
from tests.unit.catalogue.test_catalogue import example
from tests.unit.ingest.events import Event, door, event

IDENTIFIERS = frozenset({FieldType.IDENTIFIER, FieldType.PERSON_NO})
FREE_TEXTS = {"name", "kana", "responsible_org"}
UNSEEN = "\u200b\u200d\ufeff\u00ad\u200e\u202e\u2066\u2060\u180e\ufe0f\u034f\u3164\u115f\u2800\u00a0\u3000\u0085\x7f \t\U000e0041"
LOOKALIKES = "１оＯ−‐零"
SENT = [(kind, field) for kind in EVENT_TYPES for field in kind.fields if field.type in IDENTIFIERS]


def sent(kind: EventType, field: SourceField | None = None, value: str = "") -> Event:
    data = {key: said for key, said in example(kind).items() if said is not None}
    if field is not None:
        data[field.name] = ["1", value] if field.list else value
    return event(kind.source, kind.type, data)


def verdict(said: Event, kind: EventType) -> Admitted | Refusal:
    return judge(RawEvent(said), door(kind.source, inlet=Inlet.MEDIA, today=date(2026, 4, 11)))


def test_every_text_field_of_the_sixteen_sources_is_an_identifier_or_is_known_to_be_words() -> None:
    assert {field.name for kind in EVENT_TYPES for field in kind.fields if field.type is FieldType.TEXT} == FREE_TEXTS
    assert {kind.source for kind, _ in SENT} >= {kind.source for kind in EVENT_TYPES if kind.type != WATERMARK_TYPE}


@pytest.mark.parametrize(("kind", "field"), SENT, ids=[f"{kind.source.value}-{kind.type}-{field.name}" for kind, field in SENT])
def test_what_cannot_be_seen_or_looks_like_another_character_is_refused_by_path_in_every_identifier(
    kind: EventType, field: SourceField
) -> None:
    path = f"{field.name}.1" if field.list else field.name

    for character in UNSEEN + LOOKALIKES:
        for value in (f"10{character}0", f"{character}1", f"1{character}"):
            found = verdict(sent(kind, field, value), kind)
            assert isinstance(found, Refusal), hex(ord(character))
            assert (found.path, found.code) == (path, "wrong_form")


@pytest.mark.parametrize("attribute", ["id", "subject", "personno"])
@pytest.mark.parametrize("character", UNSEEN + LOOKALIKES, ids=[f"U+{ord(each):04X}" for each in UNSEEN + LOOKALIKES])
def test_the_identifiers_of_the_envelope_keep_the_same_rule(attribute: str, character: str) -> None:
    kind = next(kind for kind in EVENT_TYPES if kind.type == "infant_checkup.recorded")

    found = verdict({**sent(kind), attribute: f"1{character}00"}, kind)

    assert isinstance(found, Refusal)
    assert (found.path, found.code) == (attribute, "wrong_form")


@pytest.mark.parametrize("said", ["父から叩かれると話した", "山田 太郎", "\u200b1", "1" * 256, "", 1, None, ["1"]])
def test_of_a_refused_event_nothing_is_kept_where_a_number_belongs_but_a_number(said: object) -> None:
    kind = next(kind for kind in EVENT_TYPES if kind.type == "infant_checkup.recorded")
    refused = {**sent(kind), "id": said, "subject": said, "note": 1}

    kept = identity_of(refused, kind.source, verdict(refused, kind))

    assert (kept.event_id, kept.record_id) == (None, None)
    assert identity_of({**refused, "id": "E-1", "subject": "K-1"}, kind.source, verdict(refused, kind)) == Identity(
        "E-1", kind.type, "K-1", 1
    )


def test_whose_record_is_taken_back_is_named_by_the_same_rule() -> None:
    kind = next(kind for kind in EVENT_TYPES if kind.type == "infant_checkup.recorded")
    said = {**sent(kind), "op": "void", "data": {"person_no": "1\u200b00"}}

    found = verdict(said, kind)

    assert isinstance(found, Refusal)
    assert (found.path, found.code) == ("person_no", "wrong_form")


def test_an_identifier_of_visible_ascii_is_taken_as_it_came() -> None:
    kind = next(kind for kind in EVENT_TYPES if kind.type == "resident.changed")
    field = kind.by_name["household_no"]

    found = verdict(sent(kind, field, "00-H/22_a.~!"), kind)

    assert isinstance(found, Admitted)
    assert found.data["household_no"] == "00-H/22_a.~!"
