"""Of two who people say are one person, nothing is lost: each review stays where it is seen, and shows the other (`domain.md` §2.8-11)."""

import httpx

from contracts.messages import AccessRecorded
from contracts.values import Ward
from tests.integration.casework import builders as b
from tests.integration.casework.conftest import Office

KEPT, ABSORBED = b.person("a"), b.person("x")
NOTE = "同じ方とされた記録が、もう1件あります"


async def both_under_review(office: Office) -> None:
    await office.hear(b.lives("a"), b.lives("x"), b.is_called("a", "見本 あお"), b.is_called("x", "見本 蒼"), b.needed("a"), b.needed("x"))


async def shown(clerk: httpx.AsyncClient) -> dict[str, str]:
    answers = {name: await clerk.get(f"/children/{who}") for name, who in (("kept", KEPT), ("absorbed", ABSORBED))}
    return {name: answer.text if answer.status_code == 200 else "" for name, answer in answers.items()}


async def test_each_of_two_reviews_stays_and_shows_the_other_until_people_say_that_they_are_two(office: Office) -> None:
    await both_under_review(office)
    async with office.as_("hakata.clerk") as clerk:
        before = await shown(clerk)
        await office.hear(b.is_one_person("a", "x"), b.lives("x", None, version=2, household=None, exists=False))
        merged = await shown(clerk)
        await office.hear(b.lives("x", version=3), b.is_two_persons("a", "x"))
        after = await shown(clerk)

    assert [NOTE in page for page in before.values()] == [False, False]
    assert f'<a href="/children/{ABSORBED}">もう1件の要確認</a>（未着手）' in merged["kept"]
    assert f'<a href="/children/{KEPT}">もう1件の要確認</a>（未着手）' in merged["absorbed"]
    assert [NOTE in page for page in after.values()] == [False, False]
    assert all(after.values())


async def test_that_somebody_saw_the_other_review_is_in_the_log(office: Office) -> None:
    await both_under_review(office)
    await office.hear(b.is_one_person("a", "x"))
    async with office.as_("hakata.clerk") as clerk:
        await shown(clerk)

    entries = [each for each in await office.said() if isinstance(each, AccessRecorded) and each.action == "casework.double_shown"]
    assert {each.thing.id for each in entries} == {str(KEPT), str(ABSORBED)}


async def test_an_older_word_never_takes_the_place_of_a_newer_one(office: Office) -> None:
    await both_under_review(office)
    await office.hear(b.is_two_persons("a", "x"))
    await office.hear(b.is_one_person("a", "x"))

    async with office.as_("hakata.clerk") as clerk:
        pages = await shown(clerk)
    assert [NOTE in page for page in pages.values()] == [False, False]


async def test_the_wall_of_the_survivor_stands_before_the_absorbed_one_too(office: Office) -> None:
    """domain.md §4.4: a measure tells of the survivor alone by then."""
    await both_under_review(office)
    await office.hear(b.lives("f", Ward.HAKATA))
    await office.hear(b.is_one_person("a", "x"), b.measure(("a",), ("f",)), b.lives("x", None, version=2, household=None, exists=False))

    async with office.as_("hakata.clerk") as clerk:
        pages = await shown(clerk)
    assert list(pages.values()) == ["", ""]
