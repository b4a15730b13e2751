"""
Looks for what is refused by name: a 無し item or a My Number, at any depth (§2.4; ITEM-21, S18).

What is declared in the catalogue is looked at by its meaning: numbers of the source's own are not searched at all, names and addresses
part by part. Everything else is searched whole: free text, and whatever nobody declared (unknown fields and attributes, keys).
"""

import fnmatch
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, TypeAlias

from contracts.catalogue import DENIED, EVENT_TYPES, IDENTIFIER_PATTERN, Denial, EventType
from contracts.texts import compatible
from services.ingest.domain.envelope import ATTRIBUTES
from services.ingest.domain.my_number import APART, holds_my_number, joined
from services.ingest.domain.refusals import Fault, Refusal, path_of

_CACHED_KEY_LENGTH = 64
TWELVE_DIGITS = range(10**11, 10**12)
# A trace context is hexadecimal by its own rule and never kept; by chance it would look like a My Number.
_NOT_SCANNED = frozenset({"traceparent", "tracestate"})

# Attributes of the envelope that hold numbers of the source's own making.
_NUMBERING = frozenset({"id", "subject", "personno"})
_IDENTIFIER = re.compile(IDENTIFIER_PATTERN)
_DIGITS = re.compile("[0-9]+")

# A test sees to it that none of these is denied.
_KNOWN_NAMES = frozenset(ATTRIBUTES) | {field.name for kind in EVENT_TYPES for field in kind.fields}

Steps: TypeAlias = tuple[str | int, ...]


@dataclass(frozen=True)
class _Tree:
    """
    An event, level by level: its keys and its texts with the steps to them, outermost first.

    Names of persons and addresses stand apart, because words are looked for in them otherwise.
    """

    keys: list[tuple[Steps, str]]
    texts: list[tuple[Steps, str]]
    names: list[tuple[Steps, str]]

    @cached_property
    def joined(self) -> str:
        """All texts and keys, for one look into all of them."""
        return joined([text for _, text in self.texts] + [key for _, key in self.keys])


_HIRAGANA = {katakana: katakana - 0x60 for katakana in range(ord("ァ"), ord("ヶ") + 1)}
# Japanese from its first character up to a letter or digit of ASCII; words are looked for in nothing else.
_JAPANESE = re.compile(rf"[^\x00-\x7f][^0-9A-Za-z{APART}]*")
_BETWEEN = re.compile(rf"[^\w{APART}]+|_+")
_NO_LETTER = re.compile(r"[\W_]+")
_KANA = re.compile("[ぁ-ゖー]+")
# Names as nearly all are written: letters that have one spelling, and spaces. No digit, so no My Number.
_PLAIN_NAME = re.compile("[ぁ-ゖァ-ヺー々一-\u9fff \u3000]*")


def _squashed(key: str) -> str:
    """A field name in one spelling: letters and digits alone, small, katakana as hiragana."""
    return _NO_LETTER.sub("", compatible(key).casefold()).translate(_HIRAGANA)


def _letters(text: str) -> str:
    """The Japanese in a text without what may stand between letters: spaces, signs, marks."""
    return _BETWEEN.sub("", compatible(APART.join(_JAPANESE.findall(text))))


def _parts(name: str) -> str:
    """The Japanese in a name or an address, its parts set apart by APART."""
    return _BETWEEN.sub(APART, compatible(APART.join(_JAPANESE.findall(name))))


def _word_pattern(word: str) -> str:
    """A word in hiragana as a pattern that takes its katakana too: folding every text would take longer."""
    return "".join(f"[{letter}{chr(ord(letter) + 0x60)}]" if "ぁ" <= letter <= "ゖ" else re.escape(letter) for letter in word)


def _key_rules() -> Iterator[tuple[re.Pattern[str], Denial]]:
    for rule in DENIED:
        for glob in rule.keys:
            # A range such as [1-9] and the stars stay; only what lies between them is squashed.
            parts = re.split(r"(\[[^]]*\]|\*)", glob)
            squashed = "".join(part if part[:1] in ("[", "*") else _squashed(part) for part in parts)
            yield re.compile(fnmatch.translate(squashed)), rule


_KEYS = tuple(_key_rules())
_WORDS = {_squashed(word): rule for rule in DENIED for word in rule.words}
_ANY_WORD = re.compile("|".join(map(_word_pattern, _WORDS)))
# Two parts of a name that is written without a space may spell a word of kana: in names such a word must be the whole of a part.
_WORD_OF_A_PART = re.compile(
    "|".join(f"(?<![^{APART}]){_word_pattern(word)}(?![^{APART}])" if _KANA.fullmatch(word) else _word_pattern(word) for word in _WORDS)
)
_MY_NUMBER = next(rule for rule in DENIED if rule.twelve_digits_with_check_digit)


def denial_in(event: dict[str, Any], kind: EventType | None) -> Refusal | None:
    """
    The refusal of an event that holds something denied, or None. `kind` is what the catalogue says of its type, where it knows it.

    Keys come first and the outermost one is named (`questionnaire`, not what lies in it); then words in texts; then My Numbers. Where
    the catalogue declares a number of the source's own, twelve digits are nothing but that: `watch` looks at many of them together.
    """
    loose, names = _set_apart(event, kind)
    if not _is_suspicious(loose, names.values()):
        return None
    tree = _tree_of(loose, names)
    return _denied_key(tree) or _denied_word(tree) or _my_number(tree)


def _set_apart(event: dict[str, Any], kind: EventType | None) -> tuple[dict[str, Any], dict[str, str]]:
    """An event without what it says where its meaning is declared, and the names and addresses among that."""
    loose = {key: value for key, value in event.items() if key not in _NOT_SCANNED and not (key in _NUMBERING and is_numbering(value))}
    data = loose.get("data")
    if kind is None or type(data) is not dict:
        return loose, {}
    names = {key: data[key] for key in kind.in_parts if type(data.get(key)) is str}
    loose["data"] = {key: value for key, value in data.items() if key not in names and not _is_declared_number(kind, key, value)}
    return loose, names


def _is_declared_number(kind: EventType, key: str, value: object) -> bool:
    if key not in kind.numbering or not is_numbering(value):
        return False
    return key not in kind.one_piece or is_one_number(value)


def is_one_number(value: object) -> bool:
    """Whether a code has its digits, if any, in one piece."""
    return len(_DIGITS.findall(str(value))) <= 1


def is_numbering(value: object) -> bool:
    """Whether a value is what a number of a source's own may be, or a list of such: visible ASCII. Others are refused by the schema."""
    if type(value) is list:
        return all(type(each) is str and is_numbering(each) for each in value)
    return type(value) is int or (type(value) is str and _IDENTIFIER.fullmatch(value) is not None)


def _is_suspicious(loose: dict[str, Any], names: Iterable[str]) -> bool:
    """One quick look that nearly every event passes. It finds whatever the slow search would find, without saying where."""
    texts: list[str] = []
    pending: list[Any] = [loose]
    while pending:
        value = pending.pop()
        if type(value) is dict:
            strange = [key for key in value if key not in _KNOWN_NAMES]
            if any(map(_rule_for, strange)):
                return True
            texts += strange
            value = value.values()
        for child in value:
            kind = type(child)
            if kind is str:
                texts.append(child)
            elif kind is dict or kind is list:
                pending.append(child)
            elif kind is int and child in TWELVE_DIGITS:
                texts.append(str(child))
    joined_names = joined(list(names))
    return _denies(joined(texts)) or _word_in_part(joined_names) is not None or holds_my_number(joined_names)


def denies_text(text: str) -> bool:
    """Whether a text must not be kept."""
    return _denies(joined((text,)))


def denies_name(name: str) -> bool:
    """Whether a name or an address must not be kept: words are looked for in each of its parts, a My Number across them."""
    if _PLAIN_NAME.fullmatch(name) is not None:
        return _WORD_OF_A_PART.search(name.replace(" ", APART).replace("\u3000", APART)) is not None
    looked_at = joined((name,))
    return _word_in_part(looked_at) is not None or holds_my_number(looked_at)


def _denies(joined_texts: str) -> bool:
    return _word_in(joined_texts) is not None or holds_my_number(joined_texts)


def denies_key(key: str) -> bool:
    """Whether a field name is denied."""
    return _rule_for(key) is not None


def _tree_of(loose: dict[str, Any], names: dict[str, str]) -> _Tree:
    tree = _Tree([], [], [(("data", name), text) for name, text in sorted(names.items())])
    level: list[tuple[Steps, Any]] = [((), loose)]
    while level:
        below: list[tuple[Steps, Any]] = []
        for steps, value in level:
            for step, child in value.items() if isinstance(value, dict) else enumerate(value):
                _note(tree, below, (*steps, step), child)
        level = below
    return tree


def _note(tree: _Tree, below: list[tuple[Steps, Any]], steps: Steps, child: Any) -> None:
    step = steps[-1]
    if isinstance(step, str):
        tree.keys.append((steps, step))
    if isinstance(child, str):
        tree.texts.append((steps, child))
    elif isinstance(child, dict | list):
        below.append((steps, child))
    elif isinstance(child, int) and child in TWELVE_DIGITS:
        tree.texts.append((steps, str(child)))


def _denied_key(tree: _Tree) -> Refusal | None:
    for steps, key in tree.keys:
        rule = _rule_for(key)
        if rule is not None:
            return _refusal(_path_to_key(steps, rule), rule)
    return None


def _path_to_key(steps: Steps, rule: Denial) -> str:
    """The path to a denied key. Where the key itself cannot be shown, the catalogue's own word for it stands there."""
    shown = path_of(steps)
    if not shown.endswith("*"):
        return shown
    words = [word for word in (*rule.words, *(glob.strip("*") for glob in rule.keys)) if word in str(steps[-1])]
    return shown[:-1] + (words[0] if words else "*")


def _denied_word(tree: _Tree) -> Refusal | None:
    for steps, text in _hits(tree, lambda text: _word_in(text) is not None):
        return _refusal(path_of(steps), _WORDS[_word_in(joined((text,))) or ""])
    for steps, text in tree.names:
        word = _word_in_part(joined((text,)))
        if word is not None:
            return _refusal(path_of(steps), _WORDS[word])
    return None


def _my_number(tree: _Tree) -> Refusal | None:
    for steps, _ in _hits(tree, holds_my_number):
        return _refusal(path_of(steps), _MY_NUMBER)
    return next((_refusal(path_of(steps), _MY_NUMBER) for steps, text in tree.names if holds_my_number(joined((text,)))), None)


def _hits(tree: _Tree, holds: Callable[[str], bool]) -> Iterator[tuple[Steps, str]]:
    """The texts, and then the keys, that hold something. One look over all of them together spares nearly every event the rest."""
    if holds(tree.joined):
        yield from ((steps, text) for steps, text in (*tree.texts, *tree.keys) if holds(joined((text,))))


def _word_in(text: str) -> str | None:
    """The denied word, as `_WORDS` has it, in a text or in texts joined by `joined`."""
    # All words are Japanese: a test sees to it.
    return None if text.isascii() else _found(_ANY_WORD, _letters(text))


def _word_in_part(names: str) -> str | None:
    """The denied word in one part of a name or an address."""
    return None if names.isascii() else _found(_WORD_OF_A_PART, _parts(names))


def _found(words: re.Pattern[str], letters: str) -> str | None:
    found = words.search(letters)
    return found.group().translate(_HIRAGANA) if found else None


def _rule_for(key: str) -> Denial | None:
    # Only short keys are remembered: a sender must not fill the memory with long ones.
    return _remembered_rule(key) if len(key) <= _CACHED_KEY_LENGTH else _rule_of(key)


@lru_cache(maxsize=4096)
def _remembered_rule(key: str) -> Denial | None:
    return _rule_of(key)


def _rule_of(key: str) -> Denial | None:
    squashed = _squashed(key)
    return next((rule for pattern, rule in _KEYS if pattern.match(squashed)), None)


def _refusal(path: str, rule: Denial) -> Refusal:
    code = "my_number" if rule is _MY_NUMBER else "disallowed_item"
    return Refusal((Fault(path, code),), rule.ja, rule.en, rule.item)
