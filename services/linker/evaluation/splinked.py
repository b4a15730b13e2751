"""
The same comparison as SQL for Splink, which learns the weights from unlabelled files and checks the linker's own arithmetic.

DuckDB's edit distances count bytes (a slip of one kana would be three), so each kana becomes one ASCII sign. Splink is a tool of
training and of tests: the service never needs it.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa
from splink import DuckDBAPI, Linker

from services.linker.domain.matching.comparing import ERAS, KANA_LENGTH, VOICED, WHOLE_LENGTH
from services.linker.domain.matching.levels import Field, Level
from services.linker.domain.matching.profiles import Profile, is_reading
from services.linker.domain.matching.register import Register
from services.linker.domain.matching.weighing import COUNTED, LEVELS, RAREST, Model

_BYTES = {code: chr(0x21 + code - 0x30A1) for code in range(0x30A1, 0x30FB)}
_ANY = "~"
"""Stands for whatever is no katakana in a reading."""

_TEXT, _TEXTS, _NUMBER = pa.string(), pa.list_(pa.string()), pa.int32()
SCHEMA = pa.schema(
    [
        *((name, _TEXT) for name in ("unique_id", "given", "given_kana", "given_sound", "family", "family_kana", "family_sound", "latin")),
        *(
            (name, _TEXT)
            for name in ("sex", "ward", "town", "numbers", "household_no", "given_voiced", "family_voiced", "given_signs", "family_signs")
        ),
        *((name, _NUMBER) for name in ("year", "month", "day")),
        *((name, _TEXTS) for name in ("names", "former", "guardians")),
    ]
)


def row(number: str, side: Profile) -> dict[str, Any]:
    """Return a profile as a row of `SCHEMA`; what is not known is NULL."""
    return {
        "unique_id": number,
        **{name: getattr(side, name) or None for name in ("given", "given_kana", "family", "family_kana", "year", "month", "day", "sex")},
        "given_signs": _signs(side.given),
        "family_signs": _signs(side.family),
        "given_sound": _one_byte_each(side.given_kana),
        "given_voiced": _one_byte_each(side.given_kana.translate(VOICED)),
        "family_sound": _one_byte_each(side.family_kana),
        "family_voiced": _one_byte_each(side.family_kana.translate(VOICED)),
        "latin": " ".join(sorted(side.latin)) or None,
        "ward": side.ward or None,
        "town": side.town or None,
        "numbers": "-".join(side.numbers) or None,
        "household_no": side.household_no or None,
        "names": [name for name in (side.family, side.family_kana) if name],
        "former": sorted(side.former),
        "guardians": sorted(side.guardians),
    }


def _signs(name: str) -> str | None:
    return name if name and not is_reading(name) else None


def _one_byte_each(reading: str) -> str | None:
    return "".join(_BYTES.get(ord(sign), _ANY) for sign in reading) or None


def table(rows: Iterable[tuple[str, Profile]]) -> pa.Table:
    """Return profiles as a table that DuckDB reads."""
    return pa.Table.from_pylist([row(number, side) for number, side in rows], schema=SCHEMA)


# --- The levels of `comparing.py`, as conditions ---------------------------------------------------------------------------------------


def _both(column: str) -> str:
    return f"{column}_l is not null and {column}_r is not null"


def _same(column: str) -> str:
    return f"{column}_l = {column}_r"


def _name(part: str) -> dict[Level, str]:
    near = f"greatest(length({part}_sound_l), length({part}_sound_r)) >= {KANA_LENGTH} and "
    near += f"damerau_levenshtein({part}_sound_l, {part}_sound_r) <= 1"
    return {
        Level.KANJI: _same(part),
        Level.HOMOPHONE: f"{part}_kana_l = {part}_kana_r and {_both(f'{part}_signs')}",
        Level.KANA: _same(f"{part}_kana"),
        Level.FORMER: "list_has_any(names_l, former_r) or list_has_any(former_l, names_r) or list_has_any(former_l, former_r)",
        Level.LATIN: _same("latin"),
        Level.CROSSED: f"{_crossed('')} or {_crossed('_kana')}",
        Level.NEAR: f"{_both(f'{part}_kana')} and ({_same(f'{part}_voiced')} or ({near}))",
        Level.UNKNOWN: f"not ({_both(f'{part}_signs')}) and not ({_both(f'{part}_kana')})",
    }


def _crossed(way: str) -> str:
    family, given = (tuple(f"coalesce({part}{way}_{side}, '')" for side in "lr") for part in ("family", "given"))
    whole = f"{family[0]} || {given[0]}"
    other = f"({family[1]} || {given[1]}, {given[1]} || {family[1]})"
    return f"(length({whole}) >= {WHOLE_LENGTH} and {whole} in {other} and not ({family[0]} = {family[1]} and {given[0]} = {given[1]}))"


_KNOWN = "((year_l is not null and year_r is not null)::int + (month_l is not null and month_r is not null)::int + (day_l is not null and day_r is not null)::int)"  # noqa: E501
_WRONG = "(coalesce(year_l <> year_r, false)::int + coalesce(month_l <> month_r, false)::int + coalesce(day_l <> day_r, false)::int)"
_SLIP = f"""{_KNOWN} = 3 and (
    ({_WRONG} = 1 and (year_l = year_r or abs(year_l - year_r) in ({", ".join(map(str, sorted(ERAS)))})))
    or (year_l = year_r and month_l = day_r and day_l = month_r))"""
_HOUSE = """numbers_l = numbers_r or (contains(numbers_l, '-') and contains(numbers_r, '-')
    and (starts_with(numbers_l, numbers_r || '-') or starts_with(numbers_r, numbers_l || '-')))"""
_ONE_TOWN = "town_l = town_r and coalesce(ward_l = ward_r, true)"


def _plain(column: str) -> dict[Level, str]:
    return {Level.EQUAL: _same(column), Level.UNKNOWN: f"not ({_both(column)})"}


CONDITIONS: Mapping[Field, Mapping[Level, str]] = {
    Field.GIVEN: {level: condition for level, condition in _name("given").items() if level is not Level.FORMER},
    Field.FAMILY: _name("family"),
    Field.BIRTH: {
        Level.EQUAL: f"{_KNOWN} = 3 and {_WRONG} = 0",
        Level.PART: f"{_KNOWN} = 2 and {_WRONG} = 0",
        Level.NEAR: _SLIP,
        Level.UNKNOWN: f"{_KNOWN} = 0 or ({_KNOWN} = 1 and {_WRONG} = 0)",
    },
    Field.SEX: _plain("sex"),
    Field.ADDRESS: {
        Level.EQUAL: f"{_ONE_TOWN} and ({_HOUSE})",
        Level.TOWN: _ONE_TOWN,
        Level.UNKNOWN: f"not ({_both('town')})",
    },
    Field.GUARDIAN: {
        Level.EQUAL: "list_has_any(guardians_l, guardians_r)",
        Level.UNKNOWN: "len(guardians_l) = 0 or len(guardians_r) = 0",
    },
    Field.HOUSEHOLD: _plain("household_no"),
}
"""In the order in which they are asked; OTHER is what remains."""


def comparison(field: Field, model: Model | None) -> dict[str, Any]:
    """Return a field as a comparison of Splink's, with the weights of a model if there is one."""
    levels = [_level(field, level, condition, model) for level, condition in CONDITIONS[field].items()]
    levels.append(_level(field, Level.OTHER, "ELSE", model))
    return {"output_column_name": field.value, "comparison_levels": levels}


def _level(field: Field, level: Level, condition: str, model: Model | None) -> dict[str, Any]:
    told: dict[str, Any] = {"sql_condition": condition, "label_for_charts": level.value}
    if level is Level.UNKNOWN:
        return {**told, "is_null_level": True}
    if model is None:
        return told
    weight = model.weights[field, level]
    told |= {"m_probability": weight.m, "u_probability": weight.u}
    if weight.frequency:
        told |= {"tf_adjustment_column": weight.frequency, "tf_minimum_u_value": RAREST, "disable_tf_exact_match_detection": True}
    return told


def linker(register: Register, records: Mapping[str, Profile], *, model: Model | None, blocks: list[str]) -> Linker:
    """
    Return Splink over a register and records, with the register's frequencies and the linker's prior.

    `blocks` are the SQL conditions of the pairs that are looked at.
    """
    api = DuckDBAPI()
    sides = [
        api.register(table(records.items()), dataset_display_name="record"),
        api.register(table(zip(register.numbers, register.profiles, strict=True)), dataset_display_name="register"),
    ]
    made = Linker(sides, _settings(model, blocks, 1 / (len(register) + 1)), log_level=None)
    for column in COUNTED if model else ():
        shares_of = dict(register.shares(column))
        values, shares = list(shares_of), list(shares_of.values())
        counted = api.register(
            pa.table({column: pa.array(values, _TEXT), f"tf_{column}": pa.array(shares, pa.float64())}),
            dataset_display_name=f"shares_{column}",
        )
        made.table_management.register_term_frequency_lookup(counted, column)
    return made


def _settings(model: Model | None, blocks: list[str], prior: float) -> dict[str, Any]:
    return {
        "link_type": "link_only",
        "probability_two_random_records_match": prior,
        "comparisons": [comparison(field, model) for field in LEVELS],
        "blocking_rules_to_generate_predictions": blocks,
        "retain_intermediate_calculation_columns": False,
        "retain_matching_columns": False,
    }
