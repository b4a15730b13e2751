"""docker-compose.yml and what prepares its secrets fit together."""

from pathlib import Path
from typing import Any

import yaml

from contracts.values import ServiceName
from infra.deploy.prepare import prepare
from infra.local.service_process import REPOSITORY


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8"))
    return loaded


def test_every_secret_that_is_mounted_is_prepared_and_the_other_way_round(tmp_path: Path) -> None:
    prepare(tmp_path)

    mounted = {secret["file"].removeprefix("./infra/deploy/secrets/") for secret in compose()["secrets"].values()}
    made = {str(file.relative_to(tmp_path)) for file in tmp_path.rglob("*") if file.is_file()}
    for_people = {name for name in made if name.startswith(("sources/", "operator_")) or name == "generated.json"}
    assert made - for_people == mounted


def test_every_service_runs_without_privileges_on_the_closed_network() -> None:
    parts = compose()["services"]

    assert {*ServiceName, "postgres", "rabbitmq", "migrations", "gateway"} == set(parts)
    for name, part in parts.items():
        assert part["read_only"] is True, name
        assert part["cap_drop"] == ["ALL"], name
        assert (name == "gateway") == ("door" in part["networks"]), name
    assert compose()["networks"]["inside"] == {"internal": True}


def test_each_service_gets_its_own_secrets_only() -> None:
    parts = compose()["services"]

    for service in ServiceName:
        assert all(secret["source"].startswith(f"{service}_") for secret in parts[service]["secrets"])


def test_only_the_gateway_opens_ports_and_only_on_loopback() -> None:
    opened = {name: part["ports"] for name, part in compose()["services"].items() if "ports" in part}

    assert list(opened) == ["gateway"]
    assert all(port.startswith("127.0.0.1:") for port in opened["gateway"])


def test_the_gateway_tells_the_services_who_comes_and_over_what() -> None:
    """Cookies are Secure only where the service knows of https; the audit wants the visitor's address, not the gateway's."""
    conf = (REPOSITORY / "infra/deploy/gateway.conf").read_text(encoding="utf-8")

    told = {line.split()[1] for line in conf.splitlines() if line.strip().startswith("proxy_set_header")}
    assert {"Host", "X-Forwarded-For", "X-Forwarded-Proto"} <= told
