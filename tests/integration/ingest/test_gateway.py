"""Sources behind the gateway as it is delivered: a real nginx verifies their certificates and hands them on, and ingest believes it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import uvicorn
from cryptography import x509

from contracts.values import Source
from infra.local.packages import NGINX, ensure
from infra.local.ports import free_run
from infra.local.service_process import REPOSITORY
from infra.service import Service, server_config
from services.ingest.app import assembled
from tests.integration.ingest.conftest import HEALTH
from tests.integration.ingest.test_certificates import NAME, Authority
from tests.integration.ingest.test_inlets import STRUCTURED, Running, running, settings, until
from tests.unit.ingest.events import body, checkup

pytestmark = pytest.mark.servers

__all__ = ["running"]

DEPLOY = REPOSITORY / "infra/deploy"


@dataclass(frozen=True, slots=True)
class Gateway:
    """nginx before ingest: the door with certificates, and the one without."""

    secured: str
    plain: str
    city: Authority
    folder: Path
    running: Running

    def client(self, certificate: Path | None = None, **headers: str) -> httpx.AsyncClient:
        """Somebody at the door with certificates."""
        context = ssl.create_default_context(cafile=str(self.folder / "sources/authority.pem"))
        if certificate is not None:
            context.load_cert_chain(certificate)
        return httpx.AsyncClient(base_url=self.secured, verify=context, headers={"content-type": STRUCTURED, **headers}, timeout=30)

    def at_the_plain_door(self, **headers: str) -> httpx.AsyncClient:
        """Somebody at the door for passwords."""
        return httpx.AsyncClient(base_url=self.plain, headers={"content-type": STRUCTURED, **headers}, timeout=30)

    def of_health(self) -> Path:
        """The certificate of the health system."""
        return self.city.issue("health", x509.UniformResourceIdentifier(NAME), folder=self.folder)

    def password(self, source: Source) -> dict[str, str]:
        """A password, as a header."""
        return {"authorization": f"Bearer {self.running.password(source)}"}


@pytest_asyncio.fixture
async def gateway(running: Running, tmp_path: Path) -> AsyncIterator[Gateway]:
    await asyncio.to_thread(ensure, NGINX)
    ingest, secured, plain, casework, audit, linker, scorer = range(first := free_run(7), first + 7)
    city = Authority.make("city")
    doors = {"8443": secured, "8083": plain, "8081": casework, "8082": audit, "8084": linker, "8085": scorer}
    _write(tmp_path, city, {"ingest:8080": ingest, **doors})
    told = {"source_certificates": {HEALTH: (f"uri:{NAME}",)}, "certificate_gateways": ("127.0.0.1",), "http_port": ingest}
    service = assembled(settings(running.stack).model_copy(update=told))
    server = uvicorn.Server(server_config(service))
    serving = asyncio.create_task(server.serve())
    await until(lambda: _has_started(service))
    async with _nginx(tmp_path / "nginx.conf", secured):
        yield Gateway(f"https://127.0.0.1:{secured}", f"http://127.0.0.1:{plain}", city, tmp_path, running)
    server.should_exit = True
    await serving


def _write(folder: Path, city: Authority, ports: dict[str, int]) -> None:
    """Lay out what compose mounts, with ports and paths of this test: every other word is what is delivered."""
    sources = folder / "sources"
    sources.mkdir()
    city.write(sources / "authority.pem")
    own = city.issue("gateway", x509.IPAddress(ip_address("127.0.0.1")), folder=folder)
    for name in ("gateway.pem", "gateway.key"):
        (sources / name).write_bytes(own.read_bytes())
    changed = {
        "/tmp/": f"{folder}/",  # noqa: S108 -- the gateway's own, in its container
        "/etc/nginx/sources/": f"{sources}/",
        "http://ingest:8080": f"http://127.0.0.1:{ports.pop('ingest:8080')}",
    }
    changed |= {f"listen {said}": f"listen 127.0.0.1:{port}" for said, port in ports.items()}
    for delivered, to in (("gateway.conf", folder / "nginx.conf"), ("certificates.conf", sources / "sources.conf")):
        text = (DEPLOY / delivered).read_text(encoding="utf-8")
        for said, put in changed.items():
            text = text.replace(said, put)
        to.write_text(text, encoding="utf-8")


@asynccontextmanager
async def _nginx(conf: Path, port: int) -> AsyncIterator[None]:
    words = ("-c", str(conf), "-p", str(conf.parent), "-e", "stderr", "-g", "daemon off; user root;")
    process = await asyncio.create_subprocess_exec("/usr/sbin/nginx", *words, stderr=asyncio.subprocess.PIPE)
    try:
        await until(lambda: _answers(process, port))
        yield
    finally:
        process.terminate()
        await process.communicate()


async def _answers(process: asyncio.subprocess.Process, port: int) -> bool:
    assert process.returncode is None, "nginx ended"
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionError:
        return False
    writer.close()
    return True


async def test_a_certificate_that_the_gateway_verified_is_a_sources_login(gateway: Gateway) -> None:
    async with gateway.client(gateway.of_health()) as client:
        taken = await client.post("/events", content=body(checkup(subject="N-1")))
        day = await client.get("/events", params={"day": "2026-04-01"})

    assert (taken.status_code, taken.json()["outcomes"][0]["outcome"]) == (200, "accepted")
    assert (day.status_code, day.json()["source"]) == (200, HEALTH)


async def test_a_password_opens_that_door_too_and_nothing_opens_none(gateway: Gateway) -> None:
    async with gateway.client(None, **gateway.password(HEALTH)) as client:
        taken = await client.post("/events", content=body(checkup(subject="N-2")))
    async with gateway.client() as client:
        nobody = await client.post("/events", content=body(checkup()))

    assert (taken.status_code, nobody.status_code) == (200, 401)


async def test_a_certificate_of_another_authority_or_of_no_source_opens_nothing(gateway: Gateway) -> None:
    forged = Authority.make("city").issue("health", x509.UniformResourceIdentifier(NAME), folder=gateway.folder)
    stranger = gateway.city.issue("somebody", folder=gateway.folder)

    async with gateway.client(forged, **gateway.password(HEALTH)) as client:
        of_another = await client.post("/events", content=body(checkup()))
    async with gateway.client(stranger) as client:
        of_nobody = await client.post("/events", content=body(checkup()))

    assert (of_another.status_code, of_nobody.status_code) == (400, 401)


async def test_what_a_sender_writes_into_the_gateways_header_counts_at_no_door(gateway: Gateway) -> None:
    shown = gateway.of_health().read_text(encoding="ascii").partition("-----BEGIN PRIVATE")[0].replace("\n", "%0A")
    written = {"x-client-certificate": shown}

    async with gateway.client(None, **written) as client:
        secured = await client.post("/events", content=body(checkup()))
    async with gateway.at_the_plain_door(**written) as client:
        plain = await client.post("/events", content=body(checkup()))

    assert (secured.status_code, plain.status_code) == (401, 401)


async def test_the_door_for_sources_has_no_pages_and_a_bundle_alone_may_be_large(gateway: Gateway) -> None:
    large = bytes(3 * 2**20)

    async with gateway.client(gateway.of_health()) as client:
        pages = [(await client.get(address)).status_code for address in ("/", "/register", "/metrics", "/media/import")]
        events = (await client.post("/events", content=large)).status_code
    async with gateway.at_the_plain_door() as client:
        refused = [(await client.post(address, content=large)).status_code for address in ("/events", "/media", "/media/import")]

    assert pages == [404] * 4
    assert events == 413
    # Ingest of this test has no pages: what answers 404 is ingest, what answers 413 is the gateway.
    assert refused == [413, 413, 404]


async def _has_started(service: Service) -> bool:
    return service._started
