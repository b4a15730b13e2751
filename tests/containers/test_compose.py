"""docker-compose.yml as an operator meets it: it gets healthy, keeps its secrets, lets people log in, and survives restarts."""

import json
import re
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from contracts.values import ServiceName, Source
from infra.identity import credentials
from tests.containers.conftest import PARTITIONS, SECRET, Installation, run

pytestmark = [pytest.mark.system, pytest.mark.timeout(1200)]

PARTS = (*ServiceName, "postgres", "rabbitmq")


def title(door: str) -> str:
    """Return which service answers behind a door, or the gateway's status where none does."""
    answer = httpx.get(f"{door}/openapi.json", timeout=15)
    return str(answer.json()["info"]["title"]) if answer.is_success else str(answer.status_code)


def until_title(door: str, wanted: str, seconds: float = 60) -> set[str]:
    """Ask a door until the wanted service answers; return everything that it answered."""
    seen: set[str] = set()
    deadline = time.monotonic() + seconds
    while wanted not in seen:
        assert time.monotonic() < deadline, f"waited {seconds} s: {seen}"
        seen.add(title(door))
    return seen


def test_three_partitions_get_healthy(installation: Installation) -> None:
    installation.wait_until_healthy(*PARTS)

    queues = installation.compose("exec", "-T", "rabbitmq", "rabbitmqctl", "-q", "list_queues", "name").split()
    assert {f"linker.in.p{number}" for number in range(PARTITIONS)} <= set(queues)


def test_the_image_holds_the_programs_and_no_secret(installation: Installation) -> None:
    image = installation.environment["TSUNAGU_IMAGE"]

    names = run("docker", "run", "--rm", "--entrypoint", "find", image, "/srv/tsunagu", "-type", "f").split()
    assert {Path(name).relative_to("/srv/tsunagu").parts[0] for name in names} == {"contracts", "infra", "services"}
    assert [name for name in names if "/secrets/" in name or "/." in name or "__pycache__" in name] == []
    kept = json.loads((installation.folder / "infra/deploy/secrets/generated.json").read_text())
    for secret in (SECRET, kept["signing_key"], kept["postgres_operator"]):
        argv = ["docker", "run", "--rm", "--entrypoint", "grep", image, "-rlF", secret, "/srv", "/opt", "/var/lib/tsunagu", "/tmp"]  # noqa: S108
        assert subprocess.run(argv, capture_output=True, text=True, check=False).stdout == ""


@pytest.mark.parametrize("part", [*PARTS, "gateway"])
def test_every_part_is_bounded(installation: Installation, part: str) -> None:
    limits = installation.container(part)["HostConfig"]

    assert limits["Memory"] > 0
    assert limits["PidsLimit"] > 0
    assert limits["LogConfig"] == {"Type": "json-file", "Config": {"max-file": "5", "max-size": "10m"}}
    assert limits["ReadonlyRootfs"] is True


def test_whoever_was_registered_logs_in_through_the_gateway(installation: Installation) -> None:
    installation.wait_until_healthy(ServiceName.CASEWORK)
    words = ("--section", "childcare_support_section", "--ward", "hakata", "--role", "ward_clerk")

    said = installation.compose("run", "--rm", "staff", "register", "hakata.suzuki", "鈴木 一郎", *words)

    found = re.search(r"password (\S+)  authenticator (\S+)", said)
    assert found is not None
    secret = parse_qs(urlsplit(found[2]).query)["secret"][0]
    door = installation.door("casework")
    form = {"login": "hakata.suzuki", "password": found[1], "code": credentials.code_at(secret, datetime.now(UTC)), "next": "/"}
    with httpx.Client(base_url=door, timeout=30) as http:
        assert http.post("/login", data=form, headers={"origin": door}).status_code == httpx.codes.SEE_OTHER
        shown = http.get("/", follow_redirects=True)
    assert shown.is_success
    assert shown.url.path != "/login"


def test_an_event_comes_in_through_its_door(installation: Installation) -> None:
    installation.wait_until_healthy(ServiceName.INGEST)
    token = (installation.folder / "infra/deploy/secrets/sources" / Source.RESIDENT_REGISTRY).read_text()
    event = {
        "specversion": "1.0",
        "id": "1",
        "source": Source.RESIDENT_REGISTRY,
        "type": "feed.watermark",
        "time": datetime.now(UTC).isoformat(),
        "data": {},
    }

    answer = httpx.post(
        f"{installation.door('ingest')}/events",
        content=json.dumps([event]),
        headers={"authorization": f"Bearer {token}", "content-type": "application/cloudevents-batch+json"},
        timeout=30,
    )

    # Who it is was known and the event was read: what is wrong with it is another test's affair.
    assert answer.status_code not in {401, 403, 404, 405, 502, 503, 504}


def test_a_nightly_extract_is_taken_from_its_folder_and_erased(installation: Installation) -> None:
    installation.wait_until_healthy(ServiceName.INGEST)
    name = "JUKI_JUMIN_20260401.csv"
    file = f"/var/lib/tsunagu/extracts/{Source.RESIDENT_REGISTRY}/{name}"
    content = (installation.folder / "services/ingest/inlets/extract/examples" / name).read_bytes()
    write = f"import pathlib; f = pathlib.Path({file!r}); f.parent.mkdir(); f.write_bytes({content!r})"

    installation.compose("exec", "-T", "ingest", "python", "-c", write)

    look = f"import pathlib; print(pathlib.Path({file!r}).exists())"
    deadline = time.monotonic() + 60
    while installation.compose("exec", "-T", "ingest", "python", "-c", look).strip() != "False":
        assert time.monotonic() < deadline, installation.compose("logs", "--tail=20", "ingest")
        time.sleep(1)
    ask = "select source, rows from ingest.extract where state = 'taken'"
    told = installation.compose("exec", "-T", "postgres", "psql", "-U", "operator", "-d", "tsunagu", "-Atc", ask)
    assert told.splitlines() == [f"{Source.RESIDENT_REGISTRY}|3"]


def test_after_restarts_that_swap_addresses_each_door_leads_to_its_own_service_and_never_to_another(installation: Installation) -> None:
    doors = {service: installation.door(service) for service in ("casework", "audit", "ingest")}
    for service, door in doors.items():
        until_title(door, f"Tsunagu {service}")
    seen: dict[str, set[str]] = {service: set() for service in doors}

    # Freed one after another and taken in another order, so that addresses change hands. The gateway stays.
    installation.compose("stop", "--timeout", "20", "casework", "audit", "ingest", "linker", "scorer")
    for service in ("scorer", "linker", "ingest", "audit", "casework"):
        installation.compose("up", "--detach", "--no-build", "--no-deps", service)
        for each, door in doors.items():
            seen[each].add(title(door))

    for service, door in doors.items():
        seen[service] |= until_title(door, f"Tsunagu {service}")
        assert {answer for answer in seen[service] if not answer.isdecimal()} == {f"Tsunagu {service}"}


def test_another_number_of_partitions_that_would_leave_events_behind_is_refused(installation: Installation) -> None:
    fewer = Installation(installation.folder, installation.command, {**installation.environment, "TSUNAGU_PARTITIONS": "1"}, 0)

    with pytest.raises(AssertionError, match="more than 1 partitions"):
        fewer.compose("run", "--rm", "topology")
