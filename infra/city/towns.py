"""What the parts of the invented city are called, as its operator would load it: `tsunagu casework towns load`."""

from collections.abc import Iterator

from infra.city.families import TOWNS_IN_A_WARD, WARD_CODES, town_code

BLOCKS = 3
"""丁目 of a part of the town."""

NAMES = (
    *("青葉町", "朝日台", "天野町", "泉町", "稲穂町", "梅園町", "榎町", "大空町", "丘の上町", "柏原町"),
    *("風見町", "霞野町", "北園町", "桐原町", "楠木町", "栗林町", "欅台", "小鳩町", "木立町", "桜田町"),
    *("里山町", "汐見町", "白鷺町", "新緑町", "杉並木町", "鈴懸町", "清流町", "空見台", "高砂台", "竹の里町"),
    *("橘台", "千草町", "月見町", "椿野町", "鶴舞町", "遠見町", "常盤台", "渚町", "七草町", "虹の丘町"),
    *("野菊町", "萩原町", "花園台", "浜風町", "日向町", "雲雀町", "藤見町", "双葉台", "星野町", "松風町"),
    *("見晴町", "緑野町", "港台", "紅葉町", "柳瀬町", "山吹町", "夕凪町", "百合野町", "若草町", "早苗町"),
)
"""Invented, and the same in each ward."""


def towns() -> Iterator[tuple[str, str]]:
    """Return the code and the name of every part of the city."""
    for ward in WARD_CODES:
        for number in range(1, TOWNS_IN_A_WARD + 1):
            name, block = divmod(number - 1, BLOCKS)
            yield town_code(ward, number), f"{NAMES[name]}{block + 1}丁目"


def as_csv() -> bytes:
    """Return the file that an operator would load."""
    return "".join(f"{line}\n" for line in ("address_code,name", *map(",".join, towns()))).encode()
