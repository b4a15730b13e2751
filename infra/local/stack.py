"""
The whole system on one machine: PostgreSQL, RabbitMQ and the five services, in one data folder (`architecture.md` §7).

    with running(Stack(root)) as stack:      # Ctrl-C ends it and leaves nothing running
        stack.access.service_url(ServiceName.CASEWORK)

Methods block; from a coroutine call them through `asyncio.to_thread`.
"""

import asyncio
import contextlib
import fcntl
import importlib
import json
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from types import FrameType
from typing import Any, Self, TypeVar

import asyncpg

from contracts.values import ServiceName
from infra.local import packages, ports
from infra.local.access import DATABASE, PORTS_NEEDED, WITNESS, Access
from infra.local.definitions import definitions
from infra.local.place import need_room
from infra.local.postgres import PostgresServer, remove_data
from infra.local.process import StartFailed
from infra.local.rabbitmq import RabbitServer
from infra.local.secrets import Secrets, write_people_files, write_service_files
from infra.local.service_process import ServiceProcess, stop_all
from infra.local.watch import Watch, Watched
from infra.postgres import connections
from infra.printing import trouble
from infra.queues import renew_queues
from infra.scanning import UNSCANNED

NOTICE = "研修環境・架空データ"
ALL_SERVICES = tuple(ServiceName)

_BEFORE_START = {"clock.json", "duty.csv"}
"""What a demonstration writes before it starts anything, in this order."""
_BEFORE_STACK = {*_BEFORE_START, "lock", "secrets", "stack.json.new"}
"""What a start that was broken off may leave beside its lock before `stack.json` tells of it."""

_OWNER_DIGITS = 10

_WITNESS_MODULE = "services.audit.witness.installing"
"""By its name, as commands find theirs: the stack starts services and imports none."""

_GROUPS = 2
"""So many processes of each service may share the partitions of one data folder (`Stack.another`)."""
_CONNECTIONS_OF_OTHERS = 20
"""Commands, PostgreSQL's own reserve, and whoever looks."""

_TOLD_ON = ("TSUNAGU_OIDC_", "TSUNAGU_DUTY_LIST")
_FILES_TOLD_ON = {"TSUNAGU_OIDC_CA", "TSUNAGU_DUTY_LIST"}

T = TypeVar("T")


class StackBusy(Exception):
    """Another process runs a stack in the same data folder."""


class NotADataFolder(Exception):
    """A folder that is to be cleared holds what no stack has put there."""


class OtherPartitions(Exception):
    """The data folder was made with another number of partitions; its queues would be left over, or missing."""


@dataclass(frozen=True, slots=True)
class PartStatus:
    """What is known of one part. `pid` is None when it does not run; `lacks` says in words what keeps it from being ready."""

    name: str
    pid: int | None
    address: str
    lacks: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Whether it runs and lacks nothing."""
        return self.pid is not None and not self.lacks


class Stack:
    """The stack in one data folder. Nothing runs until `start`."""

    def __init__(
        self,
        root: Path,
        *,
        services: Sequence[ServiceName] = ALL_SERVICES,
        partitions: int = 1,
        notice: str = NOTICE,
        identifier_key: bytes | None = None,
        environment: Mapping[str, str] | None = None,
        management: bool = False,
        postgres_settings: Mapping[str, str] | None = None,
        first_port: int | None = None,
    ) -> None:
        """
        Describe a stack.

        `identifier_key` (32 bytes) counts only for a new data folder. `first_port` is the first of PORTS_NEEDED neighbouring ports
        that are wanted; without it they are those of the last time, or any that are free. `environment` goes to every service and over what
        the stack sets. `management` turns on RabbitMQ's web interface.
        """
        self.root = root.resolve()
        self._names = tuple(services)
        self._partitions = partitions
        self._notice = notice
        self._identifier_key = identifier_key
        self._environment = dict(environment or {})
        self._management = management
        self._postgres_settings = {"max_connections": str(_connections(partitions)), **(postgres_settings or {})}
        self._first_port = first_port
        self._lock: TextIOWrapper | None = None
        self._access: Access | None = None
        self._watch: Watch | None = None
        self.services: dict[ServiceName, ServiceProcess] = {}
        self.witness: ServiceProcess | None = None

    @property
    def access(self) -> Access:
        """Addresses and logins; known once the stack was started."""
        if self._access is None:
            self._access = Access.to(self.root)
        return self._access

    # -- start and stop ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start everything and return when every service is ready. On an error nothing is left running. Raises StackBusy, StartFailed."""
        with self._all_or_nothing():
            self.start_servers()
            self.start_services()

    def start_servers(self) -> None:
        """Start PostgreSQL and RabbitMQ and bring database and queues up to date. Raises StackBusy, StartFailed, PackagesMissing."""
        packages.ensure_for_a_stack()
        with self._all_or_nothing():
            self._take_lock()
            need_room(self.root)
            self._settle_access()
            self._make_servers()
            with ThreadPoolExecutor(2) as both:
                list(both.map(lambda server: server.start(), (self.postgres, self.broker)))
            self.create_database(DATABASE)
            if _finish(renew_queues(self.access.broker_url(), self._partitions)):
                self.broker.wait_for_leaders()

    def start_services(self) -> None:
        """Start the services, wait until they are ready, and watch over them."""
        self._write_secrets()
        self.services = {name: self._service(name) for name in self._names}
        for service in self.services.values():
            service.start()
        for service in self.services.values():
            service.wait_until_ready()
        witnesses = self._start_witness()

        parts: dict[str, Watched] = {service.name: service for service in (*self.services.values(), *witnesses)}
        self._watch = Watch({**parts, "postgres": self.postgres, "rabbitmq": self.broker}, self.root / "log/watch.log")
        self._watch.start()

    def stop(self) -> None:
        """Stop everything in good order: services drain, then the servers stop. Harmless if nothing runs."""
        if self._watch is not None:
            self._watch.stop()
            self._watch = None
        stop_all([*self.services.values(), *([self.witness] if self.witness is not None else [])])
        if self._lock is None:
            return
        if hasattr(self, "broker"):
            with ThreadPoolExecutor(2) as both:
                list(both.map(lambda server: server.stop(), (self.broker, self.postgres)))
        self._lock.close()
        self._lock = None

    def remove(self) -> None:
        """Delete the data folder of a stopped stack."""
        remove_data(self.root)
        shutil.rmtree(self.root, ignore_errors=True)

    def clear(self) -> None:
        """
        Delete what an earlier run left in the data folder, processes included, so that `start` begins anew.

        Raises StackBusy, and NotADataFolder for a folder with content that no stack ever ran in; then nothing was deleted.
        """
        # Before the lock is taken: our own lock file would look like a stack's.
        if not self.may_be_cleared():
            raise NotADataFolder(f"{self.root} is not a data folder of Tsunagu; nothing was deleted")
        self._take_lock()
        told = self._told_before()
        if told:
            self._access = Access(self.root, told["first_port"], told["partitions"], Secrets.kept_in(self.root / "secrets"))
            self._end_leftovers()
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        self.remove()
        self._access = None

    # -- faults --------------------------------------------------------------------------------------------------------

    def kill_service(self, service: ServiceName) -> None:
        """Kill -9 a service; the watch starts it again."""
        self.services[service].kill()

    def kill_broker(self) -> None:
        """Kill -9 the broker; the watch starts it again."""
        _kill(self.broker.pid)

    def kill_postgres(self) -> None:
        """Kill -9 the postmaster; the watch starts it again."""
        _kill(self.postgres.pid)

    def wait_until_ready(self, seconds: float = 120.0) -> None:
        """Wait until every part runs and is ready, for instance after a fault. Raises StartFailed."""
        deadline = time.monotonic() + seconds
        while not all(part.ready for part in self.status()):
            if time.monotonic() > deadline:
                late = ", ".join(f"{part.name} ({', '.join(part.lacks) or 'not running'})" for part in self.status() if not part.ready)
                raise StartFailed(f"not ready after {seconds:.0f} s: {late}")
            time.sleep(0.1)

    # -- more of the same, for tests and benchmarks --------------------------------------------------------------------

    def create_database(self, name: str) -> None:
        """Create a database if it is not there, and bring it up to date."""
        _finish(_create_database(self.access.admin_url("postgres"), name))
        from infra.migrating import migrate_all

        _finish(migrate_all(self.access.admin_url(name), self.access.secrets.database))

    def create_vhost(self, name: str, content: Mapping[str, Any] | None = None) -> None:
        """Create a virtual host with the same topology and rights as the main one, or with other definitions."""
        self.broker.import_definitions(content or definitions(self.access.secrets.broker, partitions=self._partitions, vhost=name))

    def another(self, name: ServiceName) -> ServiceProcess:
        """Return a second process of a service, with a port and a log of its own. Who asks for it starts it, and stops it."""
        root = self.root / "second"
        (root / "log").mkdir(parents=True, exist_ok=True)
        return self._service(name, root=root, port=ports.free_run(1))

    # -- what runs -----------------------------------------------------------------------------------------------------

    def status(self) -> list[PartStatus]:
        """Return what runs, seen from this process or another one. Raises NoStack."""
        if not hasattr(self, "broker"):
            self._make_servers()
        told = self._told_before() or {}
        services = self.services or {name: self._service(name) for name in map(ServiceName, told.get("services", self._names))}
        return [
            _status("postgres", self.postgres, f"127.0.0.1:{self.access.postgres_port}"),
            _status("rabbitmq", self.broker, f"127.0.0.1:{self.access.broker_ports.amqp}"),
            *(_status(name, part, self.access.service_url(name)) for name, part in services.items()),
            *([_status(WITNESS, self._witness(), f"127.0.0.1:{self.access.witness_port}")] if ServiceName.AUDIT in services else []),
        ]

    @classmethod
    @contextlib.contextmanager
    def temporary(cls, **settings: Any) -> Iterator[Self]:
        """A stack in a folder that is thrown away. Started by the caller, stopped here."""
        root = Path(tempfile.mkdtemp(prefix="tsunagu-"))
        # As for every other stack: the account that runs PostgreSQL gets through, and nobody else may look.
        root.chmod(0o711)
        stack = cls(root, **settings)
        try:
            yield stack
        finally:
            stack.stop()
            stack.remove()

    # -- steps ---------------------------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        """Leave nothing running where the start fails. Raises StartFailed for what the machine refuses: a full disk, for instance."""
        try:
            yield
        except (OSError, asyncpg.PostgresError) as error:
            self.stop()
            why = trouble(error) if isinstance(error, OSError) else str(error)
            raise StartFailed(f"the stack in {self.root} did not start: {why}") from error
        except BaseException:
            self.stop()
            raise

    def _take_lock(self) -> None:
        if self._lock is not None:
            return
        self.root.mkdir(mode=0o711, parents=True, exist_ok=True)
        (self.root / "lock").touch()
        lock = (self.root / "lock").open("r+", encoding="ascii")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            owner = lock.read().strip()
            lock.close()
            raise StackBusy(f"process {owner} runs a stack in {self.root}; `./tsunagu down --root {self.root}` stops it") from None
        self._lock = lock
        # Over what stood there, and always as long: that needs no room on a full disk.
        os.pwrite(lock.fileno(), f"{os.getpid():<{_OWNER_DIGITS}}\n".encode("ascii"), 0)

    def may_be_cleared(self) -> bool:
        """Whether the folder is absent, or empty, or a stack wrote what tells of it."""
        if not self.root.exists():
            return True
        if not self.root.is_dir():
            return False
        names = {entry.name for entry in self.root.iterdir()}
        broken_off = names <= _BEFORE_STACK and ("lock" in names or (names <= _BEFORE_START and names != {"duty.csv"}))
        return broken_off or self._told_before() is not None

    def _settle_access(self) -> None:
        """
        Keep the ports that were asked for, else those of last time if they still are free; draw the secrets the first time.

        Raises StartFailed where a port that was asked for is taken.
        """
        secrets = Secrets.at_start(self.root / "secrets", identifier_key=self._identifier_key)
        told = self._told_before()
        if told and told["partitions"] != self._partitions:
            raise OtherPartitions(
                f"{self.root} was made with {told['partitions']} partitions, not {self._partitions}; remove it or keep to that"
            )
        if told:
            self._access = Access(self.root, told["first_port"], self._partitions, secrets)
            self._end_leftovers()
        self._access = Access(self.root, self._settled_port(told), self._partitions, secrets)
        self._tell()

    def _settled_port(self, told: Mapping[str, Any] | None) -> int:
        wanted = self._first_port
        if wanted is not None:
            if taken := [port for port in _run_of(wanted) if not ports.is_free(port)]:
                raise StartFailed(f"port {taken[0]} is taken; end what listens there (ss -ltnp), or give another --first-port")
            return wanted
        if told and all(map(ports.is_free, _run_of(told["first_port"]))):
            return int(told["first_port"])
        return ports.free_run(PORTS_NEEDED)

    def _told_before(self) -> dict[str, Any] | None:
        try:
            told = json.loads((self.root / "stack.json").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        return told if isinstance(told, dict) and {"first_port", "partitions", "services"} <= told.keys() else None

    def _tell(self) -> None:
        draft = self.root / "stack.json.new"
        told = {"first_port": self.access.first_port, "partitions": self._partitions, "services": self._names}
        draft.write_text(json.dumps(told), encoding="utf-8")
        draft.replace(self.root / "stack.json")

    def _end_leftovers(self) -> None:
        """End what a stack that was killed may have left behind; otherwise its ports look taken."""
        self._make_servers()
        stop_all([*(self._service(name) for name in ALL_SERVICES), self._witness()])
        self.broker.stop()
        self.postgres.stop()

    def _write_secrets(self) -> None:
        """Write what services and people read. The ports in it may be others than last time."""
        access, folder = self.access, self.root / "secrets"
        postgres, rabbitmq = f"127.0.0.1:{access.postgres_port}", f"127.0.0.1:{access.broker_ports.amqp}"
        write_people_files(folder, access.secrets)
        for name in self._names:
            write_service_files(folder, access.secrets, name, postgres=postgres, rabbitmq=rabbitmq)

    def _make_servers(self) -> None:
        access = self.access
        self.postgres = PostgresServer(
            self.root, access.postgres_port, password=access.secrets.postgres_operator, settings=self._postgres_settings
        )
        self.broker = RabbitServer(
            self.root,
            access.broker_ports,
            cookie=access.secrets.erlang_cookie,
            definitions=definitions(access.secrets.broker, partitions=self._partitions),
            management=self._management,
        )

    def _start_witness(self) -> list[ServiceProcess]:
        """Start the witness of the audit log, which is no part of what it watches over: a process, a folder and a key of its own."""
        if ServiceName.AUDIT not in self._names:
            return []
        origin = self._environment.get("TSUNAGU_LOG_ORIGIN")
        importlib.import_module(_WITNESS_MODULE).prepare(self.access.witness_folder, self.access.secrets.signing_key, origin)
        self.witness = self._witness()
        self.witness.start()
        self.witness.wait_until_ready()
        return [self.witness]

    def _witness(self) -> ServiceProcess:
        access = self.access
        folder, log = access.witness_folder, access.service_url(ServiceName.AUDIT)
        told = {"--vkey": folder / "log.vkey", "--log-url": f"{log}/witness/", "--token": self.root / "secrets/operator_witness"}
        arguments = [str(folder), *(str(word) for pair in told.items() for word in pair), "--port", str(access.witness_port)]
        return ServiceProcess(
            WITNESS, access.witness_port, root=self.root, environment={}, module="services.audit.witness", arguments=arguments
        )

    def _service(self, name: ServiceName, *, root: Path | None = None, port: int | None = None) -> ServiceProcess:
        access = self.access
        port = port or access.service_port(name)
        environment = {
            "TSUNAGU_SECRETS_DIR": str(self.root / "secrets" / name),
            "TSUNAGU_HTTP_PORT": str(port),
            "TSUNAGU_CLOCK_FILE": str(access.clock_file),
            "TSUNAGU_SIGNER_STATE": str(access.signer_state),
            "TSUNAGU_WITNESS_KEYS": str(access.witness_folder / "vkey"),
            "TSUNAGU_PARTITIONS": str(self._partitions),
            "TSUNAGU_NOTICE": self._notice,
            "TSUNAGU_FILE_SCANNER": os.environ.get("TSUNAGU_FILE_SCANNER", UNSCANNED if self._notice else ""),
            # A city of the demonstration is too small for two in a hundred.
            "TSUNAGU_SAMPLE_SHARE": os.environ.get("TSUNAGU_SAMPLE_SHARE", "1" if self._notice else "0.02"),
            # Thresholds of the rules against misuse (services/audit/domain/misuse/thresholds.py).
            "TSUNAGU_MISUSE": os.environ.get("TSUNAGU_MISUSE", "{}"),
            **_of_the_shell(),
            "TSUNAGU_EXTRACT_FOLDER": str(self.root / "extracts"),
            # Ports are open on loopback only; who puts a door before them says by which names it is reached.
            "TSUNAGU_HTTP_HOSTS": os.environ.get("TSUNAGU_HTTP_HOSTS", '["localhost"]'),
            **self._environment,
        }
        return ServiceProcess(name, port, root=root or self.root, environment=environment)


def _of_the_shell() -> dict[str, str]:
    """
    What every service is told as whoever starts the stack was told it, and not where that is nothing: the city's own sign-in, and who is on
    duty outside the hours (services/audit/domain/misuse/duty.py). Files by their whole path: a service starts in another folder.
    """
    told = {name: value for name, value in os.environ.items() if value and name.startswith(_TOLD_ON)}
    return {name: str(Path(value).absolute()) if name in _FILES_TOLD_ON else value for name, value in told.items()}


@contextlib.contextmanager
def running(stack: Stack) -> Iterator[Stack]:
    """
    Run a stack for the length of a block, in the main thread.

    Ctrl-C and a request to end (SIGTERM, SIGHUP) arrive in the block as KeyboardInterrupt; whatever ends the block, the stack is
    stopped in full, and a second Ctrl-C does not disturb that.
    """
    before = {number: signal.signal(number, _interrupt) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        stack.start()
        yield stack
    finally:
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        stack.stop()
        for number, handler in before.items():
            signal.signal(number, handler)


def owner_of(root: Path) -> int | None:
    """Return the process that runs a stack in `root`, or None."""
    try:
        with (root / "lock").open("r+", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except BlockingIOError:
        return int((root / "lock").read_text(encoding="ascii"))
    return None


def _run_of(first_port: int) -> range:
    return range(first_port, first_port + PORTS_NEEDED)


def _connections(partitions: int) -> int:
    return _GROUPS * len(ALL_SERVICES) * connections(partitions) + _CONNECTIONS_OF_OTHERS


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _status(name: str, part: PostgresServer | RabbitServer | ServiceProcess, address: str) -> PartStatus:
    pid = part.pid
    return PartStatus(name, pid, address, tuple(part.lacks()) if pid is not None else ())


def _kill(pid: int | None) -> None:
    if pid is not None:
        os.kill(pid, signal.SIGKILL)


async def _create_database(admin_url: str, name: str) -> None:
    admin = await asyncpg.connect(admin_url)
    try:
        if not await admin.fetchval("select exists (select from pg_database where datname = $1)", name):
            await admin.execute(await admin.fetchval("select format('create database %I template template0', $1::text)", name))
    finally:
        await admin.close()


def _finish(task: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end from blocking code, also where this thread already has an event loop."""
    with ThreadPoolExecutor(1) as aside:
        return aside.submit(asyncio.run, task).result()
