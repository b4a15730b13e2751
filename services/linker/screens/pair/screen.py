"""One question: two records side by side, what each field weighs, what would follow from each answer, and the answer itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contracts.deeds import linker as deeds
from infra.looking import About, Beside, Granted
from infra.pages.dates import moment
from infra.screens.seeing import Said
from infra.work import UnitOfWork
from services.linker import wording
from services.linker.domain.reviewing.evidence import Evidence, waterfall
from services.linker.domain.reviewing.questions import (
    QUEUE_OF,
    Answer,
    Given,
    State,
    Why,
    decision_of,
    needs_two,
    needs_two_back,
    waits_for_second,
)
from services.linker.review.answering import thing_of
from services.linker.review.foreseeing import Consequences, foresee, foresee_back
from services.linker.review.pairs import Pair, decided, pair
from services.linker.screens.pair import waterfall as chart
from services.linker.screens.pair.acts import ACTS
from services.linker.seeing import CLERKS, PROTECTED, Asking, Screen, asked_of, thing_asked

SCOPE_YEARS = 15
"""Children up to the end of compulsory school are looked after by the city (REF-06): about so old."""


@dataclass(frozen=True, slots=True)
class Content:
    """The question, and what would follow from each answer; or the decision, and what would follow if it were taken back."""

    pair: Pair
    consequences: Mapping[Answer, Consequences]
    taken_back: Consequences | None = None
    """What would follow if the decision were taken back; None while it is asked."""


async def read(work: UnitOfWork, asking: Asking) -> Content | None:
    """Read the question that the address names."""
    asked = asked_of(asking)
    if asked is None:
        return None
    if (found := await pair(work.db, asked)) is not None:
        return Content(found, await foresee(work, found))
    found = await decided(work.db, asked)
    return Content(found, {}, await foresee_back(work, found)) if found is not None else None


def show(content: Content, asking: Asking) -> Said:
    """Say it on a page."""
    found = content.pair
    one, other = wording.SIDES[found.asked.kind]
    back = content.taken_back
    proposed = found.state is State.PROPOSED if back is None else waits_for_second(found.given, found.seen)
    last = found.given[-1] if proposed else None
    decision = decision_of(found.given) if back is not None else None
    parts = {
        "asks": wording.ASKS[found.asked.kind],
        "reason": wording.REASONS[found.reason] if back is None else None,
        "decision": _given(decision) if decision is not None else None,
        "back": _back(found, decision, back) if back is not None and decision is not None else None,
        "queue": QUEUE_OF[found.asked.kind].value,
        "address": f"/pairs/{found.asked.kind}/{found.asked.one}/{found.asked.other}",
        "seen": found.seen,
        "since": moment(found.since),
        "sides": ((one, wording.system(found.one.key.source)), (other, wording.system(found.other.key.source))),
        "shorts": wording.SHORT_SIDES[found.asked.kind],
        "lines": [
            (wording.field_name(e.name), _value(e.name, e.one, e.hidden), _value(e.name, e.other, e.hidden), e.differs) for e in found.lines
        ],
        "protected": found.is_protected,
        "evidence": _evidence(found.evidence),
        "doubts": [wording.DOUBTS[each] for each in found.reasons if each in wording.DOUBTS],
        "outcomes": [_outcome(found, answer, each) for answer, each in content.consequences.items()],
        "answers": [_answer(found, answer) for answer in Answer],
        "given": [_given(each) for each in found.given],
        "waiting": _given(last) if last is not None else None,
        "own": last is not None and last.by == asking.staff.id,
        "chosen": asking.mistake.filled.get("why", "") if asking.mistake is not None else "",
    }
    fields = tuple(deeds.compared(each.name) for each in found.lines if not each.hidden)
    return Said(parts, fields, beside=tuple(_beside(found, asking, fields)))


def _beside(found: Pair, asking: Asking, fields: tuple[str, ...]) -> Sequence[Beside]:
    """An entry of each person's own: who looks for them in the log finds it."""
    return [
        Beside(
            deeds.PERSON_COMPARED,
            About(asking.staff.actor, thing_of(each, asking.today)),
            fields,
            Granted(reason_code=PROTECTED if each.is_protected else None),
        )
        for each in found.persons
    ]


def _value(name: str, said: str | None, hidden: bool) -> str:
    return wording.HIDDEN if hidden else wording.value(name, said)


def _evidence(found: Evidence | None) -> Mapping[str, Any] | None:
    if found is None or not found.says_anything:
        return None
    bars = waterfall(found)
    return {
        "chart": chart.drawn(bars),
        "rows": chart.rows(bars),
        "model": found.model,
        "unknown": [wording.FIELDS[each.field] for each in found.claims if each.level == "unknown"],
    }


def _answer(found: Pair, answer: Answer) -> Mapping[str, Any]:
    return {
        "code": answer.value,
        "words": wording.ANSWERS[answer],
        "two": needs_two(found.asked.kind, answer, protected=found.is_protected),
        "whys": [(each.value, wording.why(each)) for each in Why if not each.takes_back and each.answer is answer],
    }


def _back(found: Pair, decision: Given, each: Consequences) -> Mapping[str, Any]:
    return {
        **_followed(found, "取り消す", each),
        "two": needs_two_back(found.asked.kind, decision.why.answer, protected=found.is_protected),
        "whys": [(why.value, wording.why(why)) for why in Why if why.takes_back],
    }


def _outcome(found: Pair, answer: Answer, each: Consequences) -> Mapping[str, Any]:
    return _followed(found, wording.ANSWERS[answer], each)


def _followed(found: Pair, words: str, each: Consequences) -> Mapping[str, Any]:
    children = [p for p in found.persons if p.person_id in each.persons and found.since.year - p.birth_date.year <= SCOPE_YEARS]
    return {
        "words": words,
        "lines": [*_counted(each), *_touched(each, len(children))] if each.why_not is None else [wording.NOT_TAKEN[each.why_not]],
        "impossible": each.why_not is not None,
    }


def _counted(each: Consequences) -> list[str]:
    told = [f"{wording.system(source)}の記録 {count}件が、もう一方の人のものになります。" for source, count in each.moved.items()]
    told += [f"{wording.system(source)}の記録 {count}件が、この人のものになります。" for source, count in each.linked.items()]
    told += [
        f"同じ名簿のもう1人の{wording.system(source)}の記録 {count}件が、この人のものになります。" for source, count in each.freed.items()
    ]
    told += [
        f"{wording.system(source)}の記録 {count}件が、この判断がなかったものとして決め直されます。"
        for source, count in each.reopened.items()
    ]
    told += [f"{wording.system(source)}の記録 {count}件は、だれのものにもならず、置かれたままです。" for source, count in each.held.items()]
    return told


def _touched(each: Consequences, children: int) -> list[str]:
    if not each.persons:
        return [] if each.held or each.freed else ["だれの記録も動きません。"]
    told = [f"{len(each.persons)}人について、記録からの判定をやり直します。"]
    if children:
        stays = "要確認やケースがあれば消えずに残り、たがいに並べて示されます。" if each.moves else "要確認があれば、見直されます。"
        told.append(f"うち{children}人は支援の対象年齢のこどもです。{stays}")
    return told


def _given(given: Given) -> Mapping[str, str]:
    return {
        "at": moment(given.at),
        "by": given.label,
        "step": wording.STEPS[given.step],
        "answer": wording.answer(given.why),
        "why": wording.why(given.why),
    }


def as_json(content: Content, _asking: Asking) -> Mapping[str, Any]:
    """One question: what two records say, what each field weighs, what would follow, and what was answered. `seen` goes with an answer."""
    found = content.pair
    weighed = found.evidence
    return {
        "kind": found.asked.kind,
        "reason": found.reason,
        "since": found.since.isoformat(),
        "state": found.state,
        "seen": found.seen,
        "protected": found.is_protected,
        "fields": [{"name": e.name, "one": e.one, "other": e.other, "hidden": e.hidden, "differs": e.differs} for e in found.lines],
        "evidence": {
            "prior_bits": weighed.prior_bits,
            "bits": weighed.bits,
            "model": weighed.model,
            "fields": [{"field": c.field, "level": c.level, "bits": c.bits, "detail": c.detail} for c in weighed.claims],
        }
        if weighed is not None
        else None,
        "consequences": {answer.value: _followed_json(each) for answer, each in content.consequences.items()},
        "taken_back": _followed_json(content.taken_back) if content.taken_back is not None else None,
        "answers": [{"step": g.step, "why": g.why, "by": str(g.by), "at": g.at.isoformat()} for g in found.given],
    }


def _followed_json(each: Consequences) -> Mapping[str, Any]:
    return {
        "moved": each.moved,
        "linked": each.linked,
        "held": each.held,
        "freed": each.freed,
        "reopened": each.reopened,
        "why_not": each.why_not and each.why_not.name.lower(),
    }


SCREENS = (
    Screen(
        name="pair",
        address="/pairs/{kind}/{one}/{other}",
        deed=deeds.QUESTION_OPENED,
        read=read,
        show=show,
        roles=CLERKS,
        thing=thing_asked,
        under="queue",
        acts=ACTS,
        json=as_json,
        is_protected=lambda content: content.pair.is_protected,
    ),
)
