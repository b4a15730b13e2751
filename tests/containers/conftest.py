"""An installation from docker-compose.yml on a real engine, in a copy of the repository with decoys that must not get into the image."""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from infra.deploy.prepare import prepare
from infra.local.ports import free_run
from infra.local.service_process import REPOSITORY

OFFICIAL = {
    "PYTHON_IMAGE": "python:3.13-slim-bookworm",
    "POSTGRES_IMAGE": "postgres:17",
    "RABBITMQ_IMAGE": "rabbitmq:4-management",
    "NGINX_IMAGE": "nginxinc/nginx-unprivileged:1.29-alpine",
}
STAND_INS = {name: f"tsunagu-test/{name.removesuffix('_IMAGE').lower()}" for name in OFFICIAL}
SECRET = "of-a-decoy-that-must-stay-outside"
PARTITIONS = 3
HEALTHY_SECONDS = 240


def run(*argv: str, folder: Path | None = None, environment: dict[str, str] | None = None, seconds: float = 900) -> str:
    """Run a command and return what it says. Raises AssertionError with its errors."""
    done = subprocess.run(
        argv, cwd=folder, env={**os.environ, **(environment or {})}, capture_output=True, text=True, timeout=seconds, check=False
    )
    assert done.returncode == 0, f"{' '.join(argv)}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    return done.stdout


def succeeds(*argv: str) -> bool:
    return subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def compose_command() -> tuple[str, ...]:
    """Return the command that understands docker-compose.yml, or skip."""
    if shutil.which("docker") is None or not succeeds("docker", "info"):
        pytest.skip("no container engine answers `docker info`")
    if succeeds("docker", "compose", "version"):
        return ("docker", "compose")
    if shutil.which("docker-compose") is not None:
        return ("docker-compose",)
    pytest.skip("there is an engine, but neither `docker compose` nor docker-compose")


def images() -> dict[str, str]:
    """Return the images to be used: the official ones where this engine has them, else stand-ins, or skip."""
    official = {name: os.environ.get(name, image) for name, image in OFFICIAL.items()}
    for these in (official, STAND_INS):
        if all(succeeds("docker", "image", "inspect", image) for image in these.values()):
            return these
    pytest.skip(f"this engine has neither {', '.join(official.values())} nor the stand-ins (tests/containers/stand_ins/make)")


@dataclass
class Installation:
    """What runs from one compose file."""

    folder: Path
    command: tuple[str, ...]
    environment: dict[str, str]
    first_port: int

    def compose(self, *words: str, seconds: float = 900) -> str:
        return run(*self.command, *words, folder=self.folder, environment=self.environment, seconds=seconds)

    def door(self, service: str) -> str:
        return f"http://127.0.0.1:{self.first_port + ['casework', 'audit', 'ingest'].index(service)}"

    def container(self, service: str) -> dict[str, Any]:
        number = self.compose("ps", "-q", service).strip()
        told: list[dict[str, Any]] = json.loads(run("docker", "inspect", number))
        return told[0]

    def health(self, service: str) -> str:
        return str(self.container(service)["State"].get("Health", {}).get("Status", "none"))

    def wait_until_healthy(self, *services: str) -> None:
        deadline = time.monotonic() + HEALTHY_SECONDS
        while late := [service for service in services if self.health(service) != "healthy"]:
            assert time.monotonic() < deadline, f"not healthy: {late}\n{self.compose('logs', '--tail=20', *late)}"
            time.sleep(1)


@pytest.fixture(scope="session")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Built, prepared and up with three partitions."""
    command, chosen = compose_command(), images()
    folder = tmp_path_factory.mktemp("installation")
    for name in ("docker-compose.yml", ".dockerignore", "requirements.lock"):
        shutil.copy(REPOSITORY / name, folder)
    ignored = shutil.ignore_patterns("__pycache__", "secrets")
    for name in ("contracts", "infra", "services"):
        shutil.copytree(REPOSITORY / name, folder / name, ignore=ignored)
    # The package `secrets` of the embedded stack is a module, not a folder: only infra/deploy/secrets was left out.
    for decoy in (".env.local", ".git/config", ".venv/pip.conf", ".tsunagu/secrets/generated.json", "infra/.env", "services/audit/.key"):
        (folder / decoy).parent.mkdir(parents=True, exist_ok=True)
        (folder / decoy).write_text(SECRET)
    prepare(folder / "infra/deploy/secrets")

    first_port = free_run(5)
    name = f"tsunagu-test-{uuid4().hex[:8]}"
    environment = {
        **chosen,
        "COMPOSE_PROJECT_NAME": name,
        "TSUNAGU_IMAGE": f"{name}:local",
        "TSUNAGU_PARTITIONS": str(PARTITIONS),
        "CASEWORK_PORT": str(first_port),
        "AUDIT_PORT": str(first_port + 1),
        "INGEST_PORT": str(first_port + 2),
        "LINKER_PORT": str(first_port + 3),
        "SCORER_PORT": str(first_port + 4),
    }
    made = Installation(folder, command, environment, first_port)
    try:
        made.compose("build", "topology")
        made.compose("up", "--detach", "--no-build")
        yield made
    finally:
        made.compose("down", "--volumes", "--timeout", "20")
        succeeds("docker", "image", "rm", "--force", f"{name}:local")
