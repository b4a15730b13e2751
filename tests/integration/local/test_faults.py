"""A broker that runs and does not serve, one that dies again at once, and a disk that is really full."""

import asyncio
import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import aio_pika
import pytest
from aio_pika.abc import AbstractIncomingMessage
from aio_pika.exceptions import AMQPError

from infra.local.process import StartFailed
from infra.local.stack import PartStatus, Stack

pytestmark = [pytest.mark.servers, pytest.mark.timeout(240)]

QUEUE = "linker.in.p0"
KEY = "ingest.record.p0"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """Servers of their own for these tests, which they take down again and again."""
    with Stack.temporary(services=()) as stack:
        stack.start()
        yield stack


@pytest.fixture(autouse=True)
def usual_patience(stack: Stack) -> Iterator[None]:
    """What a test changes of the watch's patience is for that test alone: a slow machine's start must not look like a fault to the next."""
    usual = stack.broker.patience
    yield
    stack.broker.patience = usual


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 700 MB that a test may fill."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a file system of limited size")
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=700m,mode=755", "tmpfs", str(tmp_path)], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        pytest.skip(f"cannot mount a file system of limited size here: {done.stderr.strip()}")
    yield tmp_path
    subprocess.run(["umount", "--lazy", str(tmp_path)], check=True)


def fill(disk: Path) -> Path:
    """Leave not a byte free, and return the file to delete again."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as out:
        for size in (1 << 20, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while out.write(bytes(size)):
                    pass
    assert shutil.disk_usage(disk).free == 0
    return filler


def wait_until(condition: Callable[[], bool], seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s"
        time.sleep(0.05)


def part(stack: Stack, name: str) -> PartStatus:
    return next(each for each in stack.status() if each.name == name)


async def confirmed(stack: Stack, ids: range) -> None:
    connection = await aio_pika.connect(stack.access.broker_url())
    async with connection:
        channel = await connection.channel(on_return_raises=True)
        exchange = await channel.get_exchange("events", ensure=False)
        bodies = (aio_pika.Message(b"[]", message_id=str(number), delivery_mode=aio_pika.DeliveryMode.PERSISTENT) for number in ids)
        await asyncio.gather(*(exchange.publish(body, KEY) for body in bodies))


async def taken(stack: Stack, number: int) -> set[str | None]:
    """Take so many messages off the queue and return their ids."""
    arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
    connection = await aio_pika.connect(stack.access.broker_url())
    async with connection:
        queue = await (await connection.channel()).get_queue(QUEUE)
        await queue.consume(arrived.put)
        ids: set[str | None] = set()
        while len(ids) < number:
            message = await asyncio.wait_for(arrived.get(), 20)
            await message.ack()
            ids.add(message.message_id)
    return ids


async def everything(stack: Stack) -> set[str | None]:
    """Take off the queue what lies there."""
    connection = await aio_pika.connect(stack.access.broker_url())
    async with connection:
        queue = await (await connection.channel()).get_queue(QUEUE)
        waiting = queue.declaration_result.message_count
    return await taken(stack, waiting or 0)


async def take_until_it_breaks(stack: Stack) -> set[str]:
    """Acknowledge one after another (each is a write of the broker) until its queues are gone. Return what was acknowledged."""
    acknowledged: set[str] = set()

    async def acknowledge(message: AbstractIncomingMessage) -> None:
        acknowledged.add(str(message.message_id))
        await message.ack()

    connection = await aio_pika.connect(stack.access.broker_url())
    channel = await connection.channel()
    await channel.set_qos(10)
    queue = await channel.get_queue(QUEUE)
    await queue.consume(acknowledge)
    await asyncio.to_thread(wait_until, lambda: is_broken(stack))
    with contextlib.suppress(AMQPError):
        await connection.close()
    return acknowledged


def is_broken(stack: Stack) -> bool:
    """Whether the broker serves no more: RabbitMQ 3 lost its queues and goes on, RabbitMQ 4 ends. An alarm is neither."""
    return stack.broker.pid is None or any("alarm" not in lack for lack in part(stack, "rabbitmq").lacks)


def test_a_broker_whose_application_stopped_is_red_and_is_started_again(stack: Stack) -> None:
    before = stack.broker.pid
    stack.broker.patience = 2

    stack.broker.control("stop_app")

    assert part(stack, "rabbitmq").lacks == ("does not answer on its port",)
    wait_until(lambda: stack.broker.pid not in {None, before})
    stack.wait_until_ready()
    assert "rabbitmq runs, but does not answer on its port" in (stack.root / "log/watch.log").read_text()


def test_a_broker_that_does_not_answer_at_all_is_started_again(stack: Stack) -> None:
    before = stack.broker.pid
    assert before is not None

    # Its queues' processes end while the node goes on taking connections: what a full disk does, without one.
    stack.broker.control("eval", "application:stop(ra).")

    assert "has queues without a leader" in part(stack, "rabbitmq").lacks[0]
    stack.broker.patience = 2
    wait_until(lambda: stack.broker.pid not in {None, before})
    stack.wait_until_ready()


async def test_a_broker_that_dies_again_right_after_its_restart_is_back_soon_and_keeps_nobody_waiting(stack: Stack) -> None:
    await confirmed(stack, range(50))
    first, postgres = stack.broker.pid, stack.postgres.pid
    began = time.monotonic()

    stack.kill_broker()
    await asyncio.to_thread(wait_until, lambda: stack.broker.pid not in {None, first})
    # As soon as it answers: the watch now waits for the leaders of its queues.
    await asyncio.to_thread(wait_until, lambda: part(stack, "rabbitmq").lacks != ("does not answer on its port",))
    stack.kill_broker()
    stack.kill_postgres()

    await asyncio.to_thread(wait_until, lambda: stack.postgres.pid not in {None, postgres} and stack.postgres.is_ready(), 15)
    await asyncio.to_thread(stack.wait_until_ready)
    assert time.monotonic() - began < 45
    assert await taken(stack, 50) == {str(number) for number in range(50)}


async def test_after_a_full_disk_the_broker_is_back_with_everything_that_it_confirmed(small_disk: Path) -> None:
    stack = Stack(small_disk / "data", services=())
    try:
        await asyncio.to_thread(stack.start)
        stack.broker.patience = 2
        await confirmed(stack, range(2_000))
        filler = fill(small_disk)
        before = stack.broker.pid

        acknowledged = await take_until_it_breaks(stack)
        assert not part(stack, "rabbitmq").ready
        assert stack.broker.pid in {None, before}  # no use to start it while there is no room

        filler.unlink()
        await asyncio.to_thread(wait_until, lambda: stack.broker.pid not in {None, before})
        await asyncio.to_thread(stack.wait_until_ready)
        # What was acknowledged may come again; what was not must come.
        assert {str(number) for number in range(2_000)} - acknowledged <= await everything(stack)
    finally:
        await asyncio.to_thread(stack.stop)


def test_a_start_on_a_full_disk_says_so_and_after_room_was_made_it_comes_up(small_disk: Path) -> None:
    root = small_disk / "data"
    stack = Stack(root, services=())
    stack.start()
    stack.stop()
    filler = fill(small_disk)

    with pytest.raises(StartFailed, match="0 MB are free"):
        Stack(root, services=()).start()
    filler.unlink()

    again = Stack(root, services=())
    again.start()
    assert [(each.name, each.lacks) for each in again.status() if not each.ready] == []
    again.stop()


def test_a_first_start_that_a_full_disk_broke_off_is_begun_anew(small_disk: Path) -> None:
    root = small_disk / "data"
    filler = fill(small_disk)
    with pytest.raises(StartFailed):
        Stack(root, services=()).start()
    filler.unlink()

    again = Stack(root, services=())
    again.start()
    assert [(each.name, each.lacks) for each in again.status() if not each.ready] == []
    again.stop()
