"""What can be wrong with a ruleset that somebody enters: the field is named, and why it cannot be so, in both languages."""

from dataclasses import dataclass
from enum import Enum


class Wrong(Enum):
    """Why a field of a ruleset cannot stand as it does: for the command line, and for the coordinator's page."""

    NOT_TOML = "not a TOML file", "TOMLの書き方になっていない"
    TOO_LONG = "longer than any ruleset", "長すぎる"
    MISSING = "missing", "書かれていない"
    NOT_A_KEY = "not a key of a ruleset", "把握基準の項目ではない"
    NOT_IN_A_RESULT = "no part of an analysis's result", "分析の結果に書く項目ではない"
    NO_SUCH_DATASET = (
        "no masked dataset of that id was given to the analysis body",
        "その番号のマスキングデータは、分析主体に提供されていない",
    )
    NO_SUCH_RULESET = "there is no such ruleset", "その名前の把握基準はない"
    NOTHING_SET = "sets nothing", "変える値がひとつもない"
    NOT_A_TEXT = "must be a text", "文章で書く"
    CANNOT_EDIT = "cannot be set in that document alone", "もとの文書の書き方では、この値だけを変えられない"
    NOT_A_NAME = "must read like SP-2, because the log names it as a reason", "SP-2のように、英大文字2字とハイフンと数字で書く"
    NOT_A_LIST = "must be a list of names", "名前の並びで書く"
    NOT_A_TABLE = "must be a table", "表の形で書く"
    NO_SUCH_ITEM = "contracts/catalogue/items has no such item", "そのデータ項目はない"
    NO_SUCH_GROUP = "there is no such group", "その分類はない"
    NO_SUCH_SOURCE = "there is no such source", "その連携元はない"
    NO_SUCH_PARAMETER = "there is no such parameter that a ruleset may set", "把握基準で変えられる値ではない"
    NO_SUCH_WINDOWS = "one of", "次のどれかを書く"
    NOT_COUNTED = "names an item that `items` does not", "「items」にないデータ項目がある"
    TWICE = "names something twice", "同じ名前が2回ある"
    EMPTY = "names no item", "データ項目がひとつもない"
    NOT_A_NUMBER = "must be a number, and a whole one where it counts things", "数で、個数や日数は整数で書く"
    OUT_OF_RANGE = "must be within", "次の範囲で書く"
    NOT_A_DAY = "must be a day, as 2026-04-01", "日付（2026-04-01のように）で書く"
    NOT_A_YEAR = "must be a school year, as 2026", "年度（2026のように）で書く"
    NOT_A_DAY_OF_YEAR = "must be a day of the year, as 05-31", "月日（05-31のように）で書く"
    ENDS_TOO_EARLY = "ends before it begins", "終わりの日が始まりの日より前になっている"
    SUPPRESSOR_COUNTS = (
        "an item either counts or keeps a review from being opened",
        "数える項目と、挙げないための項目を兼ねることはできない",
    )
    ONLY_CONTEXT = "is context for people, and never counts", "参考の情報で、数える項目にはできない"
    MUST_NAME_BOTH = (
        "must name ECON and DIS: receiving help, or having a disability, is not a sign of risk by itself",
        "ECON（経済）とDIS（障害）を必ず入れる。支援を受けていることや障害があることは、それだけでは気がかりな兆しではない",
    )
    WOULD_ALONE = (
        "poverty or disability alone would open a review, by these items",
        "次の項目だけで、つまり経済的な支援や障害だけで、要確認に挙がってしまう",
    )

    @property
    def english(self) -> str:
        """For the command line."""
        return self.value[0]

    @property
    def japanese(self) -> str:
        """For the coordinator."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a field: its path in the document, and what is named or allowed there."""

    field: str
    wrong: Wrong
    about: str

    def __str__(self) -> str:
        """Return the sentence of the command line."""
        return f"{self.field}: {self.wrong.english}" + (f": {self.about}" if self.about else "")
