"""The first page after the login: what is due, what waits for whoever looks, what was sent back, what is new to them."""

from dataclasses import dataclass, replace

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from contracts.values import Role
from infra.identity.staff import Staff
from infra.pages import dates
from infra.work import UnitOfWork
from services.casework import disputing, emergencies, exporting, phrases, sampling
from services.casework.accesses import viewer_of
from services.casework.domain.feeds import freshness
from services.casework.domain.policy import WARD_ROLES, Action, Permit, may
from services.casework.screens.programme.cycle import store as programme
from services.casework.screens.programme.issues import store as issues
from services.casework.screens.reviews.rows import Tab
from services.casework.screens.reviews.said import feed_lines
from services.casework.screens.reviews.screen import TAB_TITLES, scope_of
from services.casework.screens.today.rows import Today, today
from services.casework.screens.today.said import (
    TodaySheet,
    View,
    children_in,
    line,
    of_answers,
    of_emergencies,
    of_exports,
    of_programme,
    of_samples,
)
from services.casework.seeing import Asking, Face, Menu, Question, Screen
from services.casework.sheets import Sheet

LINES_OF_A_VIEW = 5


@dataclass(frozen=True, slots=True)
class Offered:
    """A view of the page: what is said under its title, what its lines tell, and for whom it is."""

    tab: Tab
    hint: str
    what: str = "次にすること"
    of: frozenset[Role] = WARD_ROLES | {Role.COORDINATOR}
    urgent: bool = False


VIEWS = (
    Offered(Tab.MY_APPROVALS, "内容を確かめて、決裁するか差し戻します。", "決裁の内容", frozenset({Role.WARD_LEAD}), urgent=True),
    Offered(
        Tab.SENT_BACK,
        "あなたが頼んだ決裁が戻されました。理由は「経過」にあります。入れ直せます。",
        "差し戻された内容",
        WARD_ROLES,
        urgent=True,
    ),
    Offered(Tab.RECEIVING, "内容を読んで、受領するか差し戻します。受領するまでは、前の区の担当です。", of=WARD_ROLES, urgent=True),
    Offered(Tab.RETURNED, "ほかの区か児童相談所が受領しませんでした。理由は「経過」にあります。", of=WARD_ROLES, urgent=True),
    Offered(Tab.MY_ANSWERS, "自課の記録を見て答えます。関わりがなければ「関わりはない」と答えます。", of=WARD_ROLES),
    Offered(Tab.OVERDUE, "", urgent=True),
    Offered(Tab.DUE_TODAY, "", urgent=True),
    Offered(Tab.CONFERENCES, "きょうの協議もここに入ります。"),
    Offered(Tab.DUE_SOON, ""),
    Offered(Tab.MY_REQUESTS, "ほかの職員の決裁を待っています。", "頼んだ内容", WARD_ROLES),
    Offered(Tab.CHANGED, "", "最後にしたこと"),
    Offered(Tab.FRESH, "", "把握した日"),
)
"""In the order of the page: what others wait for first."""
SINCE = frozenset({Tab.CHANGED, Tab.FRESH})


async def read(work: UnitOfWork, asking: Asking[Question]) -> Today:
    """Read what waits for whoever asks."""
    found = await today(work.db, await scope_of(work, asking.staff), LINES_OF_A_VIEW)
    of_others = isinstance(may(viewer_of(asking.staff), Action.LIST_EMERGENCIES), Permit)
    told = await emergencies.told(work.db, asking.staff, work.now, work.today, of_others=of_others)
    asks = isinstance(may(viewer_of(asking.staff), Action.ASK_OWNER), Permit)
    answers, answered = await disputing.news(work.db, asking.staff.ward, LINES_OF_A_VIEW) if asks else ((), 0)
    found = replace(found, emergencies=told, answers=answers, answered=answered)
    if isinstance(may(viewer_of(asking.staff), Action.READ_PROGRAMME), Permit):
        found = replace(found, programme=await programme.told_today(work.db, work.today))
    if isinstance(may(viewer_of(asking.staff), Action.RUN_PROGRAMME), Permit):
        found = replace(found, issues=await issues.waiting(work.db, work.today))
    ward = asking.staff.ward
    if ward is not None and isinstance(may(viewer_of(asking.staff), Action.JUDGE_SAMPLE), Permit):
        found = replace(found, samples=await sampling.count(work.db, ward, work.today))
    if ward is None or not isinstance(may(viewer_of(asking.staff), Action.EXPORT_LIST), Permit):
        return found
    here = [each.id for each in await asking.register.of_ward(ward)]
    return replace(found, exports=await exporting.waiting(work.db, ward, asking.staff.id, work.today, here))


def show(found: Today, asking: Asking[Question]) -> TodaySheet:
    """Say it on a page."""
    standing = freshness(found.feeds, asking.today)
    views = tuple(_view(each, found, asking) for each in VIEWS if each.of & asking.staff.roles and not _is_first_visit(each, found))
    return TodaySheet(
        title=f"本日　{phrases.ward(asking.staff.ward)}" if asking.staff.ward else "本日　支援措置のあるこども（全区）",
        day=f"{dates.era_date(asking.today)}（{'月火水木金土日'[asking.today.weekday()]}）",
        views=views,
        without="、".join(view.title for view in views if not view.number),
        shown=children_in(views),
        silent=feed_lines(standing.silent),
        shut=feed_lines(standing.shut),
        waiting=found.counts[Tab.NOT_STARTED],
        emergencies=of_emergencies(found.emergencies),
        exports=of_exports(*found.exports),
        programme=of_programme(found.programme, found.issues, runs=Role.COORDINATOR in asking.staff.roles),
        answers=of_answers(found.answers, found.answered),
        samples=of_samples(*found.samples),
    )


def _is_first_visit(offered: Offered, found: Today) -> bool:
    # Who was never here has nothing to compare with.
    return offered.tab in SINCE and found.since is None


def _view(offered: Offered, found: Today, asking: Asking[Question]) -> View:
    tab, hint = offered.tab, offered.hint
    if tab in SINCE and found.since is not None:
        hint = f"前に来た日（{dates.month_day(dates.local_day(found.since))}）からあとです。"
    lines = tuple(line(row, tab, asking.today) for row in found.views.get(tab, ()))
    return View(tab, TAB_TITLES[tab], hint, offered.what, found.counts[tab], lines, offered.urgent)


async def waiting(_work: UnitOfWork, _asking: Asking[Question], sheet: Sheet) -> int | None:
    """Return what the page's own statement says is waiting."""
    return sheet.waiting if isinstance(sheet, TodaySheet) else None


def _thing(staff: Staff) -> Thing:
    return Thing(kind=ThingKind.REVIEW_LIST, id=None, ward=staff.ward)


SCREENS = (
    Screen(
        name="today",
        address="/today",
        right=Action.LIST_REVIEWS,
        deed=deeds.TODAY_OPENED,
        beside=deeds.CHILD_OF_TODAY,
        read=read,
        page=Face(Question, show),
        thing=_thing,
        menu=Menu("本日", 0),
        waiting=waiting,
    ),
)
