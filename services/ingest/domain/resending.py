"""What is to be done about a refused or parked event: what to mend at the source, and under which id and revision it may come again."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.ingest.domain.ledger import Identity, Outcome
from services.ingest.domain.refusals import Refusal, Words


class Remedy(StrEnum):
    """Who has to do what."""

    MEND = "mend"
    """The source mends what is wrong in the event."""
    REMOVE = "remove"
    """The source leaves out what may not be collected."""
    REGISTER = "register"
    """Nothing is wrong with the event: the register is to be seen to, or the way in."""
    CLOCK = "clock"
    """The clock of the source is to be set."""
    WAIT = "wait"
    """It is put aside here: the source does nothing."""
    NOTHING = "nothing"
    """A newer revision of the record was taken since."""


class UnderId(StrEnum):
    """Under which id it may come again."""

    SAME = "same"
    NEW = "new"


class UnderRevision(StrEnum):
    """Under which revision it may come again."""

    SAME = "same"
    HIGHER = "higher"


@dataclass(frozen=True, slots=True)
class Advice:
    """What is to be done. `under_id` and `under_revision` are empty where nothing is to be sent."""

    remedy: Remedy
    under_id: UnderId | None
    under_revision: UnderRevision | None
    words: Words


_AT_THE_DOOR = frozenset({"no_purpose", "purpose_overdue", "purpose_suspended", "no_owner", "removable_media_only"})
_CLOCKS = frozenset({"time_ahead", "recordedat_ahead"})

_WORDS: dict[Remedy, Words] = {
    Remedy.MEND: Words("元のシステムで、示した箇所を直してください。", "Mend the named places at the source."),
    Remedy.REMOVE: Words(
        "この項目は集められません。送る内容から除いてください。値は、ここには残っていません。",
        "This may not be collected: leave it out. Its value was not kept.",
    ),
    Remedy.REGISTER: Words(
        "イベントに誤りはありません。利用目的の登録（または届け方）が整ってから、同じものを送ってください。",
        "Nothing is wrong with the event: send it unchanged once the source's registration, or its way in, is in order.",
    ),
    Remedy.CLOCK: Words("送信側の時計を合わせてから、送り直してください。", "Set the clock of the source, then send it again."),
    Remedy.WAIT: Words("送り直しは不要です。こちらで確かめます。", "No need to send it again: it is looked at here."),
    Remedy.NOTHING: Words(
        "この記録は、あとの改訂番号のものを受け取っています。送り直しは不要です。",
        "A later revision of this record was taken since: nothing has to be sent.",
    ),
}
_SENT: dict[tuple[UnderId, UnderRevision], Words] = {
    (UnderId.SAME, UnderRevision.SAME): Words("同じid・同じ改訂番号で送れます。", "Send it under the same id and revision."),
    (UnderId.SAME, UnderRevision.HIGHER): Words(
        "同じidのまま、より大きい改訂番号で送ってください。", "Send it under the same id, with a higher revision."
    ),
    (UnderId.NEW, UnderRevision.SAME): Words(
        "新しいidで送ってください。改訂番号は同じです。", "Send it under a new id, with the same revision."
    ),
    (UnderId.NEW, UnderRevision.HIGHER): Words(
        "新しいidと、より大きい改訂番号で送ってください。", "Send it under a new id, with a higher revision."
    ),
}


def advice(outcome: Outcome, refusal: Refusal, identity: Identity, newest: int | None) -> Advice:
    """Say what is to be done about an event. `newest` is the newest revision that was taken of its record, if any was."""
    if outcome is Outcome.PARKED:
        return Advice(Remedy.WAIT, None, None, _WORDS[Remedy.WAIT])
    codes = [fault.code for fault in refusal.faults]
    revision = identity.revision
    if newest is not None and revision is not None and newest > revision:
        return Advice(Remedy.NOTHING, None, None, _WORDS[Remedy.NOTHING])
    # Another event took the revision meanwhile: under the same one, other content would contradict it.
    taken = newest is not None and revision is not None and newest == revision
    under = _under(codes, identity), UnderRevision.HIGHER if taken or "revision_conflict" in codes else UnderRevision.SAME
    remedy = _remedy(codes, refusal)
    words, sent = _WORDS[remedy], _SENT[under]
    return Advice(remedy, *under, Words(f"{words.ja}{sent.ja}", f"{words.en} {sent.en}"))


def _under(codes: Sequence[str], identity: Identity) -> UnderId:
    # Of a body that could not be read no event is known: whatever ids its events have, they come for the first time.
    return UnderId.NEW if "id_reused" in codes or identity.event_id is None else UnderId.SAME


def _remedy(codes: Sequence[str], refusal: Refusal) -> Remedy:
    if refusal.item is not None:
        return Remedy.REMOVE
    if codes[0] in _AT_THE_DOOR:
        return Remedy.REGISTER
    if all(code in _CLOCKS for code in codes):
        return Remedy.CLOCK
    return Remedy.MEND
