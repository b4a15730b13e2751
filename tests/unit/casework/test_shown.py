"""What the log keeps as shown is what stands on the page: no more (an item that is not there), and no less."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

import pytest

from contracts.catalogue import ITEMS
from contracts.ids import CaseId, PersonId, StaffId
from contracts.values import CaseState, DisputeKind, IndicatorValue, Item, Relationship, Role, Section, Sex, Source, Ward
from infra.identity.lasting import Lasting
from infra.identity.staff import Staff
from infra.pages.rendering import Pages
from services.casework.domain import paper
from services.casework.domain.case import Case, NoCase, Outcome
from services.casework.domain.casefile import CaseFile, Past
from services.casework.domain.dispute import Dispute
from services.casework.domain.handover import Destination, Handover, HandoverStatus
from services.casework.domain.policy import Thing
from services.casework.domain.review import Kind, Reason, Word
from services.casework.domain.wording import list_lines, sensitive_kind
from services.casework.screens import PAGES
from services.casework.screens.child.page import ChildSheet
from services.casework.screens.child.rows import Child, Double, Looked, Mate
from services.casework.screens.child.screen import show
from services.casework.screens.own_accesses import screen as own_accesses
from services.casework.screens.paper.screen import PaperQuestion, Printed
from services.casework.screens.paper.screen import show as print_it
from services.casework.screens.reviews import said as reviews_said
from services.casework.screens.reviews import screen as reviews
from services.casework.screens.reviews.asked import Conditions, ListQuestion, Used
from services.casework.screens.reviews.rows import ListedChild, Listing, Tab
from services.casework.screens.search import screen as searching
from services.casework.screens.search.rows import Findings, FoundChild, SearchQuestion, SearchReason
from services.casework.seeing import Asking, Question
from services.casework.sheets import LINES, PLAIN, OfPerson, Says, Sheet, Unsaid, parts, people, told

NOON = datetime(2026, 4, 11, 3, 0, tzinfo=UTC)
TODAY = date(2026, 4, 11)
CLERK = Staff(
    id=StaffId(UUID(int=7)),
    login="hakata.clerk",
    name="見本 ひかり",
    section=Section.CHILDCARE_SUPPORT,
    ward=Ward.HAKATA,
    roles=frozenset({Role.WARD_CLERK}),
    session="s",
    form_token="t",
    lasting=Lasting(NOON, NOON),
)
NOBODYS = CaseFile(NoCase(PersonId(UUID(int=1)), None, Ward.HAKATA))
"""The file of a child of whom nobody has taken up a case."""
PAGES_OF_CASEWORK = Pages(PAGES)
ANSWERS = [
    (IndicatorValue.TRUE, True),
    (IndicatorValue.TRUE, False),
    (IndicatorValue.FALSE, True),
    (IndicatorValue.FALSE, False),
    (IndicatorValue.UNKNOWN, True),
    (IndicatorValue.UNKNOWN, False),
    (IndicatorValue.NOT_APPLICABLE, False),
]


def page_of(template: str, sheet: Sheet) -> str:
    """The page as a person gets it, without its frame."""
    body = bytes(PAGES_OF_CASEWORK.render(template, staff=CLERK, nav=(), **parts(sheet)).body).decode()
    return body.split("<main", 1)[1].split("</main>", 1)[0]


def reason(item: Item, value: IndicatorValue = IndicatorValue.TRUE, *, counted: bool = True) -> Reason:
    return Reason(item, value, counted, "feed_stale", Source.MATERNAL_CHILD_HEALTH, NOON)


def word(*reasons: Reason, version: int = 1) -> Word:
    return Word(version, Kind.NEEDED, "SP-1", TODAY, needed=True, groups=(), reasons=reasons)


def child(*words: Word, **more: Any) -> Child:
    facts: dict[str, Any] = {
        "person_id": PersonId(UUID(int=1)),
        "version": len(words),
        "thing": Thing(Ward.HAKATA),
        "stands": True,
        "name": "架空 あお",
        "kana": None,
        "birth_date": date(2024, 2, 10),
        "sex": Sex.FEMALE,
        "lives_in": Ward.HAKATA,
        "address_code": None,
        "town": None,
        "household_id": None,
        "household_no": None,
        "opened_on": TODAY,
        "needed": True,
        "basis_changed": False,
        "overdue_since": None,
        "owner": None,
        "file": NOBODYS,
        "closed_on": None,
        "mates": (),
        "covered_with": frozenset(),
        "looks": (),
    }
    return Child(words=words, **(facts | more))


def sheet_of(seen: Child, *, shows_sensitive: bool) -> ChildSheet:
    return show(seen, Asking(CLERK, TODAY, Question(), seen.person_id), shows_sensitive=shows_sensitive)


def named_on(page: str) -> set[str]:
    """The items whose words stand on a page, as there, as not there, or as not known."""
    return {item for item, entry in ITEMS.items() if any(words in page for words in (entry.present, entry.absent, entry.unknown))}


# --- Item by item -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize(("value", "counted"), ANSWERS)
@pytest.mark.parametrize("item", list(Item))
@pytest.mark.parametrize("before", [None, IndicatorValue.TRUE, IndicatorValue.FALSE])
def test_an_item_is_in_the_log_if_and_only_if_it_stands_on_the_page(
    item: Item, value: IndicatorValue, counted: bool, before: IndicatorValue | None, opened: bool
) -> None:
    """`epds_high` was in the log where EPDS was not on the page."""
    other = reason(Item.CHECKUP_18M_NOT_RECEIVED if item is not Item.CHECKUP_18M_NOT_RECEIVED else Item.CHECKUP_3Y_NOT_RECEIVED)
    earlier = [word(other, reason(item, before))] if before is not None else []
    sheet = sheet_of(child(*earlier, word(other, reason(item, value, counted=counted), version=2)), shows_sensitive=opened)

    page = page_of("child/page.html", sheet)

    logged = set(told(sheet))
    assert logged & set(Item) == named_on(page)
    assert opened or sensitive_kind(item) is None or item not in logged
    assert ("hidden_items" in logged) is ("の項目 1件" in page or "の項目に変化があった" in page)


@pytest.mark.parametrize("opened", [False, True])
def test_all_items_at_once(opened: bool) -> None:
    sheet = sheet_of(child(word(*map(reason, Item))), shows_sensitive=opened)

    assert set(told(sheet)) & set(Item) == named_on(page_of("child/page.html", sheet))
    assert set(told(sheet)) & set(Item) == {item for item in Item if opened or sensitive_kind(item) is None}


@pytest.mark.parametrize("opened", [False, True])
@pytest.mark.parametrize("kind", list(paper.Paper))
def test_an_item_is_in_the_log_if_and_only_if_it_stands_on_the_paper(kind: paper.Paper, opened: bool) -> None:
    asked = PaperQuestion(kind=kind, purpose=paper.Purpose.CONFERENCE)
    seen = child(word(*map(reason, Item)))
    sheet = print_it(Printed(seen, "P-000001", NOON), Asking(CLERK, TODAY, asked, seen.person_id), shows_sensitive=opened)

    shown = named_on(PAGES_OF_CASEWORK.text("paper/page.html", **parts(sheet)))
    assert set(told(sheet)) & set(Item) == shown
    assert shown == ({item for item in Item if opened or sensitive_kind(item) is None} if kind is not paper.Paper.VISIT else set())


@pytest.mark.parametrize("opened", [False, True])
def test_that_somebody_supports_the_child_is_never_a_reason_to_look(opened: bool) -> None:
    """§2.6: a suppressor, never a score. Opened it stands beside the reasons; unopened, and in the list, it is not even counted."""
    support = reason(Item.CONSULTATION_ACTIVE)
    sheet = sheet_of(child(word(reason(Item.CHECKUP_18M_NOT_RECEIVED), support)), shows_sensitive=opened)

    assert [line.item for line in sheet.items.reasons] == [Item.CHECKUP_18M_NOT_RECEIVED]
    assert [line.item for line in sheet.items.context] == ([Item.CONSULTATION_ACTIVE] if opened else [])
    assert (sheet.hidden_reasons, sheet.offers_sensitive, sheet.items.not_clear) == ((), not opened, ())
    assert list_lines([support]) == ()
    assert reviews_said.answer_line(replace(ROW, reasons=(support,))).hidden_items == 0


def test_a_review_says_unopened_that_support_is_not_known_and_nothing_of_the_child() -> None:
    """§2.8-22: a silent feed does not suppress in silence. The same words, whether there is a record or none."""
    due = reason(Item.CHECKUP_18M_NOT_RECEIVED)
    silent = reason(Item.CONSULTATION_ACTIVE, IndicatorValue.UNKNOWN)
    with_record = replace(silent, reason_code="support_unknown")

    sheets = [sheet_of(child(word(due, each)), shows_sensitive=False) for each in (silent, with_record)]

    assert sheets[0] == replace(sheets[1], offer=sheets[0].offer), "all but the key of its form"
    page = page_of("child/page.html", sheets[0])
    assert "令和8年4月11日の時点では、</b>すでに児童相談で支援を受けているかどうか、分かりません" in page


def test_whom_a_page_may_not_name_is_not_said_to_be_nobody() -> None:
    """A child who moved to another ward, or left the city, while the case is still this one's: the family is seen where it lives."""
    said = word(reason(Item.CHECKUP_18M_NOT_RECEIVED))
    living = [child(said, lives_in=ward) for ward in (Ward.HAKATA, Ward.NISHI, None)]

    pages = [page_of("child/page.html", sheet_of(each, shows_sensitive=False)) for each in living]

    assert ["おとなの記録はありません" in page for page in pages] == [True, False, False]
    assert ["いまの住所がこの区ではない" in page for page in pages] == [False, True, True]


def test_support_that_began_after_a_review_was_opened_is_told_as_no_reason() -> None:
    due = reason(Item.CHECKUP_18M_NOT_RECEIVED)
    seen = child(word(due), word(due, reason(Item.CONSULTATION_ACTIVE), version=2))

    closed, opened = (sheet_of(seen, shows_sensitive=each).items.changes for each in (False, True))

    assert [line.text for line in closed] == ["福祉の項目に変化があった（理由を選んで開くと表示します）"]
    assert [line.text for line in opened] == ["「児童相談システムで支援中」と分かった（きっかけではない）"]


# --- Part by part -----------------------------------------------------------------------------------------------------

CASE = Case(
    case_id=CaseId(UUID(int=2)),
    person_id=PersonId(UUID(int=1)),
    household_id=None,
    ward=Ward.HAKATA,
    state=CaseState.INVESTIGATION,
    version=1,
    opened_at=NOON,
    opened_by=CLERK.id,
    opened_by_name="架空 はる",
    due_on=date(2026, 4, 17),
    lead_section=Section.HEALTH,
    person_in_charge="架空 そら",
    outcome=Outcome.NOT_NEEDED,
    asks="finish",
)
BEGUN = Past(
    1,
    "start_investigation",
    CaseState.NOTICED,
    CaseState.INVESTIGATION,
    NOON,
    CLERK.id,
    CLERK.name,
    CLERK.section,
    {"sections": ["health_section"], "due_on": "2026-04-17"},
)
ASKED = replace(BEGUN, version=2, move="withdraw_as_error", start=CaseState.INVESTIGATION, asks=True, details={"reason": "別人の記録"})
SENT_BACK = Handover(
    handover_id=UUID(int=5),
    case_id=CASE.case_id,
    person_id=CASE.person_id,
    destination=Destination.WARD,
    from_ward=Ward.HAKATA,
    to_ward=Ward.NISHI,
    status=HandoverStatus.RETURNED,
    offered_at=NOON,
    offered_by=CLERK.id,
    offered_by_name="架空 はる",
    due_on=date(2026, 4, 17),
    why="転居した",
    settled_at=NOON,
    settled_by=StaffId(UUID(int=8)),
    settled_by_name="架空 なつ",
    settled_why="まだ転居していない",
)
MATE = Mate(PersonId(UUID(int=3)), date(2020, 6, 3), True, Relationship.CHILD, "架空 きいろ", Sex.MALE, True, True, None)
PARENT = Mate(PersonId(UUID(int=4)), date(1990, 6, 3), True, Relationship.HEAD, "架空 しろ", Sex.FEMALE, False, False, None)
EVERYTHING = child(
    word(*map(reason, Item)),
    kana="かくう あお",
    thing=Thing(Ward.HAKATA, protected=True, holders=frozenset({CLERK.id})),
    stands=False,
    address_code="40132001",
    left_on=TODAY,
    basis_changed=True,
    overdue_since=date(2026, 4, 9),
    owner="見本 ひかり",
    file=CaseFile(CASE, (BEGUN, ASKED), SENT_BACK),
    closed_on=TODAY,
    mates=(MATE, PARENT),
    covered_with=frozenset({PARENT.person_id}),
    doubles=(Double(PersonId(UUID(int=9)), protected=True, state=CaseState.INVESTIGATION),),
    looks=(Looked(NOON, "架空 そら", "博多区 健康課", "casework.child_opened"),),
    disputes=(
        Dispute(
            id=UUID(int=6),
            number="S-000001",
            item=Item.CHECKUP_3Y_NOT_RECEIVED,
            kind=DisputeKind.WRONG,
            why="受診していた",
            words="",
            asked_at=NOON,
            asked_by="博多区 健康課　架空 そら",
            word_version=1,
            told={},
            answers=(),
            seen=0,
        ),
    ),
)
UNPROTECTED = replace(EVERYTHING, thing=Thing(Ward.HAKATA), household_no="M-11873", needed=False, file=NOBODYS, mates=())
NOT_CLEAR = child(word(reason(Item.CHECKUP_18M_NOT_RECEIVED), reason(Item.CONSULTATION_ACTIVE, IndicatorValue.UNKNOWN)))
ROW = ListedChild(
    person_id=PersonId(UUID(int=1)),
    version=1,
    household_id=None,
    protected=False,
    state=None,
    birth_date=date(2024, 2, 10),
    opened_on=TODAY,
    needed=False,
    basis_changed=True,
    due_on=date(2026, 4, 17),
    asks=True,
    handover=HandoverStatus.RETURNED,
    receiving=False,
    name="架空 あお",
    kana=None,
    household_no="M-11873",
    overdue_since=date(2026, 4, 9),
    reasons=tuple(map(reason, Item)),
    owner="見本 ひかり",
    seen="1.0.0",
)
ACCESS = own_accesses.OwnAccess(NOON, "casework.child_opened", "permit", 2, PersonId(UUID(int=1)), "架空 あお", protected=False)


def listing(*rows: ListedChild) -> Sheet:
    found = Listing(Tab.ALL, dict.fromkeys(Tab, 1), (rows,), total=1)
    return reviews.show(reviews.Found(found, Used(Conditions(), ()), 1), Asking(CLERK, TODAY, ListQuestion()))


def own(*accesses: own_accesses.OwnAccess) -> Sheet:
    return own_accesses.show(accesses, Asking(CLERK, TODAY, Question()))


def search(*children: FoundChild) -> Sheet:
    asked = SearchQuestion(name="あお", reason=SearchReason.OWN_CASE)
    return searching.show(Findings(children), Asking(CLERK, TODAY, asked))


FOUND = FoundChild(
    PersonId(UUID(int=1)),
    protected=True,
    name="架空 あお",
    kana="カクウ アオ",
    birth_date=date(2024, 2, 10),
    state=CaseState.INVESTIGATION,
    needed=True,
    opened_on=TODAY,
    closed_at=None,
)


FULL_PAGES = [
    ("child/page.html", sheet_of(EVERYTHING, shows_sensitive=False)),
    ("child/page.html", sheet_of(EVERYTHING, shows_sensitive=True)),
    ("child/page.html", sheet_of(UNPROTECTED, shows_sensitive=False)),
    ("child/page.html", sheet_of(NOT_CLEAR, shows_sensitive=False)),
    ("reviews/page.html", listing(ROW)),
    ("reviews/page.html", listing(replace(ROW, protected=True))),
    ("own_accesses/page.html", own(ACCESS)),
    ("search/page.html", search(FOUND)),
    ("search/page.html", search(replace(FOUND, closed_at=NOON))),
]


def without(sheet: Sheet, part: str) -> Sheet:
    """The same without a part."""
    value = getattr(sheet, part)
    empty = "" if isinstance(value, str) else type(value)() if isinstance(value, tuple | bool | int) else None
    return replace(sheet, **{part: empty})  # type: ignore[type-var]


def told_parts(sheet: Sheet) -> list[tuple[str, Sheet]]:
    """Each part that the log is told of, with the sheet as it is without that part: also of whoever stands in it beside."""
    lacking = []
    for name, marks in sheet.marks.items():
        value = getattr(sheet, name)
        if any(isinstance(mark, Says) for mark in marks) and value and not isinstance(value, Unsaid):
            lacking.append((name, without(sheet, name)))
        for part, lacks in lines_of(value):
            lacking.append((f"{name}.{part}", replace(sheet, **{name: lacks})))  # type: ignore[type-var]
    return lacking


def lines_of(value: object) -> list[tuple[str, object]]:
    if isinstance(value, Sheet):
        return [(part, lacks) for part, lacks in told_parts(value)]
    if not isinstance(value, tuple):
        return []
    found: list[tuple[str, object]] = []
    for number, each in enumerate(value):
        if isinstance(each, Sheet) and each.named_by:
            found.append((str(getattr(each, each.named_by)), value[:number] + value[number + 1 :]))
        found += [(part, (*value[:number], lacks, *value[number + 1 :])) for part, lacks in lines_of(each)]
    return found


@pytest.mark.parametrize(("template", "sheet"), FULL_PAGES)
def test_whatever_the_log_is_told_of_a_page_makes_a_difference_to_it(template: str, sheet: Sheet) -> None:
    """A part that is told and not used in the template would be in the log and not on the page."""
    page = page_of(template, sheet)
    lacking = told_parts(sheet)

    assert len(lacking) >= len({*told(sheet), *(name for line in people(sheet) for name in told(line))})
    assert [name for name, lacks in lacking if page_of(template, lacks) == page] == []


def test_of_the_whole_every_name_that_the_log_has_is_told_by_some_page() -> None:
    known = {name for _, sheet in FULL_PAGES for name in (*told(sheet), *(name for line in people(sheet) for name in told(line)))}

    assert known >= {mark.name for marks in ChildSheet.marks.values() for mark in marks if isinstance(mark, Says)} | set(Item)


# --- A sheet ----------------------------------------------------------------------------------------------------------


def test_a_part_without_a_mark_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="what does the log call shoe_size"):

        class _Unmarked(Sheet):
            name: Annotated[str, Says("name")]
            shoe_size: int


@dataclass(frozen=True)
class Line(OfPerson):
    person_id: Annotated[PersonId | None, PLAIN]
    protected: Annotated[bool, PLAIN]
    name: Annotated[str, Says("name")]


@dataclass(frozen=True)
class Paper(Sheet):
    kana: Annotated[str | None, Says("kana")]
    sex: Annotated[str, Says("sex"), Says("age")]
    lines: Annotated[tuple[tuple[Line, ...], ...], LINES]
    waits: Annotated[int | None, Says("state", even=True)]


@pytest.mark.parametrize(
    ("paper", "names"),
    [
        (Paper(None, "", (), None), ()),
        (Paper("かな", "女", (), 0), ("kana", "sex", "age", "state")),
        (Paper("", Unsaid("性別の記録なし"), (), 1), ("state",)),
        (Paper(None, "", ((Line(None, False, "名"),), (Line(None, False, "名"),)), None), ("name",)),
        (Paper(None, "", ((Line(None, False, Unsaid("—")),),), None), ()),
    ],
)
def test_what_is_there_is_told_once_and_what_stands_in_its_place_is_not(paper: Paper, names: tuple[str, ...]) -> None:
    assert told(paper) == names


def test_everybody_in_a_sheet_is_found_wherever_they_stand() -> None:
    lines = (Line(PersonId(UUID(int=1)), False, "a"), Line(None, False, "b"))

    assert list(people(Paper(None, "", (lines[:1], lines[1:]), None))) == list(lines)
