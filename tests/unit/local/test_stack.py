"""A stack as it is described, before anything of it is started."""

from pathlib import Path

import pytest

from infra.local.stack import Stack
from infra.postgres import connections


@pytest.mark.parametrize(("partitions", "most"), [(1, "100"), (4, "160"), (16, "400")])
def test_two_processes_of_each_service_find_room_whatever_the_partitions(tmp_path: Path, partitions: int, most: str) -> None:
    stack = Stack(tmp_path, partitions=partitions)

    assert stack._postgres_settings["max_connections"] == most
    assert int(most) >= 2 * 5 * connections(partitions)
    assert Stack(tmp_path, partitions=partitions, postgres_settings={"max_connections": "40"})._postgres_settings["max_connections"] == "40"
