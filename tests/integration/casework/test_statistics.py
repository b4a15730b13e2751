"""Statistics of a ward and of the city: true, and of nobody (casework.md §2.3, §2.5, §6.1; S07)."""

from contracts.catalogue import ITEMS
from contracts.values import Item, Source
from contracts.values import Ward as CityWard
from services.casework.domain.suppression import SMALLEST
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office
from tests.integration.casework.test_way_of_a_case import CLERK, Ward, closed, ward

__all__ = ["ward"]


def row_of(page: str, table: str, label: str) -> list[str]:
    """The cells of a row of a table."""
    rows = page.partition(f'id="{table}"')[2].partition("</section>")[0]
    cells = rows.partition(f'<th scope="row" role="rowheader">{label}</th>')[2].partition("</tr>")[0]
    return [cell.rpartition(">")[2] for cell in cells.split("</td>")[:-1]]


async def review_some(office: Office, ward: CityWard, many: int) -> None:
    names = [f"{ward} {number}" for number in range(many)]
    await office.hear(*(b.lives(name, ward, household=name) for name in names), *(b.needed(name) for name in names))


async def test_a_ward_and_the_city_read_the_same_numbers_without_the_small_ones(office: Office) -> None:
    for each, many in ((CityWard.HAKATA, SMALLEST + 2), (CityWard.NISHI, 3), (CityWard.MINAMI, SMALLEST + 10)):
        await review_some(office, each, many)
    async with office.as_("hakata.clerk") as clerk, office.as_("coordinator") as coordinator, office.as_("nishi.clerk") as small:
        own, city = (await clerk.get("/statistics")).text, (await coordinator.get("/statistics")).text
        few = (await small.get("/statistics")).text

    stages = {label: row_of(city, "stages", label) for label in ("博多区", "西区", "南区", "東区", "全市")}
    assert stages["西区"] == ["秘匿", "0", "0", "0", "0", "0", "秘匿"]
    assert stages["東区"] == ["0"] * 7
    # The city's sum is shown, so that another ward's number is left out beside the small one.
    assert stages["全市"] == ["35", "0", "0", "0", "0", "0", "35"]
    assert stages["博多区"] == ["秘匿", "0", "0", "0", "0", "0", "秘匿"]
    assert stages["南区"] == ["20", "0", "0", "0", "0", "0", "20"]
    assert row_of(own, "stages", "博多区") == stages["博多区"]
    assert row_of(few, "stages", "西区") == stages["西区"]
    assert "南区" not in own


async def test_a_protected_child_counts_in_no_ward(office: Office) -> None:
    """domain.md §4.4: beside a ward a number tells where somebody lives."""
    await review_some(office, CityWard.HAKATA, SMALLEST + 1)
    await office.hear(b.measure(tuple(f"hakata {number}" for number in range(SMALLEST + 1)), ()))
    async with office.as_("coordinator") as coordinator:
        page = (await coordinator.get("/statistics")).text

    assert row_of(page, "stages", "博多区") == ["0"] * 7
    assert row_of(page, "stages", "区を示さないもの") == ["11", "0", "0", "0", "0", "0", "11"]


async def test_what_was_closed_counts_by_result_reason_and_deadline_and_is_left_out_while_it_is_little(ward: Ward) -> None:
    allowance = b.indicator(Item.CHILD_ALLOWANCE, reason="entitled", source=Source.CHILD_ALLOWANCES)
    await ward.office.hear(b.needed("a", version=2, indicators=(*b.S08, allowance)))
    await closed(ward)
    page = (await ward.people[CLERK].get("/statistics")).text
    before = (await ward.people[CLERK].get("/statistics?year=2025")).text

    assert row_of(page, "results", "博多区") == ["0", "0", "秘匿", "0", "0", "秘匿"]
    assert row_of(page, "deadlines", "博多区") == ["秘匿", "0", "秘匿"]
    assert row_of(page, "reasons", "1歳6か月児健診を受けた記録がない") == ["0", "0", "秘匿", "0", "0", "秘匿", "秘匿"]
    # What is context only asked for nothing, and hits nothing.
    assert ITEMS[Item.CHILD_ALLOWANCE].present not in page
    assert row_of(before, "results", "博多区") == ["0"] * 6
    assert "この年度に終えたものはまだありません" in before


async def test_who_works_with_no_case_reads_no_statistics(office: Office) -> None:
    async with office.as_("security.officer") as officer:
        assert (await officer.get("/statistics")).status_code == 403
