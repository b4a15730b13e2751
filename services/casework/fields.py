"""Fields that several moves ask for, and what is wrong with them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from contracts.values import Observation, Section, Ward
from contracts.words import SECTIONS, WARDS
from services.casework.domain.calendar import add_months
from services.casework.domain.case import OUTCOME_TITLES, Outcome
from services.casework.domain.casefile import CaseFile, Contact
from services.casework.domain.policy import WARD_SECTIONS
from services.casework.steps import Asks, Spec

SECTION_CHOICES: Mapping[str, str] = {section.value: SECTIONS[section] for section in Section if section in WARD_SECTIONS}
WARD_CHOICES: Mapping[str, str] = {ward.value: WARDS[ward] for ward in Ward}
METHODS: Mapping[str, str] = {
    "home_visit": "家庭訪問",
    "telephone": "電話",
    "at_office": "来所での面談",
    "at_facility": "学校・園などでの面談",
    "letter": "手紙・書面",
}
CONTACTS: Mapping[str, str] = {Contact.MET: "会えた", Contact.ABSENT: "会えなかった（不在）", Contact.REFUSED: "断られた"}
ENROLMENT: Mapping[str, str] = {
    Observation.ENROLLED_ELSEWHERE: "市に記録の届かない施設に通っている（企業主導型、市外の園など）",
    Observation.ENROLLED_NOWHERE: "どこにも通っていない",
}
ENROLMENT_SEEN = Spec(
    "enrolment", "園などに通っているか", Asks.CHOICE, ENROLMENT, hint="未就園とされたこどもで、分かったときに選びます。", optional=True
)
"""S13: what was found of a child whom no feed says to be enrolled."""
YES_NO: Mapping[str, str] = {"yes": "はい", "no": "いいえ"}
SIGHTED = Spec("sighted", "こどもの姿を見たか（現認）", Asks.CHOICE, YES_NO)
CONCLUSIONS: Mapping[str, str] = {
    each.value: OUTCOME_TITLES[each]
    for each in (Outcome.NEEDED, Outcome.WATCH, Outcome.ALREADY_SUPPORTED, Outcome.NOT_NEEDED, Outcome.NOT_REACHED)
}
"""How people may say that a case ended. What ends by itself, as with a move out of the city, is said by its move."""

REASON = Spec("why", "理由", Asks.TEXT)
LEAD_SECTION = Spec("lead_section", "担当する課", Asks.CHOICE, SECTION_CHOICES)
PRESENT = Spec("present", "出席した課", Asks.BOXES, SECTION_CHOICES, optional=True)
AGREED = Spec(
    "agreed_in_writing", "書面で同意した課", Asks.BOXES, SECTION_CHOICES, hint="出席できなかった課があれば選びます。", optional=True
)
LOOK_AGAIN = Spec("look_again_on", "次に確かめる日", Asks.DAY)
OUTCOME = Spec("outcome", "結果", Asks.CHOICE, CONCLUSIONS)
ASSESSMENT = Spec(
    "assessment", "アセスメント", Asks.TEXT, hint="こどもと家庭のようす、強み、困りごと、支援が必要かどうかの見立てを書きます。"
)

CONFERENCE_OPENING_DAYS = 10
"""Default time until the conference [PROP] (`casework.md` §2.2)."""
MONTHS_UNTIL_LOOK = 3
"""Default of the next look, in months [PROP] (`casework.md` §2.2)."""
MONTHS_DEFERRED_MAX = 12


def in_order(sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """Return each section once: whoever sends one a thousand times names one."""
    return tuple(sorted(set(sections)))


def all_three(present: tuple[Section, ...], agreed: tuple[Section, ...]) -> Iterator[tuple[str, str]]:
    """All three sections confer, by being there or in writing (PUSH-03)."""
    absent = [SECTIONS[section] for section in Section if section in WARD_SECTIONS.difference(present, agreed)]
    if absent:
        yield "present", f"三課の協議が必要です。出席も書面での同意もない課があります：{'、'.join(absent)}。"
    if not WARD_SECTIONS.issuperset((*present, *agreed)):
        yield "present", "区の3課から選んでください。"


def of_the_ward(name: str, section: Section | None) -> Iterator[tuple[str, str]]:
    """Whoever is in charge is one of the ward's three sections (PUSH-06)."""
    if section is not None and section not in WARD_SECTIONS:
        yield name, "担当する課は、区の3課から選んでください。"


def ahead(name: str, day: date | None, today: date, label: str) -> Iterator[tuple[str, str]]:
    """A day on which something is to happen lies ahead, and within a year."""
    if day is not None and day <= today:
        yield name, f"{label}は、あした以降の日にしてください。"
    yield from within_a_year(name, day, today, label)


def within_a_year(name: str, day: date | None, today: date, label: str) -> Iterator[tuple[str, str]]:
    """Nothing is put off for ever; and every page counts the opening days until then, one by one."""
    if day is not None and day > add_months(today, MONTHS_DEFERRED_MAX):
        yield name, f"{label}は、{MONTHS_DEFERRED_MAX}か月以内の日にしてください。"


def past(name: str, day: date | None, today: date, label: str) -> Iterator[tuple[str, str]]:
    """A day on which something was done is not ahead, nor longer ago than a year."""
    if day is not None and day > today:
        yield name, f"{label}は、きょうまでの日にしてください。"
    elif day is not None and day < today - timedelta(days=366):
        yield name, f"{label}が1年より前です。日付を確かめてください。"


def months_ahead(today: date) -> date:
    """Return the day of the next look, if nothing else is said."""
    return add_months(today, MONTHS_UNTIL_LOOK)


def today_in(name: str) -> Callable[[CaseFile, date], Mapping[str, Any]]:
    """Return what stands in a form at first: today, in the field `name`."""
    return lambda _file, today: {name: today}


def months_ahead_in(name: str) -> Callable[[CaseFile, date], Mapping[str, Any]]:
    """Return what stands in a form at first: the day of the next look, in the field `name`."""
    return lambda _file, today: {name: months_ahead(today)}
