"""
What the ward of the demonstration does with its children: a course each, from the first move to where the reader finds it.

Between them they stand at every stage of a case, with what waits for each of the ward's people: answers, conferences, approvals, what was
sent back, what is overdue.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from contracts.values import Section

CLERK, LEAD, HEALTH, WELFARE, CHIEF = "clerk", "lead", "health", "welfare", "chief"
"""The people of a ward, by the last part of their logins."""

SECTION_OF: Mapping[str, Section] = {
    CLERK: Section.CHILDCARE_SUPPORT,
    HEALTH: Section.HEALTH,
    WELFARE: Section.COMMUNITY_HEALTH_WELFARE,
}
SECTIONS = tuple(SECTION_OF.values())
"""The three sections of every ward that are asked (PUSH-02)."""

FIRST, SECOND, EVE, TODAY = 28, 9, 2, 0
"""The days on which the ward works: so many days before today, each after a night on which the sources delivered."""

_FRIDAY = 4


@dataclass(frozen=True, slots=True)
class Day:
    """A day in a form: so many days after the city's today, and, where it is `open`, not on a week-end."""

    after: int
    open: bool = False

    def on(self, today: date) -> str:
        """Return it as a form says it."""
        day = today + timedelta(days=self.after)
        while self.open and day.weekday() > _FRIDAY:
            day += timedelta(days=1)
        return day.isoformat()


@dataclass(frozen=True, slots=True)
class Act:
    """What somebody does on one of the days, with what is filled in."""

    before: int
    who: str
    move: str
    form: Mapping[str, Any]

    def form_on(self, today: date) -> dict[str, Any]:
        """Return what is filled in, with its days."""
        return {name: value.on(today) if isinstance(value, Day) else value for name, value in self.form.items()}


Course = tuple[Act, ...]


def _act(before: int, who: str, move: str, **form: Any) -> Act:
    return Act(before, who, move, form)


def _start(before: int) -> Act:
    return _act(before, CLERK, "start_investigation", sections=SECTIONS)


def _answers(before: int, *who: str, held: str = "") -> Iterator[Act]:
    for each in who or SECTION_OF:
        something = {"held": "something", "text": held} if held and each == CLERK else {"held": "nothing"}
        yield _act(before, each, "answer_investigation", **something)


def _agenda(before: int, held_on: Day) -> Act:
    return _act(before, CLERK, "put_on_agenda", siblings_checked=["checked"], held_on=held_on)


def _investigated(before: int, held: str = "手当の手続きで、窓口に2回来ている。") -> Iterator[Act]:
    yield _start(before)
    yield from _answers(before, held=held)


def _conferred(before: int, held_on: Day | None = None) -> Iterator[Act]:
    yield from _investigated(before)
    yield _agenda(before, held_on or Day(-before))


_TOGETHER = {"present": SECTIONS[:2], "agreed_in_writing": SECTIONS[2:]}


def _approach(before: int, who: str, due_on: Day, name: str) -> Act:
    return _act(
        before,
        LEAD,
        "decide_approach",
        **_TOGETHER,
        approach_method="home_visit",
        lead_section=SECTION_OF[who],
        person_in_charge=name,
        due_on=due_on,
        why="三課で話し合い、家庭を訪問してようすを聞くことにした。",
    )


def _contact(before: int, who: str, result: str, findings: str) -> Act:
    return _act(before, who, "record_contact", contacted_on=Day(-before), method="home_visit", result=result, findings=findings)


def _met(before: int, who: str) -> Act:
    return _act(
        before,
        who,
        "met",
        contacted_on=Day(-before),
        method="home_visit",
        met_whom="母",
        sighted="yes",
        findings="本児は落ち着いたようすだった。母は夜に眠れていないと話す。",
    )


def _approached(before: int, who: str, name: str, due_on: Day | None = None) -> Iterator[Act]:
    yield from _conferred(before)
    yield _approach(before, who, due_on or Day(14 - before), name)


def _assessed(before: int, who: str, name: str) -> Iterator[Act]:
    yield from _approached(FIRST, who, name)
    yield _met(before, who)


def _asked_and_approved(before: int, act: Act) -> Iterator[Act]:
    yield act
    yield _act(before, CHIEF, "approve")


def _need(before: int, who: str) -> Act:
    return _act(before, who, "need_found", assessment="母の休息と、相談できる相手が要る。本児の育ちに心配はない。")


def _planned(who: str, name: str) -> Iterator[Act]:
    yield from _assessed(SECOND, who, name)
    yield from _asked_and_approved(SECOND, _need(SECOND, who))


def _plan(before: int, who: str, look_again_on: Day) -> Act:
    return _act(
        before,
        who,
        "decide_plan",
        kinds=["advice", "menu"],
        plan="家事や送り迎えの手伝いを週1回使い、月1回の訪問で本児と母のようすを確かめる。",
        wish_of_guardian="少し休みたい。頼れる先を知りたい。",
        wish_of_child="ことばでは聞けていない。ようすは落ち着いている。",
        look_again_on=look_again_on,
    )


def _supported(who: str, name: str, look_again_on: Day) -> Iterator[Act]:
    yield from _planned(who, name)
    yield from _asked_and_approved(SECOND, _plan(SECOND, who, look_again_on))


def _close(before: int, outcome: str) -> Act:
    return _act(before, LEAD, "close_without_need", outcome=outcome, why="三課で確かめ、いまは支援が要らないと判断した。")


# The same in every ward, of children of any age: nobody of one ward is named in another, and no text is of a baby alone.
_HEALTH_NAME, _WELFARE_NAME, _CLERK_NAME = "地区担当の保健師", "地区担当", "相談担当"

COURSES: tuple[Course, ...] = (
    # What waits for each of the ward's people comes first: a small city has few children.
    (*_conferred(SECOND, Day(3, open=True)),),
    (*_planned(HEALTH, _HEALTH_NAME), _plan(EVE, HEALTH, Day(90)), _act(TODAY, CHIEF, "send_back", why="こどもの意向が空のままです。")),
    (*_assessed(EVE, HEALTH, _HEALTH_NAME), _need(TODAY, HEALTH)),
    (_start(EVE), *_answers(EVE, CLERK, WELFARE)),
    (_start(FIRST), *_answers(FIRST, CLERK, HEALTH)),
    (*_approached(SECOND, WELFARE, _WELFARE_NAME, Day(4)), _contact(EVE, WELFARE, "absent", "応答なし。手紙を置いた。")),
    (*_supported(CLERK, _CLERK_NAME, Day(0)),),
    (*_conferred(SECOND), *_asked_and_approved(SECOND, _close(SECOND, "not_needed"))),
    (*_conferred(FIRST), _act(FIRST, LEAD, "defer", resume_on=Day(-3), why="転居の予定があり、落ち着いてから確かめる。")),
    (
        *_conferred(FIRST),
        _act(
            FIRST,
            LEAD,
            "watch_through_contacts",
            **_TOGETHER,
            lead_section=SECTION_OF[HEALTH],
            look_again_on=Day(5),
            why="訪問を続けている。",
        ),
    ),
    (*_planned(WELFARE, _WELFARE_NAME), _act(TODAY, CLERK, "add_note", text="母から、休まず通えていると連絡があった。")),
    (
        *_conferred(FIRST),
        *_asked_and_approved(FIRST, _close(FIRST, "not_needed")),
        _act(EVE, LEAD, "reopen", why="近所から、泣き声が続くと相談があった。"),
        _act(TODAY, CHIEF, "approve"),
    ),
    (*_conferred(SECOND), _close(TODAY, "already_supported")),
    # What waits at the child guidance centre: a report to answer, a case to accept or send back.
    (
        _start(EVE),
        _act(TODAY, CLERK, "report_urgently", reported_to="こども総合相談センター 見本", text="夜に泣き声が続くと、近所から連絡があった。"),
    ),
    (*_investigated(EVE), _act(TODAY, LEAD, "send_to_guidance_center", why="訪ねても会えず、家のようすが分からない。")),
    # More of the same, and the other ways and ends.
    (*_investigated(EVE),),
    (_start(TODAY),),
    (_start(SECOND), *_answers(SECOND, CLERK)),
    (*_conferred(SECOND, Day(4, open=True)),),
    (*_conferred(FIRST, Day(-5)),),
    (*_approached(FIRST, HEALTH, _HEALTH_NAME), *(_contact(each, HEALTH, "absent", "応答なし。") for each in (FIRST, SECOND, EVE))),
    (
        *_approached(FIRST, WELFARE, _WELFARE_NAME),
        _contact(SECOND, WELFARE, "refused", "玄関先で断られた。"),
        _act(EVE, WELFARE, "not_met", why="断られたため、協議に戻す。"),
    ),
    (*_assessed(SECOND, CLERK, _CLERK_NAME),),
    (
        *_assessed(SECOND, WELFARE, _WELFARE_NAME),
        *_asked_and_approved(
            EVE, _act(EVE, WELFARE, "watch_found", assessment="祖母の手助けがあり、いまは見守りでよい。", look_again_on=Day(60))
        ),
    ),
    (*_planned(CLERK, _CLERK_NAME), _plan(TODAY, CLERK, Day(90))),
    (*_supported(HEALTH, _HEALTH_NAME, Day(30)),),
    (
        *_supported(WELFARE, _WELFARE_NAME, Day(30)),
        *_asked_and_approved(
            EVE, _act(EVE, WELFARE, "move_to_watch", look_again_on=Day(88), why="毎日通えるようになり、生活が落ち着いた。")
        ),
    ),
    (
        *_supported(HEALTH, _HEALTH_NAME, Day(20)),
        _act(EVE, HEALTH, "finish", outcome="needed", nothing_left_to_do=["nothing_left"], why="生活が落ち着き、相談先もできた。"),
    ),
    (
        *_supported(HEALTH, _HEALTH_NAME, Day(20)),
        *_asked_and_approved(
            EVE, _act(EVE, HEALTH, "finish", outcome="needed", nothing_left_to_do=["nothing_left"], why="生活が落ち着き、相談先もできた。")
        ),
    ),
    (
        *_assessed(SECOND, HEALTH, _HEALTH_NAME),
        *_asked_and_approved(
            EVE, _act(EVE, HEALTH, "no_need_found", assessment="家族の手助けがあり、心配はない。", outcome="already_supported")
        ),
    ),
    (
        _start(SECOND),
        *_asked_and_approved(
            EVE,
            _act(
                EVE,
                CLERK,
                "withdraw_as_error",
                error_kind="wrong_record",
                correction_asked_of="健康課 健診担当",
                why="受診の記録が届いていなかった。",
            ),
        ),
    ),
    (
        *_conferred(SECOND),
        *_asked_and_approved(
            EVE,
            _act(
                EVE,
                LEAD,
                "moved_out",
                moved_out_on=Day(-EVE),
                information_to_new_city="not_given",
                why="保護者の同意がなく、急ぐ心配もないため、転出先の市には伝えない。",
            ),
        ),
    ),
    (
        _start(EVE),
        _act(
            EVE,
            CLERK,
            "report_urgently",
            reported_to="こども総合相談センター 見本",
            text="腕にあざがあると、通っている先から連絡があった。",
        ),
        _act(
            TODAY,
            LEAD,
            "sent_to_guidance_center",
            received_on=Day(0),
            receipt="受付 12",
            why="児童相談所が書面で受領した。",
        ),
    ),
    (*_conferred(FIRST), _act(FIRST, LEAD, "defer", resume_on=Day(60), why="里帰り中のため、戻ってから確かめる。")),
    (*_conferred(SECOND), *_asked_and_approved(EVE, _close(EVE, "not_reached"))),
    (
        *_supported(CLERK, _CLERK_NAME, Day(10)),
        _act(EVE, CLERK, "reassess", why="母の体調が変わったと連絡があった。"),
    ),
)
"""In this order, one child each, as far as there are children."""

FOR_A_SMALL_CITY = 15
"""So many of the first stand at every stage between them."""
