"""How people and machines write one thing in many ways. Written apart from the normaliser: no table and no pattern of it is used here."""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from hypothesis import strategies as st

# --- Kanji and kana ---------------------------------------------------------------------------------------------------

FAMILIES = (
    *("渡辺", "斎藤", "高橋", "高崎", "吉田", "吉村", "浜田", "柳", "柳沢", "沢田", "広田", "国武", "桜井", "島田", "中島", "富永", "桑原"),
    *(
        "橋本",
        "館林",
        "峰岸",
        "淵上",
        "宝田",
        "曽我",
        "竜崎",
        "滝口",
        "瀬戸",
        "頼富",
        "徳永",
        "恵良",
        "真鍋",
        "栄田",
        "黒木",
        "亀井",
        "佐佐木",
    ),
    *(
        "条島",
        "関",
        "県",
        "塩田",
        "穂積",
        "稲葉",
        "豊福",
        "荘司",
        "児玉",
        "桧垣",
        "槙島",
        "鴻巣",
        "万代",
        "与田",
        "来島",
        "会田",
        "寿",
        "辻",
    ),
)
FORMS = {
    "辺": "邉邊",
    "斎": "齋齊斉",
    "高": "髙",
    "崎": "﨑嵜",
    "吉": "𠮷",
    "浜": "濱濵",
    "柳": "栁",
    "沢": "澤",
    "広": "廣",
    "国": "國",
    "桜": "櫻",
    "島": "嶋嶌",
    "富": "冨",
    "桑": "桒",
    "橋": "𣘺",
    "館": "舘",
    "峰": "峯",
    "淵": "渕",
    "宝": "寶寳",
    "曽": "曾",
    "竜": "龍",
    "滝": "瀧",
    "瀬": "瀨",
    "頼": "賴",
    "徳": "德",
    "恵": "惠",
    "真": "眞",
    "栄": "榮",
    "黒": "黑",
    "亀": "龜",
    "条": "條",
    "関": "關",
    "県": "縣",
    "塩": "鹽",
    "穂": "穗",
    "稲": "稻",
    "豊": "豐",
    "荘": "莊",
    "児": "兒",
    "桧": "檜",
    "槙": "槇",
    "万": "萬",
    "与": "與",
    "来": "來",
    "会": "會",
    "寿": "壽",
    "静": "靜",
    "凜": "凛",
    "遥": "遙",
    "暁": "曉",
    "尭": "堯",
    "実": "實",
    "薫": "薰",
    "弥": "彌",
    "穣": "穰",
}
GIVENS = (
    "結衣",
    "陽葵",
    "凜",
    "静香",
    "遥",
    "暁人",
    "尭",
    "実",
    "薫",
    "弥生",
    "穣",
    "真央",
    "恵",
    "栄太",
    "竜之介",
    "さくら",
    "みすず",
    "エマ",
    "奈奈",
)
READINGS = (
    *(
        "ワタナベ",
        "ショウタ",
        "キョウコ",
        "リョウ",
        "ユウキ",
        "ユキ",
        "ジュンイチ",
        "ヒナタ",
        "イッペイ",
        "ダイスケ",
        "パク",
        "ヴィオラ",
        "ケイコ",
    ),
    *("オオノ", "オノ", "ミヅキ", "ガク", "ブンゴ", "ポール", "ジェームズ", "シュウヘイ", "タロウ", "ヒャクタケ", "グエン", "ティエン"),
)

_HALF = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFF9E)}
_HALF |= {"\u3099": "ﾞ", "\u309a": "ﾟ", " ": " "}
_LARGE = dict(zip("ァィゥェォッャュョ", "アイウエオツヤユヨ", strict=True))


def half_width(kana: str) -> str:
    return "".join(_HALF.get(each, each) for each in unicodedata.normalize("NFD", kana))


def hiragana(kana: str) -> str:
    return "".join(chr(ord(each) - 0x60) if "ァ" <= each <= "ヶ" else each for each in kana)


def with_marks_apart(kana: str) -> str:
    """As a typewriter does it: the sound mark is a sign of its own."""
    return unicodedata.normalize("NFD", kana).replace("\u3099", "゛").replace("\u309a", "゜")


def large(kana: str) -> str:
    return "".join(_LARGE.get(each, each) for each in kana)


KANA_WRITERS: tuple[Callable[[str], str], ...] = (
    *(str, half_width, hiragana, with_marks_apart, large),
    *(lambda kana: unicodedata.normalize("NFD", kana), lambda kana: half_width(large(kana)), lambda kana: kana.replace("ー", "－")),
)


@st.composite
def spelled_reading(draw: st.DrawFn, kana: str) -> str:
    """One reading, as some machine or person writes it."""
    written = draw(st.sampled_from(KANA_WRITERS))(kana)
    return draw(blanks()) + written + draw(blanks())


@st.composite
def spelled_kanji(draw: st.DrawFn, name: str) -> str:
    """One name, each kanji in one of its forms, with selectors, blanks between and about it, what nobody sees, and 々."""
    written = ""
    for place, letter in enumerate(name):
        again = place > 0 and name[place - 1] == letter and letter not in "ァーヶ"
        form = draw(st.sampled_from((letter, *FORMS.get(letter, ""), *(["々"] if again and letter > "一" else []))))
        written += form + draw(st.sampled_from(["", "", "\U000e0100", "\ufe00", "\u200b"])) * (form != "々")
    if draw(st.booleans()):
        written = draw(st.sampled_from(["", " ", "　"])).join(written)
    return draw(blanks()) + written + draw(blanks())


def blanks() -> st.SearchStrategy[str]:
    return st.sampled_from(["", "", " ", "　", "\t"])


# --- Latin ------------------------------------------------------------------------------------------------------------

LATIN = (("NGUYEN", "THI", "HOA"), ("GARCIA", "LOPEZ", "MARIA"), ("OBRIEN", "SEAN"), ("KIM", "MIN", "JUN"), ("SMITH", "JOHN", "A"))
_ACCENTED = {"E": "éÈêẽ", "O": "óÒồ", "A": "áàãÅ", "I": "íÌ", "N": "ñN", "C": "çC", "G": "ğG", "S": "šS"}


@st.composite
def spelled_latin(draw: st.DrawFn, parts: tuple[str, ...]) -> str:
    """The same parts of a name in another order, case, width, with accents and signs."""
    written = []
    for part in draw(st.permutations(parts)):
        letters = "".join(draw(st.sampled_from((each, each.lower(), *_ACCENTED.get(each, "")))) for each in part)
        written.append(letters.replace("O", "O'", 1) if part == "OBRIEN" and draw(st.booleans()) else letters)
    text = draw(st.sampled_from([" ", ", ", "-", "　", "  "])).join(written)
    if draw(st.booleans()):
        text = "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)
    return draw(blanks()) + text


# --- Days -------------------------------------------------------------------------------------------------------------

STARTS = (
    *(("令和", "R", 5, date(2019, 5, 1)), ("平成", "H", 4, date(1989, 1, 8)), ("昭和", "S", 3, date(1926, 12, 25))),
    *(("大正", "T", 2, date(1912, 7, 30)), ("明治", "M", 1, date(1868, 1, 25))),
)


def full_width(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in text)


def in_kanji(number: int) -> str:
    tens, ones = divmod(number, 10)
    figures = " 一二三四五六七八九"
    return ("" if tens == 0 else ("" if tens == 1 else figures[tens]) + "十") + (figures[ones].strip())


@st.composite
def spelled_day(draw: st.DrawFn, day: date) -> str:
    """One day, of the calendar or by an era that had begun, as somebody writes it."""
    y, m, d = day.year, day.month, day.day
    begun = [era for era in STARTS if era[3] <= day and y - era[3].year + 1 < 100]
    name, letter, digit, start = draw(st.sampled_from(begun[:2]))
    n = y - start.year + 1
    first = "元" if n == 1 else str(n)
    ways = [
        *(
            day.isoformat(),
            f"{y}/{m}/{d}",
            f"{y}.{m}.{d}",
            f"{y:04}{m:02}{d:02}",
            f"{y}年{m}月{d}日",
            f"西暦{y}年{m:02}月{d:02}日",
            f"{y}-{m}-{d}",
        ),
        *(f"{day.isoformat()}T00:00:00", f"{y}/{m:02}/{d:02} 0:00:00", f"{y} {m} {d}", f"{y}年 {m}月 {d}日"),
        *(f"{name}{first}年{m}月{d}日", f"{name}{n:02}年{m:02}月{d:02}日", f"{letter}{n}.{m}.{d}", f"{letter.lower()}{n:02}/{m:02}/{d:02}"),
        *(
            f"{letter}{n}-{m}-{d}",
            f"{letter}{n:02}{m:02}{d:02}",
            f"{digit}{n:02}{m:02}{d:02}",
            f"{name[0]}{n}.{m}.{d}",
            f"{name} {n}年 {m}月 {d}日",
        ),
        f"{name}{'元' if n == 1 else in_kanji(n)}年{in_kanji(m)}月{in_kanji(d)}日",
    ]
    written = draw(st.sampled_from(ways))
    return draw(blanks()) + (full_width(written) if draw(st.booleans()) else written) + draw(blanks())


def days() -> st.SearchStrategy[date]:
    return st.dates(min_value=date(1900, 1, 1), max_value=date(2060, 12, 31))


# --- Addresses --------------------------------------------------------------------------------------------------------

TOWNS = (
    *(
        "天神",
        "千代",
        "三苫",
        "一本松",
        "六本松",
        "二日市",
        "五十川",
        "百道浜",
        "七隈",
        "四箇田団地",
        "博多駅東",
        "那ノ川",
        "姪ノ浜",
        "十六町",
        "八田",
    ),
    *("香椎照葉", "三宅", "千早", "元岡", "一番町", "三筑", "二又瀬", "百道", "九品寺", "西新", "別府", "茶山", "野芥"),
)
BUILDINGS = ("コーポ天神", "グランドメゾン", "県営住宅2棟", "サンライズ箱崎", "メゾンK", "室見ハイツ", "第2青葉荘")


@dataclass(frozen=True)
class Place:
    """A place as a clerk means it."""

    ward: str
    town: str
    numbers: tuple[int, int, int]
    building: str
    room: int | None


@st.composite
def places(draw: st.DrawFn) -> Place:
    return Place(
        draw(st.sampled_from(["東区", "博多区", "中央区", "南区", "城南区", "早良区", "西区"])),
        draw(st.sampled_from(TOWNS)),
        (draw(st.integers(1, 9)), draw(st.integers(1, 99)), draw(st.integers(1, 99))),
        building := draw(st.sampled_from(["", *BUILDINGS])),
        draw(st.none() | st.integers(101, 1520)) if building else None,
    )


@st.composite
def spelled_place(draw: st.DrawFn, place: Place) -> str:
    """The same address as another office writes it."""
    before = draw(st.sampled_from(["", "福岡市", "福岡県福岡市", "福岡県 福岡市 ", "〒810-0001 福岡市", "８１０－０００１　福岡県福岡市"]))
    a, b, c = place.numbers
    kanji = tuple(map(in_kanji, place.numbers))
    dash = draw(st.sampled_from(["-", "－", "‐", "−", "ー", "―"]))
    numbers = draw(
        st.sampled_from(
            [
                *(f"{a}{dash}{b}{dash}{c}", f"{a}丁目{b}番{c}号", f"{a}丁目{b}番地{c}", f"{a}丁目{b}番地の{c}", f"{a}丁目{b}{dash}{c}"),
                *(f"{kanji[0]}丁目{b}番{c}号", f"{kanji[0]}丁目{kanji[1]}番{kanji[2]}号", f"{kanji[0]}丁目{b}{dash}{c}", f"{a}の{b}の{c}"),
                *(f"{kanji[0]}の{kanji[1]}の{kanji[2]}", f"{kanji[0]}丁目{b}の{c}", f" {a}丁目 {b}番 {c}号", f"{a}丁目{b}番{c}"),
            ]
        )
    )
    town = place.town.replace("ノ", draw(st.sampled_from(["ノ", "の", "ﾉ"])))
    numbers = full_width(numbers) if draw(st.booleans()) else numbers
    return draw(blanks()) + before + place.ward + draw(st.sampled_from(["", " ", "　"])) + town + numbers + draw(_housed(place))


def _housed(place: Place) -> st.SearchStrategy[str]:
    if not place.building:
        return st.just("")
    if place.room is None:
        return st.sampled_from([f" {place.building}", f"　{place.building}", f" {half_width(place.building)}"])
    room = place.room
    ways = [f" {place.building}{room}号室", f"　{place.building}　{room}", f" {place.building} {room}号", f" {place.building}-{room}"]
    return st.sampled_from([*ways, f" {full_width(place.building)}{full_width(str(room))}号室"])
