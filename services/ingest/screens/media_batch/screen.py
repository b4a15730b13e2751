"""What became of one bundle: how far it is, what its rows came to, and what is to be done now."""

from contracts.catalogue import EVENT_TYPES
from contracts.catalogue import source as entry_of
from contracts.deeds import media as deeds
from contracts.deeds.deed import ThingKind
from infra.pages.dates import moment
from infra.work import UnitOfWork
from services.ingest.domain.ledger import Outcome
from services.ingest.inlets.media import store
from services.ingest.inlets.media.order import State
from services.ingest.inlets.media.store import Brought
from services.ingest.seeing import Asking, Question, Said, Screen, thing_named

NO_ROWS = "取り込みました。新しい内容の行はありませんでした。"
OUTCOMES = {
    Outcome.ACCEPTED: "受け入れた",
    Outcome.DUPLICATE: "前に受け入れていた",
    Outcome.SUPERSEDED: "もっと新しい内容がすでにある",
    Outcome.PARKED: "保留（原因を調べてから、もう一度処理します）",
    Outcome.REFUSED: "拒否",
}
WORDS = {
    State.IMPORTED: ("取り込み済み", "new", "取り込みました。"),
    State.IMPORTING: (
        "取り込みの途中",
        "late",
        "取り込みを続けています。この画面を開き直すと、進み具合が分かります。長く変わらないときは、同じファイルをもう一度取り込んでください。続きから最後まで進みます。",
    ),
    State.REFUSED: (
        "取り込まなかった",
        "late",
        "取り込みませんでした。何も受け入れていません。学校側で直し、新しく作成してもらってください。",
    ),
}


async def read(work: UnitOfWork, asking: Asking[Question]) -> Brought | None:
    """Read the batch that the address names."""
    batch_id = asking.id_named("batch")
    return await store.batch(work.db, batch_id) if batch_id is not None else None


def show(brought: Brought, asking: Asking[Question]) -> Said:
    """Say it on a page."""
    facts = brought.facts
    state, tag, words = WORDS[State(facts["state"])]
    outcomes = facts["outcomes"] or {}
    if facts["rows"] == 0:
        words = NO_ROWS
    parts = {
        "system": entry_of(brought.source).system,
        "state": state,
        "tag": tag,
        "words": words,
        "facts": _facts(brought),
        "outcomes": [(label, f"{outcomes[outcome.value]:,}行") for outcome, label in OUTCOMES.items() if outcomes.get(outcome.value)],
        "files": [(_kind(name), name, f"{rows:,}行") for name, rows in brought.files],
        "medium": facts["medium_id"],
        "to_erase": facts["erased_at"] is None,
        "decides": asking.coordinates,
    }
    return Said(parts, count=1)


def _facts(brought: Brought) -> list[tuple[str, str]]:
    facts = brought.facts
    return [
        ("通し番号", str(facts["sequence"])),
        ("媒体", facts["medium_id"]),
        ("作成日時", moment(facts["made_at"])),
        ("届いた日時", moment(facts["brought_at"])),
        ("取込担当者", facts["operator"]),
        ("確認者", facts["verifier"]),
        ("消去", moment(facts["erased_at"]) if facts["erased_at"] is not None else "まだ"),
    ]


def _kind(name: str) -> str:
    return next((kind.ja for kind in EVENT_TYPES if name.startswith(f"{kind.type}.")), "")


SCREENS = (
    Screen(
        name="media_batch",
        address="/media/batches/{batch}",
        deed=deeds.BATCH_OPENED,
        read=read,
        show=show,
        source_of=lambda brought: brought.source,
        thing=thing_named(ThingKind.MEDIA_BATCH, "batch"),
        under="media",
    ),
)
