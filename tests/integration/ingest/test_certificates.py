"""A source is known by its certificate, beside its password: real certificates, over real TLS."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from contracts.values import Source
from infra.local.ports import free_run
from infra.service import Service, server_config
from services.ingest.app import assembled
from tests.integration.ingest.conftest import HEALTH
from tests.integration.ingest.test_inlets import STRUCTURED, Running, running, settings, until
from tests.unit.ingest.events import body, checkup, resident

pytestmark = pytest.mark.servers

__all__ = ["running"]

NAME = "urn:city:source:maternal_child_health"
REGISTRY = Source.RESIDENT_REGISTRY


@dataclass(frozen=True, slots=True)
class Authority:
    """Who makes certificates."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def make(cls, name: str) -> "Authority":
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        whole = [(x509.BasicConstraints(ca=True, path_length=None), True)]
        return cls(key, _built(subject, subject, key.public_key(), whole).sign(key, SHA256()))

    def issue(self, name: str, *others: x509.GeneralName, folder: Path, whole: x509.Name | None = None) -> Path:
        """Write a certificate with its key to one file. Its subject is `whole`, or the name alone."""
        key = ec.generate_private_key(ec.SECP256R1())
        extensions: list[tuple[Any, bool]] = [(x509.SubjectAlternativeName(others), False)] if others else []
        subject = whole or x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        made = _built(subject, self.certificate.subject, key.public_key(), extensions).sign(self.key, SHA256())
        file = folder / f"{name}-{made.serial_number}.pem"
        file.write_bytes(made.public_bytes(Encoding.PEM) + key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return file

    def write(self, file: Path) -> Path:
        file.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        return file


def _built(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, more: list[tuple[Any, bool]]) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(
        issuer, subject, key, x509.random_serial_number(), now - timedelta(minutes=1), now + timedelta(hours=1)
    )
    for extension, critical in more:
        builder = builder.add_extension(extension, critical=critical)
    return builder


@dataclass(frozen=True, slots=True)
class Secured:
    """Ingest behind TLS, and who vouches for its clients."""

    url: str
    city: Authority
    folder: Path
    running: Running

    def client(self, certificate: Path | None = None, **headers: str) -> httpx.AsyncClient:
        context = ssl.create_default_context(cafile=str(self.folder / "city.pem"))
        if certificate is not None:
            context.load_cert_chain(certificate)
        return httpx.AsyncClient(base_url=self.url, verify=context, headers={"content-type": STRUCTURED, **headers}, timeout=30)

    def issue(self, name: str, *others: x509.GeneralName) -> Path:
        return self.city.issue(name, *others, folder=self.folder)

    def of_health(self) -> Path:
        return self.issue("health", x509.UniformResourceIdentifier(NAME))

    def password(self, source: Source) -> dict[str, str]:
        return {"authorization": f"Bearer {self.running.password(source)}"}


@asynccontextmanager
async def secured(running: Running, folder: Path, **changes: Any) -> AsyncIterator[Secured]:
    city = Authority.make("city")
    own = city.issue("ingest", x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1")), folder=folder)
    named = {HEALTH: (f"uri:{NAME}", "cn:health-by-name", "dn:CN=health-by-subject"), REGISTRY: ("dns:registry.city.example",)}
    port = free_run(1)
    tls = {"http_certificate": own, "http_key": own, "http_clients_ca": city.write(folder / "city.pem"), "http_port": port}
    service = assembled(settings(running.stack).model_copy(update={**tls, "source_certificates": named, **changes}))
    server = uvicorn.Server(server_config(service))
    serving = asyncio.create_task(server.serve())
    await until(lambda: _started(service))
    try:
        yield Secured(f"https://127.0.0.1:{port}", city, folder, running)
    finally:
        server.should_exit = True
        await serving


async def _started(service: Service) -> bool:
    return service._started


async def test_a_certificate_is_a_sources_login(running: Running, tmp_path: Path) -> None:
    async with secured(running, tmp_path) as city:
        for number, certificate in enumerate((city.of_health(), city.issue("health-by-name"), city.issue("health-by-subject"))):
            async with city.client(certificate) as client:
                taken = await client.post("/events", content=body(checkup(subject=f"T-{number}")))
                day = await client.get("/events", params={"day": "2026-04-01"})
                assert (taken.status_code, taken.json()["outcomes"][0]["outcome"]) == (200, "accepted")
                assert (day.status_code, day.json()["source"]) == (200, HEALTH)


async def test_a_password_is_one_too_beside_certificates(running: Running, tmp_path: Path) -> None:
    async with secured(running, tmp_path) as city:
        for number, certificate in enumerate((None, city.issue("somebody"), city.of_health())):
            async with city.client(certificate, **city.password(HEALTH)) as client:
                assert (await client.post("/events", content=body(checkup(subject=f"P-{number}")))).status_code == 200


async def test_a_certificate_of_another_authority_is_cut_off(running: Running, tmp_path: Path) -> None:
    async with secured(running, tmp_path) as city:
        forged = Authority.make("city").issue("health", x509.UniformResourceIdentifier(NAME), folder=tmp_path)
        async with city.client(forged, **city.password(HEALTH)) as client:
            with pytest.raises(httpx.TransportError):
                await client.post("/events", content=body(checkup()))


async def test_a_certificate_of_nobody_opens_nothing(running: Running, tmp_path: Path) -> None:
    async with secured(running, tmp_path) as city:
        of_two = city.issue("two", x509.UniformResourceIdentifier(NAME), x509.DNSName("registry.city.example"))
        for certificate in (None, city.issue("somebody"), of_two):
            async with city.client(certificate) as client:
                assert (await client.post("/events", content=body(checkup()))).status_code == 401


async def test_a_certificate_speaks_for_its_own_source_alone(running: Running, tmp_path: Path) -> None:
    async with secured(running, tmp_path) as city:
        async with city.client(city.of_health()) as client:
            event = await client.post("/events", content=body(resident()))
        async with city.client(city.of_health(), **city.password(REGISTRY)) as client:
            mixed = await client.post("/events", content=body(resident()))

    assert (event.status_code, event.json()["errors"][0]["code"]) == (422, "wrong_source")
    assert mixed.status_code == 401


@pytest.mark.parametrize(("gateways", "status"), [(("127.0.0.0/8",), 200), ((), 401), (("10.0.0.0/8",), 401)])
async def test_a_certificate_that_a_gateway_verified_counts_from_a_gateway_alone(
    running: Running, tmp_path: Path, gateways: tuple[str, ...], status: int
) -> None:
    async with secured(running, tmp_path, certificate_gateways=gateways) as city:
        certificate = quote(city.of_health().read_text(encoding="ascii").partition("-----BEGIN PRIVATE")[0])
        handed_on = {"x-client-certificate": certificate, "x-forwarded-for": "127.0.0.1"}
        async with city.client(None, **handed_on) as client:
            assert (await client.post("/events", content=body(checkup(subject=f"G-{status}")))).status_code == status
        async with city.client(None, **{**handed_on, "x-client-certificate": "nonsense"}) as client:
            assert (await client.post("/events", content=body(checkup()))).status_code == 401
