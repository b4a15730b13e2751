"""What is meant, by example; and that the tables are what they say."""

import hashlib
import tomllib
import unicodedata
from itertools import chain, product
from pathlib import Path

import pytest

from contracts.catalogue import ENUMS
from contracts.writing import characters, kana, names
from services.ingest.domain.normalise import birth_day
from services.linker.domain.names import comparable
from services.linker.domain.normalising import VERSION, Address, Birth, Raw, addresses, dates, latin, normalised
from services.linker.domain.normalising.sexes import sex
from tests.unit.ingest.test_birth_dates import WRITTEN
from tests.unit.linker.normalising import different, spellers
from tests.unit.linker.normalising.test_laws import PIECES

TABLES = tomllib.loads((Path(characters.__file__).with_name("variants.toml")).read_text(encoding="utf-8"))["table"]


# --- Names ------------------------------------------------------------------------------------------------------------


NAMES_OF_FAMILIES = [
    *((each, "斎藤") for each in ("齋藤", "齊藤", "斉藤", "斎藤", " 斎　藤 ", "斎藤(旧姓 山田)")),
    *((each, "渡辺") for each in ("渡邉", "渡邊", "渡邊\U000e0101", "渡辺\u200b")),
    *((each, "高崎") for each in ("髙﨑", "高﨑", "髙崎")),
    *((each, "四ケ所") for each in ("四ヶ所", "四ケ所", "四ヵ所", "四が所", "四ｹ所")),
    *((each, "佐佐木") for each in ("佐々木", "佐佐木", "佐 々木")),
    *((each, "二宮") for each in ("二宮", "ニ宮")),
    ("エ藤", "工藤"),
    ("三ッ矢", "三ツ矢"),
    ("⻑⾕川", "長谷川"),
    ("Ｓｍｉｔｈ", "SMITH"),
    ("田�", "田〓"),
    ("・", ""),
    ("", ""),
]


@pytest.mark.parametrize(("written", "meant"), NAMES_OF_FAMILIES)
def test_family_names(written: str, meant: str) -> None:
    assert names.family(written) == meant


NAMES_GIVEN = [
    ("健ー", "健一"),
    ("ー郎", "一郎"),
    ("凛", "凜"),
    ("みすゞ", "ミスズ"),
    ("奈々", "奈奈"),
    ("齊", "斉"),
    ("さくら", "サクラ"),
    ("ジョー", "ジョー"),
]


@pytest.mark.parametrize(("written", "meant"), NAMES_GIVEN)
def test_given_names(written: str, meant: str) -> None:
    assert names.given(written) == meant


def test_a_whole_name_is_parted_at_its_first_blank_and_not_by_guess() -> None:
    assert names.parted("山田　結衣") == ("山田", "結衣")
    assert names.parted("山田結衣") == ("山田結衣", "")
    assert names.parted("グエン ティ ホア") == ("グエン", "ティ ホア")
    assert names.parted(" ") == ("", "")


READINGS = [
    ("ｼｮｰﾀ", "シヨウタ", "シヨウタ"),
    ("しょうた", "シヨウタ", "シヨウタ"),
    ("シヨウタ", "シヨウタ", "シヨウタ"),
    ("ケーコ", "ケイコ", "ケイコ"),
    ("ミヅキ", "ミヅキ", "ミズキ"),
    ("ヴィオラ", "ヴイオラ", "ビオラ"),
    ("オオタ", "オオタ", "オウタ"),
    ("カヲル", "カヲル", "カオル"),
    ("イスヾ", "イスズ", "イスズ"),
    ("ジェームズ・Ｋ", "ジエイムズK", "ジエイムズK"),
]


@pytest.mark.parametrize(("written", "spelled", "heard"), READINGS)
def test_readings_have_a_spelling_and_a_sound(written: str, spelled: str, heard: str) -> None:
    assert (kana.spelled(written), kana.sound(kana.spelled(written))) == (spelled, heard)


def test_names_are_compared_in_one_spelling_whichever_part_they_are() -> None:
    assert comparable("齊藤　結衣") == comparable("斎藤結衣")
    assert comparable("・" * 300) != comparable("〇" * 300)


def test_parts_of_latin_names_have_no_order() -> None:
    assert latin.tokens("Nguyễn, Thị-Hoa") == latin.tokens("ＨＯＡ　ＮＧＵＹＥＮ　ＴＨＩ") == ("HOA", "NGUYEN", "THI")
    assert latin.tokens("O’Brien Seán A.") == ("A", "OBRIEN", "SEAN")
    assert latin.tokens("Smi\u200bth \u202eJohn") == ("JOHN", "SMITH")
    assert latin.tokens("Łukasz Straße Đỗ") == ("DO", "LUKASZ", "STRASSE")


def test_former_names_and_guardians_are_each_their_own() -> None:
    normal = normalised(Raw(former_family="齊藤、濱田", guardian="髙橋　恵"))

    assert (normal.former_family, normal.guardian) == (("斎藤", "浜田"), ("高橋", "恵"))


def test_sex_is_what_the_catalogue_knows_and_nothing_else() -> None:
    male = ("男", "男子", "男児", "男性", "１", "1", "M", "Ｍ", "ｍ", " male ", "男の子", "Boy", "㊚")
    female = ("女", "女子", "女児", "女性", "２", "2", "F", "Ｆ", "ｆ", "Female　", "女の子", "girl", "㊛", "⼥")

    assert {sex(each) for each in male} == {"male"}
    assert {sex(each) for each in female} == {"female"}
    assert {sex(each) for each in ("不明", "0", "９", "その他", "3", "", "男女", "男" * 1_000)} == {""}


# --- Days -------------------------------------------------------------------------------------------------------------


DAYS = [
    *((each, "2019-05-01") for each in ("H31.5.1", "平成31年5月1日", "R1.5.1", "令和元年五月一日", "5010501", "4310501", "㋿元年5月1日")),
    *((each, "2019-04-30") for each in ("H31.4.30", "R1.4.30", "平31.4.30", "４３１０４３０", "2019 4 30", "平成三十一年四月三十日")),
    *((each, "1989-01-07") for each in ("S64.1.7", "昭和64年1月7日", "平成元年1月7日", "3640107")),
    *((each, "1985-06-00") for each in ("昭和60年6月日不詳", "1985-06", "S60.6.00", "3600600", "1985/6/99", "1985年6月XX日")),
    *((each, "1985-00-00") for each in ("昭和60年月日不詳", "1985", "S60", "3600000", "1985-99-99", "昭和60年以下不詳")),
    *((each, "0000-06-11") for each in ("0000-06-11", "不詳年6月11日", "昭和99年6月11日", "XXXX-06-11")),
    *((each, "2019-05-01") for each in ("平成31(2019)年5月1日", "2019年5月1日(水)", "R1.5.1生")),
    *((each, "0000-00-00") for each in ("昭和60年頃", "昭和60年6月1日(推定)")),
    ("1985-00-11", "1985-00-11"),
    # Of a contradiction nobody can say which part is wrong.
    ("2019-13-05", "2019-00-00"),
    ("2019-04-31", "2019-00-00"),
    ("2019-04-45", "2019-04-00"),
    ("R5/2/29", "0000-00-00"),
    ("R0.1.1", "0000-00-00"),
    # Two figures of a year, a day before its month, figures that fit several forms.
    *((each, "0000-00-00") for each in ("25.4.1", "11.4.2026", "11/04/26", "20042019", "2019501", "2010101", "201906", "19856", "43586")),
    # What stands where nothing is known.
    *(
        (each, "0000-00-00")
        for each in ("9999-12-31", "0001-01-01", "00000000", "不詳", "昭和", "", "2019年度", "五月生まれの子", "令" * 99)
    ),
]


@pytest.mark.parametrize(("written", "meant"), DAYS)
def test_birth_dates_are_read_as_far_as_they_are_known(written: str, meant: str) -> None:
    assert str(dates.birth(written)) == meant


@pytest.mark.parametrize("written", WRITTEN)
def test_whatever_the_door_reads_is_read_the_same_here(written: str) -> None:
    told = birth_day(written) or ""
    known = [int(part) for part in told.split("-")] if told != "unknown" else []

    assert dates.birth(written) == Birth(*known)


# --- Addresses --------------------------------------------------------------------------------------------------------


ADDRESSES = [
    *(
        (each, Address("", "天神", "1-8-1"))
        for each in ("天神一丁目8番1号", "天神1-8-1", "天神１丁目８番地の１", "天神一ー八ー一", "天神一の八の一")
    ),
    ("福岡県福岡市中央区天神1-8-1", Address("中央区", "天神", "1-8-1")),
    ("〒810-0001 福岡市中央区天神1丁目8-1 コーポ天神503号室", Address("中央区", "天神", "1-8-1", "コーポ天神", "503")),
    ("天神1-8-1-503", Address("", "天神", "1-8-1", "", "503")),
    ("天神1-8-1 5階503号室", Address("", "天神", "1-8-1", "", "503")),
    ("百道浜2丁目3番2号 第2コーポA-203", Address("", "百道浜", "2-3-2", "第2コーポA", "203")),
    ("博多区千代四丁目1番1号", Address("博多区", "千代", "4-1-1")),
    ("東区三苫3丁目", Address("東区", "三苫", "3")),
    ("中央区六本松", Address("中央区", "六本松")),
    ("6本松4-2-1", Address("", "六本松", "4-2-1")),
    ("一本松二の三", Address("", "一本松", "2-3")),
    ("二日市一丁目2", Address("", "二日市", "1-2")),
    ("一番町3-2", Address("", "一番町", "3-2")),
    ("西区十六町二十三番地", Address("西区", "十六町", "23")),
    ("西区大字徳永字前田1234番地5外", Address("西区", "徳永", "1234-5")),
    ("西区徳永1234-5", Address("西区", "徳永", "1234-5")),
    ("赤十字町1-2", Address("", "赤十字町", "1-2")),
    ("天神1-8-1 室見ハイツ", Address("", "天神", "1-8-1", "室見ハイツ")),
    ("福岡県糟屋郡志免町志免1-2-3", Address("", "糟屋郡志免町志免", "1-2-3")),
    ("広島県広島市南区段原1-2", Address("", "広島市南区段原", "1-2")),
    *((each, Address("", "自由ケ丘", "1-2")) for each in ("自由ヶ丘1-2", "自由が丘1-2", "自由ｹ丘1-2")),
    ("不詳", Address()),
    ("", Address()),
]


@pytest.mark.parametrize(("written", "meant"), ADDRESSES)
def test_addresses(written: str, meant: Address) -> None:
    assert addresses.address(written) == meant


# --- The tables and the version ---------------------------------------------------------------------------------------


def test_each_table_of_forms_says_where_it_is_from_and_for_which_names_it_holds() -> None:
    assert all(table["source"] and table["folds"] in {"names", "families"} for table in TABLES)


def test_no_form_leads_to_a_form() -> None:
    for folds in ("names", "families"):
        groups = [group for table in TABLES if table["folds"] == folds for group in table["groups"].split()]
        others = [other for group in groups for other in group[1:]]

        assert sorted(others) == sorted(set(others))
        assert {group[0] for group in groups}.isdisjoint(others)
        assert all(len(group) > 1 for group in groups)
        # What NFKC makes of a character is never looked for.
        assert [each for each in chain.from_iterable(groups) if unicodedata.normalize("NFKC", each) != each] == []


def test_who_changes_an_answer_changes_the_version() -> None:
    """A stored decision names the version of what it was compared by: the same version never says something else."""
    texts = [*different.FAMILIES, *different.GIVENS, *different.READINGS, *different.LATIN, *different.ADDRESSES, *different.DAYS]
    texts += [*characters.VARIANTS, *characters.FAMILY_VARIANTS, *WRITTEN, *spellers.TOWNS, *spellers.BUILDINGS, *spellers.READINGS]
    texts += [str(each[0]) for each in (*NAMES_OF_FAMILIES, *NAMES_GIVEN, *READINGS, *DAYS, *ADDRESSES)]
    texts += [*ENUMS["sex"].spellings]
    texts += map("".join, product(PIECES, PIECES))
    fields = ("family", "given", "family_kana", "former_given", "latin", "birth_date", "sex", "address", "guardian")
    answers = "\n".join(repr(normalised(Raw(**dict.fromkeys(fields, text)))) for text in dict.fromkeys(texts))

    assert (VERSION, hashlib.sha256(answers.encode()).hexdigest()[:16]) == ("normal-4", "c20a6bf0ab7da49a")
