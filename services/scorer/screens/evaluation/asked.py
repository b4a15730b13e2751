"""Of which ruleset and which time an evaluation is, as an address asks for it."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from pydantic import Field

from infra.screens.seeing import Question
from services.scorer import effect_words
from services.scorer.domain.effect.stopping import FLOOR, Cycle

BACK, USUAL = 10, 4
"""So many halves of a fiscal year before this one are offered; with so many an evaluation begins where nothing else is asked."""

WHOLE = 100
_PERCENT = re.compile("[0-9]{1,3}")


class EvaluationQuestion(Question):
    """
    Which ruleset, from which half of a fiscal year to which, by which floor (percent), and held against which other ruleset.

    No other spans of time: two that overlap but for some days would tell of the few whose reviews ended in these.
    """

    ruleset: str = ""
    since: str = Field(default="", alias="from")
    until: str = Field(default="", alias="to")
    floor: str = ""
    against: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for; `against` is "" where nothing is compared."""

    ruleset: str
    since: Cycle
    until: Cycle
    floor: float
    against: str
    today: date

    @property
    def days(self) -> tuple[date, date]:
        """The first day and the last: of a half that goes on, today."""
        return self.since.first_day, min(self.until.last_day, self.today)

    @property
    def words(self) -> str:
        """The time in words."""
        one, other = effect_words.cycle(self.since), effect_words.cycle(self.until)
        return one if one == other else f"{one}から{other}まで"

    @property
    def in_address(self) -> dict[str, str]:
        """The same as a question, without what is compared."""
        return {"ruleset": self.ruleset, "from": self.since.name, "to": self.until.name, "floor": f"{self.floor * WHOLE:.0f}"}


def offered(today: date) -> list[Cycle]:
    """Return the halves that can be asked for, the newest first."""
    found = [Cycle.of(today)]
    while len(found) <= BACK:
        found.append(found[-1].before)
    return found


def asked(question: EvaluationQuestion, names: Collection[str], in_use: str, today: date) -> tuple[Asked | None, dict[str, str]]:
    """Return what is asked for, or what of it cannot be understood, by field."""
    halves, wrong = offered(today), dict[str, str]()
    since, until = _half(question.since, halves, min(USUAL, BACK)), _half(question.until, halves, 0)
    floor = _floor(question.floor)
    if (question.ruleset or in_use) not in names:
        wrong["ruleset"] = "この名前の把握基準はありません。一覧から選んでください。"
    if question.against and question.against not in names:
        wrong["against"] = "この名前の把握基準はありません。一覧から選んでください。"
    if since is None:
        wrong["from"] = "はじめの半期を、一覧から選んでください。"
    if until is None:
        wrong["to"] = "終わりの半期を、一覧から選んでください。"
    if floor is None:
        wrong["floor"] = f"下限は、1から{WHOLE}までの整数（%）で入れてください。"
    if since is not None and until is not None and since > until:
        wrong["from"] = "はじめの半期は、終わりの半期より前か、同じにしてください。"
    if wrong or since is None or until is None or floor is None:
        return None, wrong
    return Asked(question.ruleset or in_use, since, until, floor, question.against, today), {}


def _half(name: str, halves: list[Cycle], usual: int) -> Cycle | None:
    if not name:
        return halves[usual]
    found = Cycle.named(name)
    return found if found in halves else None


def _floor(text: str) -> float | None:
    if not text:
        return FLOOR
    plain = _PERCENT.fullmatch(text.strip())
    return int(plain[0]) / WHOLE if plain is not None and 1 <= int(plain[0]) <= WHOLE else None
