"""Looking into texts that strangers wrote: NFKC whose time depends on the length of a text alone, whatever stands in it."""

import re
import unicodedata

MARKS_MAX = 30
"""Combining marks in a row. No writing needs more, and Unicode's own "stream-safe" format allows as many (UAX #15, section 13)."""

# Beyond lies no combining mark, and none in the ideographs and syllables left out: a test sees to it.
_WHERE_MARKS_ARE = (range(0x300, 0x3400), range(0xA000, 0xAC00), range(0xF900, 0x10000), range(0x10000, 0x11FFF), range(0x16000, 0x1F000))


def _is_mark(character: str) -> bool:
    # What is a mark only after decomposition counts too: a half-width ﾞ becomes one.
    return all(map(unicodedata.combining, unicodedata.normalize("NFKD", character)))


MARKS = [chr(code) for codes in _WHERE_MARKS_ARE for code in codes if _is_mark(chr(code))]
"""Every combining mark, and what becomes nothing but marks when it is decomposed."""
_IN_PLANE_0 = "".join(mark for mark in MARKS if mark < "\U00010000")
_BEYOND = [mark for mark in MARKS if mark >= "\U00010000"]
# A class of many characters beyond plane 0 is slow at every character that it lacks; one wide range is not, and is followed up.
_WIDE_MARK, _MARK = f"[{_IN_PLANE_0}{_BEYOND[0]}-{_BEYOND[-1]}]", f"[{_IN_PLANE_0}{''.join(_BEYOND)}]"
# The first class stands alone so that the search skips what is no mark without trying it.
_PERHAPS_TOO_MANY = re.compile(f"{_WIDE_MARK}{_WIDE_MARK}{{{MARKS_MAX}}}")
_TOO_MANY = re.compile(f"({_MARK}{_MARK}{{{MARKS_MAX - 1}}}){_MARK}+")


def has_too_many_marks(text: str) -> bool:
    """Whether more than MARKS_MAX combining marks stand in a row: sorting them takes Python the square of their number."""
    if len(text) <= MARKS_MAX or text.isascii() or _PERHAPS_TOO_MANY.search(text) is None:
        return False
    return _TOO_MANY.search(text) is not None


def compatible(text: str) -> str:
    """A text in NFKC, for looking into it. Marks beyond MARKS_MAX are left out, so that no text takes more time than its length."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFKC", _TOO_MANY.sub(r"\1", text) if has_too_many_marks(text) else text)
