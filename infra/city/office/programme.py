"""The coordinator at work in the demonstration: the programme's own pages have something to read on each of the city's days."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Self
from uuid import NAMESPACE_URL, uuid5

import httpx

from contracts.words import LEADING
from infra.city.office.courses import FIRST, SECOND, TODAY
from infra.city.office.doors import Insider
from infra.identity.demonstration import Credential

WHO = "coordinator"
_TIMEOUT_SECONDS = 30
_FIRST_MONTH = 4


@dataclass(slots=True)
class ProgrammeAtWork:
    """The coordinator, logged in once. Use as a context manager. `made` is how much was done, and nothing `stopped`."""

    today: date
    url: str
    staff: Sequence[Credential]
    made: int = 0
    stopped: int = 0
    _inside: Insider = field(init=False)

    async def __aenter__(self) -> Self:
        who = next(each for each in self.staff if each.login == WHO)
        self._inside = Insider(httpx.AsyncClient(base_url=self.url, timeout=_TIMEOUT_SECONDS), who)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._inside.leave()
        await self._inside.http.aclose()

    async def work(self, before: int) -> None:
        """Do what is done so many days before today. Whoever opens the weekly report finds that of the last week made."""
        if before == FIRST:
            await self._does("/programme/begin", year=self._year)
            await self._plan("事業の説明会を開く", self.today - timedelta(days=3))
            await self._plan("個別アプローチの進め方を打ち合わせる", self.today + timedelta(days=6))
        if before == SECOND:
            await self._meet()
            questions = "確かめたいこどもが見つけやすくなった\n三課の協議の準備が楽になった\n理由の説明は分かりやすい"
            closes_on = (self.today + timedelta(days=14)).isoformat()
            await self._does("/surveys/ask", key=_key("survey"), title="使いごこちのアンケート", questions=questions, closes_on=closes_on)
        if before in {SECOND, TODAY}:
            await self._inside.page("/weekly")

    @property
    def _year(self) -> int:
        day = self.today - timedelta(days=FIRST)
        return day.year - (day.month < _FIRST_MONTH)

    async def _meet(self) -> None:
        """Hold a meeting of the review board, from which two issues come: one is late today, one waits for an owner."""
        meeting, held_on = _key("meeting"), self.today - timedelta(days=SECOND)
        said = {"title": "第1回 検討会", "agenda": "調査と協議の手順の見直し", "place": "会議室", "held_on": held_on.isoformat()}
        await self._does("/meetings/add", meeting=meeting, version=0, **said)
        minutes = "調査の期限の数え方を、マニュアルに書き足す。協議の前に、調査票をそろえて読む。"
        present = {"division": "見本 みどり", "childcare_support": "見本 しのぶ", "health": "見本 このみ", "guidance_center": "見本 いぶき"}
        await self._does("/meetings/change", meeting=meeting, version=1, minutes=minutes, **said, **present)
        issues = {"調査の期限の数え方が分かりにくい": self.today - timedelta(days=1), "協議の日を早く知りたい": None}
        for title, due_on in issues.items():
            await self._does("/issues/raise", key=_key(title), title=title, meeting=meeting)
            if due_on is not None:
                change = {"owner": LEADING, "due_on": due_on.isoformat(), "words": "マニュアルを直す"}
                await self._does("/issues/change", issue=_key(title), version=1, state="doing", **change)

    async def _plan(self, title: str, due_on: date) -> None:
        await self._does("/programme/add", year=self._year, key=_key(title), title=title, owner=LEADING, due_on=due_on.isoformat())

    async def _does(self, address: str, **form: object) -> None:
        await self._inside.sends(address, **form)
        self.made += 1


def _key(title: str) -> str:
    # The same in every run: two runs of a city can be compared.
    return str(uuid5(NAMESPACE_URL, f"tsunagu:demonstration:programme:{title}"))
