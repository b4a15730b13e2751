"""Requests to look that were kept quiet and drawn: somebody of the ward judges each, once. No case comes of it by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import StringConstraints

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import EventId, PersonId, StaffId
from contracts.messages import Thing
from contracts.values import Ward
from infra.looking import Refused
from infra.pages import dates
from infra.work import UnitOfWork
from services.casework import phrases, sampling
from services.casework.accesses import viewer_of
from services.casework.domain import wording
from services.casework.domain.case import OUTCOME_TITLES
from services.casework.domain.policy import WARD_SECTIONS, Action, Deny, Reason, decide
from services.casework.domain.sampling import is_for_another, is_late, judge_by
from services.casework.sampling import Judged, Sampled
from services.casework.seeing import Act, ActForm, Asking, Done, Face, Menu, Mistake, Question, Screen
from services.casework.sheets import LINES, PLAIN, OfPerson, Says, Sheet
from services.casework.steps import Text

SHOWN, JUDGED_SHOWN = 50, 20
WHY_LENGTH = 500
NOT_NOW = "この1件は、もうここにはありません。ほかの職員が先に判断しています。"
FOR_ANOTHER = "前のケースの終結を求めたか決めたのはあなたなので、この1件は、ほかの職員が判断します。"


class Verdict(StrEnum):
    """What somebody judged."""

    NEEDED = "needed"
    NOT_NEEDED = "not_needed"


class JudgeForm(ActForm):
    """Which request, whether people should have been asked, and why."""

    wrong: ClassVar = {
        "sample": "どの1件かを読み取れませんでした。画面を開き直してください。",
        "verdict": "知らせるべきだったかどうかを選んでください。",
        "why": f"そう判断したわけを、2文字以上{WHY_LENGTH}文字までで書いてください。",
    }
    sample: UUID
    verdict: Verdict
    why: Annotated[Text, StringConstraints(min_length=2, max_length=WHY_LENGTH)]


@dataclass(frozen=True, slots=True)
class SampleLine(OfPerson):
    """A request that waits: of whom, what it said (sensitive items as a number), what came before it, and by when it is to be judged."""

    person_id: Annotated[PersonId, PLAIN]
    id: Annotated[UUID, PLAIN]
    protected: Annotated[bool, Says("protected")]
    name: Annotated[str, Says("name")]
    age: Annotated[str, Says("age")]
    lines: Annotated[tuple[str, ...], Says("reasons")]
    hidden_lines: Annotated[tuple[str, ...], Says("hidden_items")]
    asked: Annotated[str, PLAIN]
    until: Annotated[str, PLAIN]
    ended: Annotated[str, Says("outcome"), Says("closed_on")]
    is_open_again: Annotated[bool, Says("state")]
    for_another: Annotated[bool, PLAIN]
    due: Annotated[str, Says("due_on")]
    late: Annotated[bool, PLAIN]


@dataclass(frozen=True, slots=True)
class JudgedLine(OfPerson):
    """A request that somebody judged."""

    person_id: Annotated[PersonId, PLAIN]
    protected: Annotated[bool, Says("protected")]
    name: Annotated[str, Says("name")]
    age: Annotated[str, Says("age")]
    verdict: Annotated[str, PLAIN]
    why: Annotated[str, PLAIN]
    by: Annotated[str, PLAIN]


@dataclass(frozen=True, slots=True)
class SamplesSheet(Sheet):
    """The page: the first of what waits, how much that is together, and what was judged lately."""

    waiting: Annotated[tuple[SampleLine, ...], LINES]
    together: Annotated[int, PLAIN]
    judged: Annotated[tuple[JudgedLine, ...], LINES]
    verdicts: Annotated[tuple[tuple[str, str], ...], PLAIN]
    errors: Annotated[Mapping[str, str], PLAIN]
    wrong_at: Annotated[str, PLAIN]
    typed: Annotated[Mapping[str, str], PLAIN]
    done: Annotated[str, PLAIN]
    longest: Annotated[int, PLAIN] = WHY_LENGTH
    left_to_another: Annotated[str, PLAIN] = FOR_ANOTHER

    def count(self) -> int:
        """Return how many children it shows."""
        return len({line.person_id for line in (*self.waiting, *self.judged)})


@dataclass(frozen=True, slots=True)
class Content:
    """What waits, how much that is, what was judged, and who of the ward may judge."""

    waiting: tuple[Sampled, ...]
    together: int
    judged: tuple[Judged, ...]
    colleagues: tuple[StaffId, ...]


async def read(work: UnitOfWork, asking: Asking[Question]) -> Content:
    """Read what waits in the ward, and what was judged there."""
    ward = asking.staff.ward
    assert ward is not None  # noqa: S101 -- whoever may is of a ward
    waiting, together = await sampling.waiting(work.db, ward, work.today, SHOWN)
    return Content(waiting, together, await sampling.judged(work.db, ward, work.today, JUDGED_SHOWN), await _colleagues(asking, ward))


async def _colleagues(asking: Asking[Question], ward: Ward) -> tuple[StaffId, ...]:
    return tuple(each.id for each in await asking.register.of_ward(ward) if each.section in WARD_SECTIONS)


def show(found: Content, asking: Asking[Question]) -> SamplesSheet:
    """Say it on a page."""
    mistake = asking.mistake
    return SamplesSheet(
        waiting=tuple(_line(each, found.colleagues, asking) for each in found.waiting),
        together=found.together,
        judged=tuple(_judged(each, asking) for each in found.judged),
        verdicts=tuple(deeds.WHY_JUDGED.items()),
        errors=dict(mistake.errors) if mistake else {},
        wrong_at=mistake.typed.get("sample", "") if mistake else "",
        typed={name: mistake.typed.get(name, "") if mistake else "" for name in ("verdict", "why")},
        done=SAMPLES.said(asking.done),
    )


def _line(each: Sampled, colleagues: Sequence[StaffId], asking: Asking[Question]) -> SampleLine:
    return SampleLine(
        person_id=each.person_id,
        id=each.event_id,
        protected=each.protected,
        name=each.name or phrases.NAME_UNKNOWN,
        age=dates.age(each.birth_date, asking.today) if each.birth_date else "",
        lines=wording.named_lines(each.word.reasons, dates.month_day),
        hidden_lines=wording.sensitive_lines(each.word.reasons, dates.month_day),
        asked=dates.era_date(each.word.as_of),
        until=dates.era_date(each.until),
        ended=f"{OUTCOME_TITLES[each.outcome]}（{dates.era_date(each.closed_on)}に終結）" if each.outcome and each.closed_on else "",
        is_open_again=each.is_open_again,
        for_another=is_for_another(asking.staff.id, each.ended_by, colleagues),
        due=phrases.due(judge_by(each.word.as_of), asking.today),
        late=is_late(each.word.as_of, asking.today),
    )


def _judged(each: Judged, asking: Asking[Question]) -> JudgedLine:
    return JudgedLine(
        person_id=each.person_id,
        protected=each.protected,
        name=each.name or phrases.NAME_UNKNOWN,
        age=dates.age(each.birth_date, asking.today) if each.birth_date else "",
        verdict=deeds.WHY_JUDGED[Verdict.NEEDED if each.needed else Verdict.NOT_NEEDED],
        # What is written of a protected child may tell where it is.
        why=phrases.HIDDEN if each.protected else each.why,
        by=f"{each.by}　{dates.short_moment(each.at)}",
    )


async def judge(work: UnitOfWork, asking: Asking[Question], form: JudgeForm) -> Done | Mistake | Refused:
    """Judge a request, once, decided on the locked row."""
    sample = await sampling.lock(work.db, EventId(form.sample))
    if sample is None:
        return Refused(Reason.NO_REVIEW, hidden=True)
    decision = decide(viewer_of(asking.staff), Action.JUDGE_SAMPLE, sample.facts)
    if isinstance(decision, Deny):
        return Refused(decision.reason, decision.hidden)
    if sample.is_judged:
        return Mistake((("", NOT_NOW),), act="judge", status=409)
    ward = asking.staff.ward
    assert ward is not None  # noqa: S101 -- whoever may is of a ward
    if is_for_another(asking.staff.id, sample.ended_by, await _colleagues(asking, ward)):
        return Mistake((("", FOR_ANOTHER),), act="judge", status=409)
    await sampling.judge(work, asking.staff, EventId(form.sample), sample, form.why, needed=form.verdict is Verdict.NEEDED)
    return Done()


SAMPLES = Screen(
    name="samples",
    address="/samples",
    right=Action.JUDGE_SAMPLE,
    deed=deeds.SAMPLES_OPENED,
    beside=deeds.SAMPLED_CHILD_LISTED,
    read=read,
    page=Face(Question, show),
    thing=lambda staff: Thing(kind=ThingKind.REVIEW_LIST, id=None, ward=staff.ward),
    menu=Menu("抜取りの確認", 8),
    acts=(Act("judge", Action.JUDGE_SAMPLE, deeds.SAMPLES_OPENED, JudgeForm, judge, "判断を記録しました。ケースは始まっていません。"),),
)
SCREENS = (SAMPLES,)
