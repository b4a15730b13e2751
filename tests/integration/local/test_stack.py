"""The embedded stack as its user meets it: starts, faults, Ctrl-C, neighbours."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import aio_pika
import asyncpg
import pytest
from aio_pika.abc import AbstractIncomingMessage

from infra.local.place import outside_of
from infra.local.ports import is_free
from infra.local.rabbitmq import WRITE_AHEAD_BYTES
from infra.local.stack import OtherPartitions, Stack, StackBusy, owner_of

pytestmark = pytest.mark.servers


@pytest.fixture(scope="module")
def root() -> Iterator[Path]:
    """A data folder that no unprivileged account can reach, with a name as people give. The tests below use it one after another."""
    with Stack.temporary(services=()) as stack:
        (stack.root / "closed/つなぐ 1").mkdir(mode=0o700, parents=True)
        (stack.root / "closed").chmod(0o700)
        yield stack.root / "closed/つなぐ 1/data"
        Stack(stack.root / "closed/つなぐ 1/data", services=()).remove()


def processes_of(root: Path) -> list[str]:
    """Every process of which the command or the environment names `root`, or its place outside."""
    names = [str(root).encode(), outside_of(root).name.encode()]
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            told = (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        except OSError:
            continue
        if process.name != str(os.getpid()) and any(name in told for name in names):
            found.append(told.decode(errors="replace")[:200])
    return found


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s"
        time.sleep(0.05)


def tsunagu(*words: str, root: Path) -> subprocess.Popen[bytes]:
    with (root.parent / "up.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "infra", *words, "--root", str(root)], stdout=log, stderr=log, start_new_session=True
        )


def up_and_ready(root: Path) -> subprocess.Popen[bytes]:
    up = tsunagu("up", "--servers-only", root=root)
    wait_until(lambda: b"Ctrl-C stops it." in (root.parent / "up.log").read_bytes())
    return up


async def test_the_database_has_every_schema_and_a_login_sees_only_its_own(servers: Stack) -> None:
    db = await asyncpg.connect(servers.access.database_url("linker"))

    assert await db.fetchval("show server_encoding") == "UTF8"
    assert await db.fetchval("select count(*) from inbox") == 0
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await db.fetchval("select count(*) from ingest.inbox")
    await db.close()


def test_everything_listens_on_loopback_only(servers: Stack) -> None:
    first = servers.access.first_port

    listening = Path("/proc/net/tcp").read_text().splitlines() + Path("/proc/net/tcp6").read_text().splitlines()

    ours = {
        address
        for _, address, _, state, *_ in (line.split() for line in listening)
        if state == "0A" and first <= int(address.rpartition(":")[2], 16) < first + 16
    }
    assert len(ours) >= 4
    assert {address.partition(":")[0] for address in ours} <= {"0100007F", "00000000000000000000000001000000"}


def test_a_second_stack_in_the_same_folder_is_refused_and_disturbs_nothing(servers: Stack) -> None:
    with pytest.raises(StackBusy, match=str(os.getpid())):
        Stack(servers.root).start()

    assert all(part.ready for part in servers.status())


async def test_killed_servers_come_back_with_what_they_confirmed(servers: Stack) -> None:
    connection = await aio_pika.connect(servers.access.broker_url("ingest"))
    channel = await connection.channel(on_return_raises=True)
    exchange = await channel.get_exchange("events", ensure=False)
    await exchange.publish(aio_pika.Message(b"kept", delivery_mode=aio_pika.DeliveryMode.PERSISTENT), "ingest.record.p0")
    await connection.close()
    before = (servers.broker.pid, servers.postgres.pid)

    servers.kill_broker()
    servers.kill_postgres()
    await asyncio.to_thread(wait_until, lambda: (None, None) != (servers.broker.pid, servers.postgres.pid) != before)
    await asyncio.to_thread(servers.wait_until_ready)
    await asyncio.to_thread(servers.broker.wait_for_leaders)

    again = await aio_pika.connect(servers.access.broker_url())
    arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
    queue = await (await again.channel()).get_queue("linker.in.p0")
    await queue.consume(arrived.put, no_ack=True)
    assert (await asyncio.wait_for(arrived.get(), 10)).body == b"kept"
    await again.close()


async def test_what_lies_in_a_queue_is_told_as_it_is_at_this_moment_in_hand_or_not(servers: Stack) -> None:
    async with await aio_pika.connect(servers.access.broker_url("operator")) as connection:
        channel = await connection.channel(publisher_confirms=True)
        for _ in range(3):
            await channel.default_exchange.publish(aio_pika.Message(b"{}", delivery_mode=2), "scorer.dead")
        queue = await channel.get_queue("scorer.dead", ensure=False)
        in_hand = await queue.get()
        counted = await asyncio.to_thread(servers.broker.messages)
        await in_hand.ack()
        await queue.purge()
        counted_after = await asyncio.to_thread(servers.broker.messages)

    assert (counted["scorer.dead"], counted_after["scorer.dead"]) == (3, 0)
    assert {"ingest.in.p0", "linker.in.p0", "audit.dead"} <= counted.keys()


def test_what_was_acknowledged_stays_in_the_brokers_memory_for_a_small_log_only(servers: Stack) -> None:
    told = servers.broker.evaluate("{ok, N} = application:get_env(ra, wal_max_size_bytes), integer_to_list(N).")

    assert int(told) == WRITE_AHEAD_BYTES


async def test_another_virtual_host_has_the_same_topology(servers: Stack) -> None:
    await asyncio.to_thread(servers.create_vhost, "bench")

    connection = await aio_pika.connect(servers.access.broker_url("linker", vhost="bench"))
    await (await connection.channel()).get_queue("linker.in.p0")
    await connection.close()


async def test_another_database_is_migrated_too(servers: Stack) -> None:
    await asyncio.to_thread(servers.create_database, "bench")

    db = await asyncpg.connect(servers.access.database_url("audit", "bench"))
    assert await db.fetchval("select count(*) from outbox") == 0
    await db.close()


def test_ctrl_c_in_the_middle_of_the_first_start_leaves_nothing_running(root: Path) -> None:
    up = tsunagu("up", "--servers-only", root=root)
    wait_until((root / "rabbitmq.pid").exists)

    up.send_signal(signal.SIGINT)

    assert up.wait(60) == 0
    assert processes_of(root) == []


def test_ctrl_c_leaves_nothing_running(root: Path) -> None:
    up = up_and_ready(root)
    assert owner_of(root) == up.pid

    up.send_signal(signal.SIGINT)

    assert up.wait(60) == 0
    assert processes_of(root) == []
    assert owner_of(root) is None


def test_after_its_owner_was_killed_a_stack_starts_again_and_leaves_a_taken_port_to_its_new_user(root: Path) -> None:
    before = Stack(root).access.first_port
    up = up_and_ready(root)
    assert before == Stack(root).access.first_port

    up.kill()
    up.wait()
    wait_until(lambda: is_free(before))
    again = Stack(root, services=())
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        other.bind(("127.0.0.1", before))
        other.listen()
        again.start()

    assert before != again.access.first_port
    assert all(part.ready for part in again.status())
    again.stop()
    assert processes_of(root) == []


def test_another_number_of_partitions_is_refused_for_old_data(root: Path) -> None:
    with pytest.raises(OtherPartitions):
        Stack(root, services=(), partitions=2).start()

    assert owner_of(root) is None
