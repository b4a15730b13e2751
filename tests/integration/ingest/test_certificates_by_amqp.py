"""A source is known by its certificate over AMQP too: the delivered door of a real RabbitMQ, before a real ingest."""

import asyncio
import json
import os
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlencode

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from aio_pika.exceptions import AMQPConnectionError, ProbableAuthenticationError
from aiormq.exceptions import ChannelAccessRefused
from cryptography import x509
from cryptography.x509.oid import NameOID

from contracts import topology
from contracts.values import ServiceName, Source
from infra.deploy.topology import subjects_of
from infra.local.definitions import definitions
from infra.local.ports import free_run
from infra.local.rabbitmq import RabbitServer
from infra.local.service_process import REPOSITORY
from infra.local.stack import Stack
from services.ingest.inlets.login import names_in
from tests.integration.ingest.conftest import HEALTH
from tests.integration.ingest.test_certificates import Authority
from tests.integration.ingest.test_inlets import Running, running
from tests.system.test_vendors_page import block
from tests.unit.ingest.events import body, checkup, resident

pytestmark = pytest.mark.servers

__all__ = ["running"]

DEPLOY = REPOSITORY / "infra/deploy"
REGISTRY = Source.RESIDENT_REGISTRY
HEALTHS = ((NameOID.ORGANIZATION_NAME, "Hakata City"), (NameOID.ORGANIZATIONAL_UNIT_NAME, "sources"), (NameOID.COMMON_NAME, "health"))
SUBJECT = "CN=health,OU=sources,O=Hakata City"
SUBJECTS = {SUBJECT: HEALTH, "CN=registry,O=Hakata City": REGISTRY}
CUT_OFF = (ssl.SSLError, ConnectionError, AMQPConnectionError)


class Broker(RabbitServer):
    """The embedded broker with the door that is delivered: every word of it but port and folder."""

    door: int
    tls: Path

    def _configuration(self) -> str:
        delivered = (DEPLOY / "rabbitmq-certificates.conf").read_text(encoding="utf-8")
        here = delivered.replace("/etc/rabbitmq/sources/", f"{self.tls}/").replace("= 5671", f"= 127.0.0.1:{self.door}")
        return super()._configuration() + here

    def _write_files(self) -> None:
        super()._write_files()
        (self._base / "enabled_plugins").write_text("[rabbitmq_auth_mechanism_ssl].\n", encoding="utf-8")


class SecuredStack(Stack):
    """A stack with that broker."""

    door: int
    tls: Path

    def _make_servers(self) -> None:
        super()._make_servers()
        secrets = self.access.secrets
        known = definitions(secrets.broker, certificates=SUBJECTS)
        self.broker = Broker(self.root, self.access.broker_ports, cookie=secrets.erlang_cookie, definitions=known)
        self.broker.door, self.broker.tls = self.door, self.tls


@dataclass(frozen=True, slots=True)
class Secured:
    """The broker's door, and who vouches for its clients."""

    stack: Stack
    port: int
    city: Authority
    folder: Path

    def issue(
        self, *parts: tuple[x509.ObjectIdentifier, str], others: tuple[x509.GeneralName, ...] = (), by: Authority | None = None
    ) -> Path:
        """A certificate of a subject with these parts, from the widest to the narrowest."""
        whole = x509.Name([x509.NameAttribute(kind, value) for kind, value in parts])
        return (by or self.city).issue("client", *others, folder=self.folder, whole=whole)

    def of_health(self, by: Authority | None = None) -> Path:
        return self.issue(*HEALTHS, by=by)

    def url(self, certificate: Path | None, *, login: str = "", auth: str = "external") -> str:
        """The address as a maker of a source system writes it."""
        shown = {"certfile": certificate, "keyfile": certificate} if certificate else {}
        return f"amqps://{login}127.0.0.1:{self.port}/?{urlencode({'auth': auth, 'cafile': self.folder / 'authority.pem', **shown})}"


@pytest.fixture(scope="module")
def secured(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    folder = tmp_path_factory.mktemp("tls")
    city = Authority.make("city")
    city.write(folder / "authority.pem")
    own = city.issue("broker", x509.IPAddress(ip_address("127.0.0.1")), folder=folder).read_bytes()
    for name in ("broker.pem", "broker.key"):
        (folder / name).write_bytes(own)
    with SecuredStack.temporary(services=(), postgres_settings={"fsync": "off"}) as servers:
        servers.door, servers.tls = free_run(1), folder
        servers.start_servers()
        yield Secured(servers, servers.door, city, folder)


@pytest.fixture(scope="module")
def stack(secured: Secured) -> Stack:
    return secured.stack


@asynccontextmanager
async def channel_at(url: str) -> AsyncIterator[AbstractChannel]:
    connection = await aio_pika.connect(url)
    async with connection:
        yield await connection.channel(on_return_raises=True)


async def say(channel: AbstractChannel, exchange: str, key: str, content: bytes = b"[]") -> None:
    there = await channel.get_exchange(exchange, ensure=False)
    await there.publish(aio_pika.Message(content, delivery_mode=aio_pika.DeliveryMode.PERSISTENT), key)


async def test_a_certificate_is_a_sources_login_by_which_it_sends_and_is_answered(secured: Secured, running: Running) -> None:
    sent = checkup(subject="X-1")

    async with channel_at(secured.url(secured.of_health())) as channel:
        await say(channel, topology.SOURCE_EXCHANGE, f"{HEALTH}.batch", body(sent))
        queue = await channel.get_queue(topology.replies_queue(HEALTH), ensure=False)
        async with queue.iterator(no_ack=True, timeout=30) as replies:
            answer = await anext(aiter(replies))

    assert await running.settled(sent) == ["accepted"]
    assert sent["id"].encode() in answer.body


@pytest.mark.usefixtures("running")
async def test_the_program_of_the_page_for_makers_sends_by_certificate(secured: Secured, tmp_path: Path) -> None:
    sent = checkup(subject="X-3")
    (tmp_path / "send.py").write_text(block("vendor-amqp"), encoding="utf-8")
    (tmp_path / "event.json").write_text(json.dumps(sent), encoding="utf-8")
    shown = secured.of_health()
    for name, file in (("city.pem", secured.folder / "authority.pem"), ("client.pem", shown), ("client.key", shown)):
        (tmp_path / name).write_bytes(file.read_bytes())
    address = block("vendor-certificate").replace("tsunagu.city.example:5671", f"127.0.0.1:{secured.port}")
    told = {**os.environ, "TSUNAGU_EXCHANGE": topology.SOURCE_EXCHANGE, "TSUNAGU_REPLY_QUEUE": topology.replies_queue(HEALTH)}

    script = f"{address}{sys.executable} send.py event.json"
    said = await asyncio.to_thread(
        subprocess.run, ["bash", "-euc", script], cwd=tmp_path, env=told, capture_output=True, text=True, check=True, timeout=60
    )

    [reply] = json.loads(said.stdout)
    assert [outcome["outcome"] for outcome in reply["outcomes"]] == ["accepted"]


@pytest.mark.parametrize(
    ("parts", "others"),
    [
        (((NameOID.COMMON_NAME, "ingest"),), ()),
        (((NameOID.COMMON_NAME, "operator"),), ()),
        (((NameOID.COMMON_NAME, HEALTH),), ()),
        (((NameOID.COMMON_NAME, "x"),), (x509.UniformResourceIdentifier("ingest"), x509.DNSName("operator"))),
        (((NameOID.COMMON_NAME, "x"),), (x509.UniformResourceIdentifier(HEALTH), x509.DNSName(HEALTH))),
        (((NameOID.COMMON_NAME, SUBJECT),), ()),
        ((*HEALTHS, (NameOID.COMMON_NAME, "health")), ()),
        (HEALTHS[1:], ()),
        (tuple(reversed(HEALTHS)), ()),
        ((), (x509.UniformResourceIdentifier("operator"),)),
    ],
)
async def test_a_certificate_of_the_city_that_is_no_sources_is_nobodys_login(
    secured: Secured, parts: tuple[tuple[x509.ObjectIdentifier, str], ...], others: tuple[x509.GeneralName, ...]
) -> None:
    with pytest.raises(ProbableAuthenticationError):
        await aio_pika.connect(secured.url(secured.issue(*parts, others=others)))


async def test_another_authoritys_certificate_or_none_is_cut_off_whatever_else_is_said(secured: Secured) -> None:
    forged = secured.of_health(by=Authority.make("city"))
    password = f"{HEALTH}:{secured.stack.access.source_password(HEALTH)}@"

    for certificate in (forged, None):
        for url in (secured.url(certificate), secured.url(certificate, login=password, auth="plain")):
            with pytest.raises(CUT_OFF) as cut_off:
                await aio_pika.connect(url)
            assert not isinstance(cut_off.value, ProbableAuthenticationError)


@pytest.mark.parametrize(
    ("exchange", "key"),
    [("source", f"{REGISTRY}.batch"), ("source.replies", f"{HEALTH}.refused"), ("events", "ingest.record.p0"), ("dlx", "linker.dead")],
)
async def test_a_certificate_sends_for_its_own_source_alone(secured: Secured, exchange: str, key: str) -> None:
    async with channel_at(secured.url(secured.of_health())) as channel:
        with pytest.raises(ChannelAccessRefused):
            await say(channel, exchange, key)


async def test_a_certificate_reads_no_other_sources_replies_and_declares_nothing(secured: Secured) -> None:
    for queue_name in (topology.replies_queue(REGISTRY), topology.inlet_queue(ServiceName.INGEST, 0)):
        async with channel_at(secured.url(secured.of_health())) as channel:
            queue = await channel.get_queue(queue_name, ensure=False)
            with pytest.raises(ChannelAccessRefused):
                await queue.get(fail=False)
    async with channel_at(secured.url(secured.of_health())) as channel:
        with pytest.raises(ChannelAccessRefused):
            await channel.declare_queue("mine", durable=True)


async def test_an_event_that_says_another_source_is_refused(secured: Secured, running: Running) -> None:
    foreign = resident(subject="X-2")

    async with channel_at(secured.url(secured.of_health())) as channel:
        await say(channel, topology.SOURCE_EXCHANGE, f"{HEALTH}.batch", body(foreign))

    [outcome] = [each for each in await running.replies(HEALTH, foreign) if each["id"] == foreign["id"]]
    assert (outcome["outcome"], outcome["code"]) == ("refused", "wrong_source")


async def test_no_password_and_no_other_door_opens_a_certificates_login(secured: Secured) -> None:
    shown = secured.of_health()
    inside = secured.stack.access.broker_ports.amqp

    for password in ("", SUBJECT, secured.stack.access.source_password(HEALTH)):
        with pytest.raises(ProbableAuthenticationError):
            await aio_pika.connect(host="127.0.0.1", port=inside, login=SUBJECT, password=password)
    with pytest.raises(AMQPConnectionError):
        await aio_pika.connect(f"amqp://127.0.0.1:{inside}/?auth=external")
    with pytest.raises(ProbableAuthenticationError):
        await aio_pika.connect(secured.url(shown, login=f"{HEALTH}:wrong@", auth="plain"))


async def test_a_password_opens_that_door_to_whoever_shows_a_certificate_of_the_city(secured: Secured) -> None:
    login = f"{REGISTRY}:{secured.stack.access.source_password(REGISTRY)}@"

    async with channel_at(secured.url(secured.issue((NameOID.COMMON_NAME, "x")), login=login, auth="plain")) as channel:
        await say(channel, topology.SOURCE_EXCHANGE, f"{REGISTRY}.batch")


@pytest.mark.parametrize(
    "parts",
    [
        ((NameOID.COUNTRY_NAME, "JP"), (NameOID.ORGANIZATION_NAME, 'Hakata, "City" + 1'), (NameOID.COMMON_NAME, " #a;b<c>d\\e=f ")),
        ((NameOID.ORGANIZATION_NAME, "架空市"), (NameOID.COMMON_NAME, "母子保健")),
        ((NameOID.DOMAIN_COMPONENT, "example"), (NameOID.USER_ID, "7"), (NameOID.COMMON_NAME, "#health")),
    ],
)
async def test_broker_and_ingest_write_a_subject_in_the_same_way(
    secured: Secured, parts: tuple[tuple[x509.ObjectIdentifier, str], ...]
) -> None:
    shown = secured.issue(*parts)
    [name] = [name for name in names_in(x509.load_pem_x509_certificate(shown.read_bytes())) if name.startswith("dn:")]
    subjects = subjects_of(json.dumps({HEALTH: [name]}))

    secured.stack.broker.import_definitions(definitions(secured.stack.access.secrets.broker, certificates=subjects))

    async with channel_at(secured.url(shown)) as channel:
        await say(channel, topology.SOURCE_EXCHANGE, f"{HEALTH}.batch")


async def test_a_certificate_whose_name_was_taken_back_does_nothing(secured: Secured) -> None:
    shown, passwords = secured.issue((NameOID.COMMON_NAME, "former")), secured.stack.access.secrets.broker
    secured.stack.broker.import_definitions(definitions(passwords, certificates={"CN=former": HEALTH}))
    async with channel_at(secured.url(shown)) as channel:
        await say(channel, topology.SOURCE_EXCHANGE, f"{HEALTH}.batch")

    secured.stack.broker.import_definitions(definitions(passwords, withdrawn=["CN=former"]))

    async with channel_at(secured.url(shown)) as channel:
        with pytest.raises(ChannelAccessRefused):
            await say(channel, topology.SOURCE_EXCHANGE, f"{HEALTH}.batch")
    async with channel_at(secured.url(shown)) as channel:
        queue = await channel.get_queue(topology.replies_queue(HEALTH), ensure=False)
        with pytest.raises(ChannelAccessRefused):
            await queue.get(fail=False)
