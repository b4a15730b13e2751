"""The list of reviews that somebody may see, by household, in views by stage, a page at a time."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import PersonId
from contracts.messages import Thing
from contracts.values import Role
from infra.identity.staff import Staff
from infra.work import UnitOfWork
from services.casework import filters, phrases
from services.casework.accesses import viewer_of
from services.casework.domain import wording
from services.casework.domain.calendar import NEAR_OPENING_DAYS, after_opening_days, born_from
from services.casework.domain.feeds import freshness
from services.casework.domain.filtering import AGES, GROUPS, Owner
from services.casework.domain.policy import Action, Permit, decide
from services.casework.screens.reviews.asked import ListQuestion, ListQuestionOfProgram, Used, used
from services.casework.screens.reviews.rows import Listing, Mark, Scope, Tab, count_waiting, last_here, page_of_list
from services.casework.screens.reviews.said import (
    FeedAnswer,
    ListAnswer,
    ListSheet,
    Narrowing,
    SavedLine,
    TabLine,
    answer_line,
    feed_lines,
    fresh_text,
    line,
)
from services.casework.seeing import Asking, Face, Menu, Screen
from services.casework.sheets import Sheet

HOUSEHOLDS_ON_A_PAGE = 50
TAB_TITLES = {
    Tab.NOT_STARTED: "未着手",
    Tab.INVESTIGATION: "調査中",
    Tab.CONFERENCE: "協議",
    Tab.GOING_ON: "支援の途中",
    Tab.DEFERRED: "見送り",
    Tab.APPROVAL: "決裁待ち",
    Tab.RECEIVING: "受領待ち",
    Tab.RETURNED: "差し戻された引継ぎ",
    Tab.OFFERED: "引継ぎの申出中",
    Tab.MOVED_OUT: "市外へ転出",
    Tab.REASONS_GONE: "きっかけがなくなった",
    Tab.ALL: "すべて",
    Tab.OVERDUE: "期限を過ぎた",
    Tab.DUE_TODAY: "きょうが期限",
    Tab.DUE_SOON: f"{NEAR_OPENING_DAYS}開庁日以内が期限",
    Tab.CONFERENCES: f"{NEAR_OPENING_DAYS}開庁日以内の協議",
    Tab.MY_ANSWERS: "自課の回答待ち",
    Tab.MY_APPROVALS: "あなたの決裁待ち",
    Tab.MY_REQUESTS: "あなたが頼んだ決裁",
    Tab.SENT_BACK: "差し戻された",
    Tab.CHANGED: "ほかの職員が進めた",
    Tab.FRESH: "新しく把握した",
}
OF_TODAY = frozenset(tuple(Tab)[tuple(Tab).index(Tab.OVERDUE) :])
"""Views to which the first page leads: offered where one has come by it."""
UNUSABLE = "保存した条件は、もうないか、いまの画面では使えないため、絞らずに表示しています。"
ALWAYS_OFFERED = frozenset({Tab.NOT_STARTED, Tab.INVESTIGATION, Tab.ALL})


@dataclass(frozen=True, slots=True)
class Found:
    """The list, by what it is narrowed, and how many wait in all."""

    listing: Listing
    used: Used
    waiting: int


async def read(work: UnitOfWork, asking: Asking[ListQuestion]) -> Found:
    """Read the page of the list that is asked for."""
    asked, staff = asking.question, asking.staff
    using = used(asked, await filters.all_of(work.db, staff))
    conditions = using.conditions
    scope = replace(await scope_of(work, staff), narrowed=conditions.narrowed(staff, work.today))
    listing = await page_of_list(work.db, scope, conditions.tab, _mark(asked), HOUSEHOLDS_ON_A_PAGE)
    # The menu says what waits in all, whatever the list is narrowed by.
    waiting = await count_not_started(work, staff) if conditions.is_narrow else listing.counts[Tab.NOT_STARTED]
    return Found(listing, using, waiting)


async def count_not_started(work: UnitOfWork, staff: Staff) -> int:
    """Return how many reviews wait for somebody of `staff`'s ward, counted as the list does."""
    return await count_waiting(work.db, staff.ward, born_from(work.today))


async def scope_of(work: UnitOfWork, staff: Staff) -> Scope:
    """Return what `staff` is shown of the list, on this day."""
    return Scope(
        ward=staff.ward,
        # Who has left the age scope is in no list and no count; the page stays open, for the case ends by a person's hand (S16).
        born_from=born_from(work.today),
        today=work.today,
        soon=after_opening_days(work.today, NEAR_OPENING_DAYS),
        staff_id=staff.id,
        section=staff.section,
        approves=Role.WARD_LEAD in staff.roles,
        since=await last_here(work.db, staff.id, work.today),
    )


def _mark(asked: ListQuestion) -> Mark | None:
    text = asked.after or asked.before
    if not text:
        return None
    person_id, _, version = text.partition(".")
    return Mark(PersonId(UUID(person_id)), int(version), is_end=not asked.after)


def _text(mark: Mark | None) -> str | None:
    return f"{mark.person_id}.{mark.version}" if mark else None


def show(content: Found, asking: Asking[ListQuestion]) -> ListSheet:
    """Say it on a page."""
    found = content.listing
    standing = freshness(found.feeds, asking.today)
    return ListSheet(
        title=phrases.list_title(asking.staff) if asking.staff.ward else "要確認　支援措置のあるこども（全区）",
        hint=wording.HINT_NOT_JUDGEMENT,
        tabs=tuple(TabLine(tab, TAB_TITLES[tab], found.counts[tab], tab is found.tab) for tab in Tab if _is_offered(tab, found)),
        households=tuple(tuple(line(row, asking.today) for row in household) for household in found.households),
        tab=found.tab,
        first=found.skipped + 1,
        last=found.skipped + len(found.households),
        total=found.total,
        before=_text(found.before),
        after=_text(found.after),
        begun_anew=found.begun_anew,
        gone=found.counts[Tab.REASONS_GONE] if found.tab is Tab.NOT_STARTED else 0,
        gone_tab=Tab.REASONS_GONE,
        waiting=content.waiting,
        fresh=fresh_text(standing),
        feeds=feed_lines(standing.fresh),
        silent=feed_lines(standing.silent),
        shut=feed_lines(standing.shut),
        narrowing=_narrowing(content.used, asking.staff),
        may_assign=isinstance(decide(viewer_of(asking.staff), Action.ASSIGN, None), Permit),
    )


def _narrowing(using: Used, staff: Staff) -> Narrowing:
    conditions = using.conditions
    owners = {Owner.MINE.value: "自分", Owner.NOBODY.value: "受け持ちなし"}
    if conditions.owner and conditions.owner not in owners:
        # Come to from the page that says who has how many.
        owners[conditions.owner] = "選んだ職員"
    return Narrowing(
        tab=conditions.tab,
        owner=conditions.owner,
        age=conditions.age,
        group=conditions.group,
        owners=tuple(owners.items()),
        ages=tuple((age.value, words) for age, words in AGES.items()),
        groups=tuple((group.value, words) for group, words in GROUPS.items()),
        saved=tuple(
            SavedLine(each.id, each.name, "" if each.staff_id == staff.id else each.by, each.id == using.current) for each in using.saved
        ),
        query=f"&saved={using.current}" if using.current else conditions.query(),
        tabs=conditions.query(),
        narrowed=conditions.is_narrow,
        trouble=UNUSABLE if using.unusable else "",
        key=uuid4(),
        may_share=staff.ward is not None,
    )


def _is_offered(tab: Tab, found: Listing) -> bool:
    # A view of nothing is not offered, but where one looks for work first.
    return tab in ALWAYS_OFFERED or tab is found.tab or (tab not in OF_TODAY and found.counts[tab] > 0)


def answer(content: Found, asking: Asking[Any]) -> ListAnswer:
    """Open reviews of one's ward, by household; the next page is `after`. Sensitive items appear as numbers only."""
    found = content.listing
    return ListAnswer(
        tab=found.tab,
        unusable=content.used.unusable,
        counts=found.counts,
        total=found.total,
        begun_anew=found.begun_anew,
        before=_text(found.before),
        after=_text(found.after),
        feeds=tuple(FeedAnswer(feed.source, feed.complete_through, feed.is_silent(asking.today), feed.standing) for feed in found.feeds),
        households=tuple(tuple(map(answer_line, household)) for household in found.households),
    )


async def waiting(_work: UnitOfWork, _asking: Asking[ListQuestion], sheet: Sheet) -> int | None:
    """Return what the list itself says is waiting."""
    return sheet.waiting if isinstance(sheet, ListSheet) else None


SCREENS = (
    Screen(
        name="reviews",
        address="/reviews",
        right=Action.LIST_REVIEWS,
        deed=deeds.LIST_OPENED,
        beside=deeds.CHILD_LISTED,
        read=read,
        page=Face(ListQuestion, show),
        json=Face(ListQuestionOfProgram, answer),
        thing=lambda staff: Thing(kind=ThingKind.REVIEW_LIST, id=None, ward=staff.ward),
        menu=Menu("要確認", 1, says_waiting=True),
        waiting=waiting,
    ),
)
