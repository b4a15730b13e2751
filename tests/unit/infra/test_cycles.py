"""What Python lets go of in a service."""

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from infra import cycles, service


class Knot:
    """Refers to itself, as an exception does that somebody kept with its traceback."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def as_a_service() -> Iterator[None]:
    before = gc.get_threshold()
    gc.collect()
    cycles.seldom_look_for_cycles()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_what_refers_to_itself_does_not_wait_for_a_hundred_thousand_objects() -> None:
    knot = weakref.ref(Knot())
    assert knot() is not None

    asyncio.run(service.let_go_of_young_cycles())

    assert knot() is None
