"""Parts of the city in words (Japanese), as pages with numbers call them; and what stands there instead of a number of a few."""

from collections.abc import Mapping

from contracts.values import Ward
from contracts.words import WARDS
from services.scorer.domain.simulating import SMALLEST

AGES: Mapping[str, str] = {"0-2": "0〜2歳", "3-5": "3〜5歳（就学前）", "6-11": "小学生の年齢", "12-15": "中学生の年齢"}
SEXES: Mapping[str, str] = {"female": "女", "male": "男"}
UNKNOWN = "不明"

FEW_CHILDREN, FEW_REVIEWS = f"{SMALLEST}人未満など", f"{SMALLEST}件未満など"
"""In the place of a number that is small, or that would tell of one that is."""

_ORDER = [ward.value for ward in Ward]


def ward(code: str) -> str:
    """Return a ward's name."""
    return WARDS[Ward(code)] if code in _ORDER else UNKNOWN


def place(code: str) -> int:
    """Return where a ward stands among the others; whatever is none comes last."""
    return _ORDER.index(code) if code in _ORDER else len(_ORDER)


def age(code: str) -> str:
    """Return a band of age."""
    return AGES.get(code, UNKNOWN)


def sex(code: str) -> str:
    """Return what the register says."""
    return SEXES.get(code, UNKNOWN)
