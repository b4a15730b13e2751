"""What the lists were worth, on a page, and a threshold that it proposes taken into a ruleset for two to decide on (EVAL-02, EVAL-03)."""

import html
import re
import tomllib
from collections.abc import AsyncIterator

import pytest

from infra.clock import FixedClock
from infra.testing.fixtures import Database
from services.scorer.domain.effect.stopping import Cycle
from services.scorer.domain.programme import IN_USE
from tests.integration.scorer.office import Office, opened
from tests.integration.scorer.test_effect import sixty_ended, who
from tests.integration.scorer.test_outcomes import drawn, judged

pytestmark = pytest.mark.servers

NOW = "ruleset=SP-3&from=2026-H1&to=2026-H1"


@pytest.fixture
async def office(database: Database, clock: FixedClock) -> AsyncIterator[Office]:
    """Sixty reviews ended; whoever was in need had an EPDS total of 12, everybody else of 6. Of sixty quiet requests forty are judged."""
    async with opened(database, clock) as office:
        await sixty_ended(office.scorer)
        await office.scorer.hears(
            *(drawn(number, share=0.02) for number in range(1, 61)),
            *(judged(number, needed=number <= 10, share=0.02) for number in range(1, 41)),
        )
        await office.pool.execute(
            "update evaluation set (value, counted, detail) = ('FALSE', true, json_build_object('highest', case need when 'support' then 12"
            " else 6 end)) from review_outcome where review_outcome.person_id = evaluation.person_id and item = 'epds_high'"
        )
        yield office


async def test_the_coordinator_sees_what_the_lists_were_worth_with_how_sure_that_is_and_nobody_by_name(office: Office) -> None:
    async with office.at_work("coordinator") as coordinator:
        page = (await coordinator.opens(f"/evaluation?{NOW}&against=SP-2")).text
        numbers = (await coordinator.opens(f"/v1/evaluation?{NOW}")).json()
        usual = (await coordinator.opens("/evaluation")).text
    cells = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))

    assert (numbers["evaluation"]["total"]["needed"], numbers["evaluation"]["total"]["assessed"], numbers["errors"]) == (28, 58, {})
    # In all, with Wilson's interval; the circumstance that half of them have; of the ward all.
    assert "60件 58件 28件 48% 36%〜61%" in cells
    assert "30件 30件 10件 33% 19%〜51% 0.69倍" in cells
    assert "博多区 60件" in cells
    assert "小学生の年齢 0件 0件 0件 — —" in cells, "none is none, and not a few"
    assert 'class="compare shares"' in page
    # Whom the quiet misses: of sixty that were drawn forty are judged, and each stands for fifty.
    assert "60件 40件 10件 25%" in cells
    assert "少なくとも約500件" in page
    assert "約750件" in page
    assert "1,500件" in page
    assert "SP-2でも挙がる" in page
    assert "style=" not in page
    assert not any(str(who(number)) in page for number in range(60))
    assert 'value="2026-H1" selected' in usual
    assert [look[0] for look in await office.looks()].count("scorer.evaluation_opened") == 3


async def test_what_cannot_be_asked_is_said_beside_its_field_and_shows_nothing(database: Database, clock: FixedClock) -> None:
    async with opened(database, clock) as office, office.at_work("privacy.officer") as officer:
        page = (await officer.opens("/evaluation?ruleset=SP-99&from=1999-H1&to=x%00&floor=0&against=%3Cb%3E")).text
        told = (await officer.opens("/v1/evaluation?from=2026-H1&to=2025-H2")).json()
        floors = [(await officer.opens(f"/v1/evaluation?floor={floor}")).json()["errors"] for floor in ("nan", "-1", "101", "٢", "2e1")]

    assert [f'id="{name}-error"' in page for name in ("ruleset", "from", "to", "floor", "against")] == [True] * 5
    assert "支援が必要" not in page.partition("<main")[2].partition("choose")[2].partition("</form>")[2]
    assert "<b>" not in page.partition('id="against"')[2].partition("</select>")[0]
    assert (told["evaluation"], list(told["errors"])) == (None, ["from"])
    assert [list(errors) for errors in floors] == [["floor"]] * 5


async def test_a_threshold_is_taken_into_a_proposal_that_says_how_sure_it_is_and_needs_a_simulation_and_a_second_person(
    office: Office,
) -> None:
    async with office.at_work("privacy.officer") as officer:
        read_only = (await officer.opens(f"/evaluation?{NOW}&floor=80")).text
        denied = (await officer.opens(f"/proposals?{NOW}&floor=80&begin=SP-3&take=epds_high_from")).status_code
    async with office.at_work("coordinator") as coordinator:
        evaluation = (await coordinator.opens(f"/evaluation?{NOW}&floor=80")).text
        [address] = re.findall(r'href="(/proposals\?[^"]+take=epds_high_from[^"]*)"', evaluation)
        form = (await coordinator.opens(html.unescape(address))).text
        document, grounds = (
            html.unescape(re.search(rf'<textarea[^>]*name="{name}"[^>]*>\n(.*?)</textarea>', form, re.DOTALL)[1])  # type: ignore[index]
            for name in ("document", "grounds")
        )
        sent = await coordinator.sends("/proposals/propose", document=document, grounds=grounds, origin="evaluation")
        early = await coordinator.sends("/rulesets/SP-4/approve", effective_from="2099-04-01")
        page = (await coordinator.opens("/rulesets/SP-4")).text
        nothing = [
            (await coordinator.opens(f"/proposals?{NOW}&begin=SP-3&floor={floor}&take={take}")).text
            for floor, take in (("80", "late_from_weeks"), ("80", "version"), ("0", "epds_high_from"))
        ]

    assert ("12点にする案を書く" in evaluation, "案を書く" in read_only, denied) == (True, False, 403)
    assert "使用中の9点はこの間の外にあるため、変える根拠がある。" in read_only
    content = tomllib.loads(document)
    assert (content["name"], content["parameters"]) == ("SP-4", {"epds_high_from": 12})
    assert content["items"] == [item.value for item in IN_USE.ruleset.group_of] or set(content["items"]) == set(IN_USE.ruleset.group_of)
    assert document.count("#") >= 3, "what people wrote beside the rule stays"
    for words in ("SP-3の評価", "令和8年度前半", "9点から12点にする", "判断できた58件", "1,000回引き直して", "変える根拠がある"):
        assert words in grounds
    assert 'value="evaluation" checked' in form
    assert "まだ提案していません" in form
    assert (sent.status_code, sent.headers["location"], early.status_code) == (303, "/rulesets/SP-4", 409)
    assert "確認の結果の評価" in page
    assert "市全体で試算する" in page
    assert ["しきい値の案を作れません" in each for each in nothing] == [True] * 3
    assert [each[:3] for each in await office.decisions()][-2:] == [
        ("scorer.ruleset_proposed", "done", None),
        ("scorer.ruleset_approved", "deny", "not_simulated"),
    ]


@pytest.mark.parametrize(("name", "first", "last"), [("2026-H1", "2026-04-01", "2026-09-30"), ("2026-H2", "2026-10-01", "2027-03-31")])
def test_a_half_of_a_fiscal_year_has_its_days(name: str, first: str, last: str) -> None:
    half = Cycle.named(name)

    assert half is not None
    assert (half.name, half.first_day.isoformat(), half.last_day.isoformat(), half.next.before) == (name, first, last, half)
    assert Cycle.of(half.first_day) == Cycle.of(half.last_day) == half
    assert [Cycle.named(wrong) for wrong in ("2026", "2026-H3", "1999-H1", "x")] == [None] * 4
