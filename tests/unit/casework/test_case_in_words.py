"""What a child's page says of its case to whoever comes new to it: who has answered, for whom it waits, what changed, what is next."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from contracts.ids import CaseId, PersonId, StaffId
from contracts.values import CaseState, IndicatorValue, Item, Section, Ward
from services.casework import phrases
from services.casework.domain import paper
from services.casework.domain.case import Case
from services.casework.domain.casefile import CaseFile, Past
from services.casework.domain.handover import Destination, Handover, HandoverStatus
from services.casework.domain.review import Kind
from services.casework.screens.paper.screen import PaperQuestion, Printed
from services.casework.screens.paper.screen import show as print_it
from services.casework.seeing import Asking
from services.casework.sheets import parts
from tests.unit.casework.test_shown import CLERK, PAGES_OF_CASEWORK, TODAY, child, page_of, reason, sheet_of, word

AT = datetime(2026, 4, 11, 1, 0, tzinfo=UTC)
ALL = (Section.CHILDCARE_SUPPORT, Section.COMMUNITY_HEALTH_WELFARE, Section.HEALTH)


def past(version: int, move: str, start: CaseState, end: CaseState, section: Section = Section.CHILDCARE_SUPPORT, **details: Any) -> Past:
    return Past(version, move, start, end, AT, CLERK.id, "見本 ひかり", section, details)


def file_at(state: CaseState, *answered: Section) -> CaseFile:
    """A case whose three sections were asked, and some of them have answered."""
    case = Case(
        case_id=CaseId(StaffId(CLERK.id)),
        person_id=PersonId(CLERK.id),
        household_id=None,
        ward=Ward.HAKATA,
        state=state,
        version=9,
        opened_at=AT,
        opened_by=CLERK.id,
        opened_by_name="見本 ひかり",
        due_on=date(2026, 4, 17),
        lead_section=Section.CHILDCARE_SUPPORT if state is CaseState.SUPPORT else None,
    )
    started = past(1, "start_investigation", CaseState.NOTICED, CaseState.INVESTIGATION, sections=list(ALL))
    answers = [
        past(2 + n, "answer_investigation", CaseState.INVESTIGATION, CaseState.INVESTIGATION, each, held="something", text=f"記録{n}")
        for n, each in enumerate(answered)
    ]
    return CaseFile(case, (started, *answers))


@pytest.mark.parametrize(
    ("state", "answered", "waits"),
    [
        (CaseState.INVESTIGATION, ALL[:1], "地域保健福祉課、健康課の調査の回答を待っています"),
        (CaseState.INVESTIGATION, ALL, "回答がそろいました。担当かとりまとめが議題にします"),
        (CaseState.CONFERENCE, ALL, "三課で協議し、とりまとめが方針を決めます"),
        (CaseState.CONFERENCE, ALL[:1], "三課で協議し、とりまとめが方針を決めます"),
    ],
)
def test_a_page_says_for_whom_a_case_waits(state: CaseState, answered: tuple[Section, ...], waits: str) -> None:
    """Who has answered is not waited for any more."""
    box = sheet_of(child(word(reason(Item.EPDS_HIGH)), file=file_at(state, *answered)), shows_sensitive=False).case

    assert box is not None
    assert box.awaits == waits


@pytest.mark.parametrize(("state", "missing"), [(CaseState.INVESTIGATION, True), (CaseState.CONFERENCE, False)])
def test_what_each_section_answered_stands_together_before_what_is_to_be_decided(state: CaseState, missing: bool) -> None:
    seen = sheet_of(
        child(word(reason(Item.EPDS_HIGH)), file=file_at(state, Section.CHILDCARE_SUPPORT, Section.HEALTH)), shows_sensitive=False
    )
    page = page_of("child/page.html", seen)

    assert [(line.section, bool(line.answered), line.missing) for line in seen.answers] == [
        ("子育て支援課", True, False),
        ("地域保健福祉課", False, missing),
        ("健康課", True, False),
    ]
    assert page.index('id="answers"') < page.index('id="others"')
    assert page.index("記録1") < page.index('id="history"')


@pytest.mark.parametrize(
    ("later", "says"),
    [
        (IndicatorValue.TRUE, "きっかけは、加わっても減ってもいません"),
        (IndicatorValue.FALSE, "いまの記録でも、要確認のきっかけは残っています"),
    ],
)
def test_a_banner_of_changed_records_says_whether_a_reason_came_or_went(later: IndicatorValue, says: str) -> None:
    """S08: a page must not call records changed and list no change."""
    asked = word(reason(Item.EPDS_HIGH), reason(Item.CHECKUP_18M_NOT_RECEIVED))
    news = replace(word(reason(Item.EPDS_HIGH), reason(Item.CHECKUP_18M_NOT_RECEIVED, later), version=2), kind=Kind.BASIS_CHANGED)

    seen = sheet_of(child(asked, news, basis_changed=True), shows_sensitive=False)

    assert says in seen.changed
    assert bool(seen.items.changes) is (later is IndicatorValue.FALSE)


def test_while_support_goes_on_the_next_thing_is_to_keep_contacts_and_not_to_decide_anew() -> None:
    supported = sheet_of(child(word(reason(Item.EPDS_HIGH)), file=file_at(CaseState.SUPPORT, *ALL)), shows_sensitive=False)
    asked = sheet_of(child(word(reason(Item.EPDS_HIGH)), file=file_at(CaseState.INVESTIGATION)), shows_sensitive=False)

    assert supported.offer.next[0].key == "record_contact"
    assert "record_contact" not in {form.key for form in asked.offer.next}


@pytest.mark.parametrize(
    ("day", "today", "says"),
    [
        (date(2026, 4, 17), date(2026, 4, 11), "4月17日（あと5開庁日）"),
        (date(2026, 5, 7), date(2026, 5, 1), "5月7日（あと1開庁日）"),
        (date(2026, 4, 12), date(2026, 4, 10), "4月12日（それまでに開庁日はありません）"),
        (date(2026, 4, 17), date(2026, 4, 17), "4月17日（きょうまで）"),
        (date(2026, 4, 17), date(2026, 4, 20), "4月17日（3日超過）"),
    ],
)
def test_a_time_limit_is_counted_in_the_days_on_which_somebody_can_do_something(day: date, today: date, says: str) -> None:
    """casework.md §2.2: time limits are in opening days; how long one is over is counted in all days, for so long the child has waited."""
    assert phrases.due(day, today) == says


@pytest.mark.parametrize("kind", list(paper.Paper))
def test_a_paper_says_days_and_nothing_that_is_untrue_tomorrow(kind: paper.Paper) -> None:
    file = file_at(CaseState.INVESTIGATION)
    offered = Handover(
        handover_id=UUID(int=5),
        case_id=file.case.case_id,
        person_id=PersonId(CLERK.id),
        destination=Destination.WARD,
        from_ward=Ward.HAKATA,
        to_ward=Ward.NISHI,
        status=HandoverStatus.OFFERED,
        offered_at=AT,
        offered_by=None,
        offered_by_name=None,
        due_on=TODAY,
        why="転居したため",
    )
    seen = child(word(reason(Item.EPDS_HIGH)), file=replace(file, handover=offered))
    asking = Asking(CLERK, TODAY, PaperQuestion(kind=kind, purpose=paper.Purpose.CONFERENCE), seen.person_id)
    printed = PAGES_OF_CASEWORK.text("paper/page.html", **parts(print_it(Printed(seen, "P-000001", AT), asking, shows_sensitive=False)))
    page = page_of("child/page.html", sheet_of(seen, shows_sensitive=False))

    assert "期限：令和8年4月17日" in printed
    assert ("受領の期限" in printed, "令和8年4月11日</td>" in printed) == ((True, True) if kind is paper.Paper.HANDOVER else (False, False))
    assert not any(each in printed for each in ("きょうまで", "開庁日", "超過", "（あと"))
    assert "4月17日（あと5開庁日）" in page
    assert "4月11日（きょうまで）" in page
