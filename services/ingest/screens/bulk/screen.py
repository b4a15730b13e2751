"""Replaying many after a mistake of ours: first what it would do, then some thousand at a time."""

from collections.abc import Sequence
from dataclasses import dataclass

from contracts.catalogue import source as entry_of
from contracts.deeds import ingest as deeds
from contracts.values import Source
from infra.work import UnitOfWork
from services.ingest import quarantine
from services.ingest.choosing import Choice, ChoiceForm, address, is_ticket, selection, source_in
from services.ingest.domain.rights import COORDINATOR
from services.ingest.quarantine import Counted, Who
from services.ingest.seeing import NOT_OWN, Act, Asking, Done, Mistake, Result, Said, Screen
from services.ingest.wording import words_of

AT_ONCE = 2_000
"""Events that one press of the button takes up."""
NO_TICKET = "理由を、問い合わせ番号などの英数字（- と _ も可）で入れてください。文章は入れられません。"
NOTHING_WAITS = "やり直しを待っているものは、もうありません。"
DONE = "やり直しを始めます。残りがあれば、続けて押してください。"


@dataclass(frozen=True, slots=True)
class Content:
    """What is chosen, counted."""

    counted: Sequence[Counted]
    asked: Source | None


async def read(work: UnitOfWork, asking: Asking[Choice]) -> Content:
    """Count what is chosen."""
    asked = _asked(asking)
    return Content(await quarantine.counted(work.db, selection(asked, asking.sources)), source_in(asked))


def _asked(asking: Asking[Choice]) -> Choice | ChoiceForm:
    """What is chosen: by the address, or by the form that was not accepted."""
    return ChoiceForm(**asking.mistake.filled) if asking.mistake is not None else asking.question


def show(content: Content, asking: Asking[Choice]) -> Said:
    """Say what would be done."""
    asked = _asked(asking)
    lines = [_line(each) for each in content.counted if each.waiting]
    return Said(
        {
            "asked": asked,
            "lines": lines,
            "waiting": sum(each.waiting for each in content.counted),
            "refused": sum(each.events for each in content.counted if each.outcome == "refused"),
            "csv": address("/quarantine.csv", asked),
            "back": address("/quarantine", asked),
            "at_once": AT_ONCE,
        },
        count=len(lines),
    )


def _line(each: Counted) -> dict[str, str]:
    return {
        "system": entry_of(each.source).system,
        "why": words_of(each.code or ""),
        "reason": each.reason or "",
        "waiting": f"{each.waiting:,}",
    }


async def replay(work: UnitOfWork, asking: Asking[Choice], form: ChoiceForm) -> Result:
    """Take up the oldest of them."""
    whose = source_in(form)
    if whose is not None and whose not in asking.sources:
        return NOT_OWN
    if not is_ticket(form.ticket):
        return Mistake({"ticket": NO_TICKET})
    step = await quarantine.replay_step(work, selection(form, asking.sources), Who(asking.staff.actor, form.ticket), most=AT_ONCE)
    return Done(address("/bulk-replay", form)) if step.events else Mistake({"": NOTHING_WAITS}, 409)


SCREENS = (
    Screen(
        name="bulk",
        address="/bulk-replay",
        deed=deeds.QUARANTINE_OPENED,
        read=read,
        show=show,
        question=Choice,
        roles=COORDINATOR,
        source_of=lambda content: content.asked,
        under="quarantine",
        acts=(Act("go", deeds.QUARANTINE_REPLAYED, ChoiceForm, replay, DONE, COORDINATOR),),
    ),
)
