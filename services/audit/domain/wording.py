"""The log in plain Japanese. What was done reads as whoever did it says (`contracts.deeds`); here are the words of entries as such."""

from contracts.deeds import DEEDS, FIELDS, OF_SERVICES, REASONS, deeds_of
from contracts.deeds.deed import RULESET, ThingKind
from contracts.words import ACTORS, ORIGINS, SERVICES, WARDS

DECISIONS: dict[str, str] = {"permit": "許可", "deny": "拒否", "done": "実施"}

RELATIONS: dict[str, str] = {"assigned": "担当者", "team": "担当チーム", "none": "担当関係なし"}

PURPOSES: dict[str, str] = {"EARLY_SUPPORT": "支援が必要なこどもの早期把握", "AUDIT": "監査・追跡調査"}

TYPES: dict[str, str] = {"AccessRecorded": "閲覧の記録", "DecisionRecorded": "判断・操作の記録"}

_KINDS = {kind.value: kind.words for kind in ThingKind}
_PRODUCERS = {name.value: words for name, words in SERVICES.items()}
_WARDS = {ward.value: words for ward, words in WARDS.items()}


def searchable_actions() -> list[tuple[str, str]]:
    """What a search can ask for, and how it reads: all that is done but at the command line of each service."""
    return [(deed.code, f"{deed.screen}：{deed.done}") for module in OF_SERVICES for deed in deeds_of(module)]


def screen_of(action: str) -> str:
    """Where something is done (どの画面で)."""
    known = DEEDS.get(action)
    return known.screen if known is not None else _PRODUCERS.get(action.partition(".")[0], "不明")


def deed_of(action: str, decision: str, reason_code: str | None) -> str:
    """
    What was done (なにを), or, where it was refused, what somebody wanted to do.

    A deed that this release does not know keeps its own name: it must never vanish from the page.
    """
    known = DEEDS.get(action)
    if decision == "deny":
        return known.attempted if known is not None else f"{action}（しようとした）"
    if known is None:
        return action
    return f"{known.done}（自動、基準 {reason_code}）" if known.by_rule and reason_code else known.done


def entitled(relation: str, decision: str, *, is_emergency: bool) -> tuple[str, bool]:
    """By what somebody was entitled to a look at a person, in words, and whether that needs to be looked into."""
    if decision == "deny":
        return "断られた（見ていない）", False
    if is_emergency:
        return "緊急の閲覧（理由を確かめる）", True
    if relation == "none" and decision == "done":
        # Somebody of another office who decides about a look, or about a person's wish.
        return "判断・操作（閲覧ではない）", False
    if relation == "none":
        return "担当関係なし（要る閲覧だったかを確かめる）", True
    return f"{RELATIONS.get(relation, relation)}として", False


def reason_of(code: str) -> str:
    """How a reason reads, with its code. A code that nobody gave words to stays as it is, e.g. an operator's ticket."""
    if code in REASONS:
        return f"{REASONS[code]}（{code}）"
    if RULESET.fullmatch(code):
        return f"基準 {code}"
    parts = code.split(".")
    return f"{'、'.join(REASONS[part] for part in parts)}（{code}）" if all(part in REASONS for part in parts) else code


def field_of(name: str) -> str:
    """How a field reads, with its name. One that nobody gave words to stays as it is: a sender's may be called anything."""
    return f"{FIELDS[name]}（{name}）" if name in FIELDS else name


def kind_of(thing_kind: str) -> str:
    """How a kind of thing reads."""
    return _KINDS.get(thing_kind, thing_kind)


def role_of(role: str) -> str:
    """How a role reads. A service that acts by itself has the role `service:<name>`."""
    service = role.removeprefix("service:")
    return ACTORS.get(role, role) if service == role else f"{producer_of(service)}（自動）"


def producer_of(name: str) -> str:
    """How the part of Tsunagu reads that told an entry."""
    return _PRODUCERS.get(name, name)


def ward_of(key: str | None) -> str:
    """A ward's name, or nothing."""
    return "" if key is None else _WARDS.get(key, key)


def origin_of(origin: str | None) -> str | None:
    """How a way in reads; a terminal's address stays."""
    return ORIGINS.get(origin or "", origin)
