"""How often the whole register is looked through: a large one less often, so that the look takes no share of the day worth mention."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest

from infra.service import Service
from services.linker.review import pairing


class Works:
    """A service whose looks take so many seconds each."""

    def __init__(self, takes: float) -> None:
        self.now, self.looks, self._takes = 0.0, 0, takes

    @asynccontextmanager
    async def work(self) -> AsyncIterator[None]:
        yield None

    async def find(self, _work: Any) -> None:
        self.looks += 1
        self.now += self._takes


@pytest.mark.parametrize(("takes", "looks"), [(0.1, 60), (2.0, 30), (13.0, 9)])
def test_a_look_that_takes_long_comes_less_often(takes: float, looks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    works = Works(takes)
    monkeypatch.setattr(pairing, "find", works.find)
    looking = pairing.Pairing(cast("Service", works), lambda: works.now)

    for minute in range(60):
        works.now = max(works.now, minute * 60.0)
        asyncio.run(looking.look())

    assert works.looks == looks
    assert works.looks * takes <= 3600 / pairing.RESTS + takes
