"""A stack as it is described, before anything of it is started."""

from pathlib import Path

import pytest

from contracts.values import ServiceName
from infra.local.stack import Stack
from infra.postgres import connections
from infra.settings import Settings


@pytest.mark.parametrize(("partitions", "most"), [(1, "100"), (4, "160"), (16, "400")])
def test_two_processes_of_each_service_find_room_whatever_the_partitions(tmp_path: Path, partitions: int, most: str) -> None:
    stack = Stack(tmp_path, partitions=partitions)

    assert stack._postgres_settings["max_connections"] == most
    assert int(most) >= 2 * 5 * connections(partitions)
    assert Stack(tmp_path, partitions=partitions, postgres_settings={"max_connections": "40"})._postgres_settings["max_connections"] == "40"


def test_every_service_is_told_of_the_citys_own_sign_in_as_whoever_starts_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {f"TSUNAGU_{name}".upper() for name in Settings.model_fields if name.startswith("oidc_")}
    monkeypatch.chdir(tmp_path)
    for name in names | {"TSUNAGU_DUTY_LIST"}:
        monkeypatch.setenv(name, "told")
    monkeypatch.setenv("TSUNAGU_OIDC_ACR", "")
    stack = Stack(tmp_path, services=())
    stack._settle_access()
    told = stack._service(ServiceName.CASEWORK)._environment

    # A service starts in another folder than the one from which a file was named.
    whole = dict.fromkeys(("TSUNAGU_OIDC_CA", "TSUNAGU_DUTY_LIST"), f"{tmp_path}/told")
    assert {name: told[name] for name in told if name in names | whole.keys()} == {
        **dict.fromkeys(names - {"TSUNAGU_OIDC_ACR"}, "told"),
        **whole,
    }
