"""What a child's page says of what the family agreed to, and what it objects to (S17)."""

from dataclasses import dataclass
from datetime import date

from infra.pages import dates
from services.casework import phrases
from services.casework.domain.casefile import CaseFile
from services.casework.domain.objection import VERDICT_TITLES, Objection, Verdict

FROZEN = "この日から共有しません。それまでの記録は消さずに凍結し、これより先には使いません。"
STOPPED = "決まるまで、新しい働きかけ（方針・プランを決める、再び支援する）はできません。"
PERMITTED = "決めるまでのあいだ、新しい働きかけは認められています。"
SUSPENDED = "利用を停止すると決まりました。新しい働きかけはしません。ケースは、とりまとめ職員が終えてください。"


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """What may be passed on to whom, or might until it was withdrawn."""

    recipient: str
    contents: str
    since: str
    withdrawn: str


@dataclass(frozen=True, slots=True)
class ObjectionLine:
    """A request to suspend the use of data, and how it stands."""

    title: str
    text: str
    open: bool


def consents(file: CaseFile, *, shows_texts: bool) -> tuple[ConsentLine, ...]:
    """Say what was agreed to. To whom may tell where a protected child is."""
    return tuple(
        ConsentLine(
            each.recipient if shows_texts else phrases.HIDDEN,
            each.contents if shows_texts else phrases.HIDDEN,
            f"{dates.era_date(each.since)}{f'、{each.by}' if shows_texts else ''}",
            f"{dates.era_date(each.withdrawn_on)}に撤回。{FROZEN}" if each.withdrawn_on else "",
        )
        for each in file.consents
    )


def objections(file: CaseFile, today: date) -> tuple[ObjectionLine, ...]:
    """Say what stands of the requests; one that was refused needs nothing any more, and is in the history."""
    return tuple(_objection(each, today) for each in file.objections if each.is_open or each.stops_approach)


def _objection(each: Objection, today: date) -> ObjectionLine:
    if Verdict.GRANTED in each.verdicts:
        return ObjectionLine(VERDICT_TITLES[Verdict.GRANTED], SUSPENDED, open=False)
    text = STOPPED if each.stops_approach else PERMITTED
    title = f"利用停止の求めがあります（{dates.era_date(each.objected_on)}）"
    return ObjectionLine(title, f"プライバシー保護責任者が決めます。決定の期限は{phrases.due(each.due_on, today)}です。{text}", open=True)
