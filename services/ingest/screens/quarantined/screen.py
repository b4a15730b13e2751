"""One refused or parked event: what is wrong, what to do, and, of a parked one, what may be decided."""

from contracts.catalogue import source as entry_of
from contracts.deeds import ingest as deeds
from contracts.deeds.deed import ThingKind
from contracts.values import Source
from infra.pages.dates import moment
from infra.work import UnitOfWork
from services.ingest import quarantine
from services.ingest.choosing import is_ticket
from services.ingest.domain.resending import Advice, UnderId, UnderRevision
from services.ingest.domain.rights import COORDINATOR
from services.ingest.quarantine import Quarantined, Who
from services.ingest.seeing import NOTHING_THERE, Act, Asking, Done, Form, Mistake, Question, Result, Said, Screen, thing_named
from services.ingest.wording import OUTCOMES, kind_of, place_of

NO_TICKET = "理由を、問い合わせ番号などの英数字（- と _ も可）で入れてください。文章は入れられません。"
DECIDED = "ほかの人が先に決めたか、処理が済んでいます。この画面の内容を確かめてください。"
REPLAYED = "やり直しを始めます。結果は、しばらくして開き直すと分かります。"
DISCARDED = "捨てることにしました。まもなく消えます。"
_ID = {UnderId.SAME: "同じidで送れます", UnderId.NEW: "新しいidで送ります"}
_REVISION = {UnderRevision.SAME: "同じ改訂番号で送れます", UnderRevision.HIGHER: "より大きい改訂番号で送ります"}


class Ticket(Form):
    """Why it is done."""

    ticket: str = ""


async def read(work: UnitOfWork, asking: Asking[Question]) -> Quarantined | None:
    """Read the event that the address names, whosever it is: what may be seen of it is decided on what was read."""
    key = asking.id_named("event")
    return await quarantine.one(work.db, key, tuple(Source)) if key is not None else None


def show(event: Quarantined, asking: Asking[Question]) -> Said:
    """Say it on a page."""
    advice = event.advice
    return Said(
        {
            "key": str(event.key),
            "system": entry_of(event.source).system,
            "outcome": OUTCOMES[event.outcome],
            "is_parked": event.waiting is not None,
            "facts": _facts(event),
            "errors": [
                (
                    place_of(event.source, event.identity.event_type, error.path),
                    error.message.ja or error.code,
                    "、".join(error.allowed or ()),
                )
                for error in event.errors
            ],
            "words": advice.words.ja,
            "under": _under(advice),
            "decides": asking.coordinates and event.may_be_decided,
        },
        fields=quarantine.shown_of((event,)),
        count=1,
    )


def _under(advice: Advice) -> tuple[tuple[str, str], ...]:
    if advice.under_id is None or advice.under_revision is None:
        return ()
    return (("イベントの番号（id）", _ID[advice.under_id]), ("改訂番号（revision）", _REVISION[advice.under_revision]))


def _facts(event: Quarantined) -> tuple[tuple[str, str], ...]:
    identity, waiting = event.identity, event.waiting
    facts = (
        ("連携元システム", entry_of(event.source).system),
        ("保有・管理主体", entry_of(event.source).data_owner),
        ("はじめて届いた日時", moment(event.received_at)),
        ("その後に届いた回数", f"{event.repeats:,}回"),
        ("イベントの番号（id）", identity.event_id or ("封の中" if waiting is not None else "読み取れないか、残せない番号")),
        ("種類（type）", kind_of(event.source, identity.event_type)),
        ("記録の番号（subject）", identity.record_id or "—"),
        ("改訂番号（revision）", str(identity.revision) if identity.revision is not None else "—"),
        ("受け取り済みの最新の改訂番号", str(event.newest_revision) if event.newest_revision is not None else "なし"),
        ("照会番号", str(event.key)),
    )
    if waiting is None:
        return facts
    stands = "やり直しを待っている" if waiting.is_due else "捨てられるのを待っている" if waiting.is_discarded else "職員の判断を待っている"
    return (*facts, ("保留の理由（符号）", waiting.reason), ("試した回数", f"{waiting.attempts:,}回"), ("いま", stands))


async def replay(work: UnitOfWork, asking: Asking[Question], form: Ticket) -> Result:
    """Have it handled again."""
    return await _decide(work, asking, form, quarantine.replay)


async def discard(work: UnitOfWork, asking: Asking[Question], form: Ticket) -> Result:
    """Have it thrown away."""
    return await _decide(work, asking, form, quarantine.discard)


async def _decide(work: UnitOfWork, asking: Asking[Question], form: Ticket, decide: quarantine.Decision) -> Result:
    key = asking.id_named("event")
    event = await quarantine.one(work.db, key, tuple(asking.sources)) if key is not None else None
    if event is None:
        return NOTHING_THERE
    if not is_ticket(form.ticket):
        return Mistake({"ticket": NO_TICKET})
    if not await decide(work, event, Who(asking.staff.actor, form.ticket)):
        return Mistake({"": DECIDED}, 409)
    return Done()


SCREENS = (
    Screen(
        name="quarantined",
        address="/quarantine/{event}",
        deed=deeds.QUARANTINED_OPENED,
        read=read,
        show=show,
        source_of=lambda event: event.source,
        thing=thing_named(ThingKind.SOURCE_EVENT, "event"),
        under="quarantine",
        acts=(
            Act("replay", deeds.QUARANTINED_REPLAYED, Ticket, replay, REPLAYED, COORDINATOR),
            Act("discard", deeds.QUARANTINED_DISCARDED, Ticket, discard, DISCARDED, COORDINATOR),
        ),
    ),
)
