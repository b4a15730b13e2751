"""
Readings in one spelling, and what is heard of them.

Two keys, so that nothing is lost: `spelled` undoes what machines and typists do to one reading (half width, hiragana, ヨ for ョ, the long
vowel mark); `sound` joins what only the ear joins (ヂ and ジ, ヅ and ズ, ヴ and ブ, ヲ and オ, オオ and オウ).
Vowels are never dropped: ユウキ and ユキ, オオノ and オノ are different names.
"""

import re

from contracts.writing.characters import heard, remembered, repeated

_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_ROWS = {
    "ア": "アカサタナハマヤラワガザダバパヷ",
    "イ": "イキシチニヒミリヰギジヂビピヸエケセテネヘメレヱゲゼデベペヹ",
    "ウ": "ウクスツヌフムユルグズヅブプヴオコソトノホモヨロヲゴゾドボポヺ",
}
_VOWELS = {kana: vowel for vowel, row in _ROWS.items() for kana in row}
"""The vowel that lengthens a kana: as Japanese spells it, イ after エ and ウ after オ."""

_LONG = re.compile("([^ー]?)ー+")
_V = re.compile("ヴ([アイエオ])")
_V_SOUNDS = {"ア": "バ", "イ": "ビ", "エ": "ベ", "オ": "ボ"}
_ALIKE = str.maketrans("ヂヅヲヰヱヴヷヸヹヺ", "ジズオイエブバビベボ")
_LONG_O = re.compile("(?<=[オコソトノホモヨロゴゾドボポ])オ")


@remembered(131_072)
def spelled(text: str) -> str:
    """A reading as full-width katakana, small kana as large ones, the long vowel mark as the vowel that it stands for."""
    plain = heard(text).translate(_SMALL)
    # Signs that repeat once more: one may stand behind another character only now.
    return repeated(_LONG.sub(lambda found: found[1] + _VOWELS.get(found[1], ""), plain)) if "ー" in plain else plain


@remembered(131_072)
def sound(reading: str) -> str:
    """What is heard of a reading that is `spelled`: ミヅキ and ミズキ, オオタ and オウタ, ヴイオラ and ビオラ are each one."""
    if "ヴ" in reading:
        reading = _V.sub(lambda found: _V_SOUNDS[found[1]], reading)
    return _LONG_O.sub("ウ", reading.translate(_ALIKE))
