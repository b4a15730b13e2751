"""
A private RabbitMQ: own node, cookie, epmd and ports, loopback only (`bus.md` A1; measured on 3.10.8 and 4.0.5).

The topology is loaded from definitions.json at boot. `start` returns when the broker speaks AMQP and every
quorum queue has a leader.
"""

import json
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local.place import has_room, need_room, plainly_named
from infra.local.postgres import NotInstalled
from infra.local.process import POLL_SECONDS, Child, StartFailed
from infra.local.secrets import write_secret

_PROGRAMS = Path("/usr/lib/rabbitmq/bin")
"""Not /usr/sbin: those change to the account rabbitmq and to its data."""

WRITE_AHEAD_BYTES = 64 * 1024 * 1024
"""Of the log in which all quorum queues write first (infra/local/README.md)."""

_NODE = "bus@localhost"
_START_SECONDS = 120.0
_STOP_SECONDS = 40.0
_LEADER_SECONDS = 60.0
_CONTROL_SECONDS = 60.0
_ANSWER_SECONDS = 10.0
_SETTLE_SECONDS = 1.5
_PATIENCE_SECONDS = 20.0
_SHOWN_QUEUES = 3

# Asked of the node itself: whether its application runs, which quorum queues have no leader (they are asked to elect one), and which
# alarms hold publishers back. After a full disk a node takes connections while none of its queues lives.
_QUESTION = """
  case rabbit:is_running() of
    false -> "stopped";
    true ->
      Leaderless = [ begin _ = (catch ra:trigger_election(amqqueue:get_pid(Q))), binary_to_list(element(4, amqqueue:get_name(Q))) end
        || Q <- rabbit_amqqueue:list(), amqqueue:get_type(Q) =:= rabbit_quorum_queue,
           case catch ra:members(amqqueue:get_pid(Q), 1000) of {ok, _, {_, _}} -> false; _ -> true end ],
      Alarms = [ case A of {{resource_limit, R, _}, _} -> atom_to_list(R); {O, _} -> atom_to_list(O) end
        || A <- rabbit_alarm:get_alarms() ],
      "running;" ++ string:join(Leaderless, ",") ++ ";" ++ string:join(Alarms, ",")
  end.
"""
# Asked of each queue's own machine: what the broker tells of itself (`list_queues`) is counted every five seconds.
_MESSAGES = """
  string:join([ binary_to_list(element(4, amqqueue:get_name(Q))) ++ "="
      ++ (case ra:leader_query(amqqueue:get_pid(Q), fun rabbit_fifo:query_messages_total/1, 1000) of
            {ok, {_, N}, _} -> integer_to_list(N); _ -> "?" end)
    || Q <- rabbit_amqqueue:list(<<"/">>), amqqueue:get_type(Q) =:= rabbit_quorum_queue ], ";").
"""
_ANSWER = re.compile(r'\{ok, "([^"]*)"\}')


class BrokerCommandFailed(Exception):
    """`rabbitmqctl` refused a command."""


@dataclass(frozen=True, slots=True)
class BrokerPorts:
    """Loopback ports of one broker; `control` is the first of four for rabbitmqctl."""

    amqp: int
    distribution: int
    epmd: int
    control: int
    management: int

    CONTROL_PORTS = 4


@dataclass(frozen=True, slots=True)
class BrokerState:
    """What a node says of itself: queues without a leader, and alarms (`disk`, `memory`) that hold publishers back."""

    leaderless: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()


class RabbitServer:
    """One RabbitMQ node in `root`/rabbitmq."""

    def __init__(self, root: Path, ports: BrokerPorts, *, cookie: str, definitions: Mapping[str, Any], management: bool = False) -> None:
        """`management` turns on the web interface, which costs 5 s at every stop. Nothing is started yet."""
        self.ports = ports
        self.patience = _PATIENCE_SECONDS
        self.wanted = False
        self._root = root
        self._base = plainly_named(root) / "rabbitmq"
        self._made_mark = self._base / "made"
        self._cookie = cookie
        self._definitions = definitions
        self._management = management
        self._child = Child("rabbitmq", process_file=root / "rabbitmq.pid", log_file=root / "log/rabbitmq.log")

    @property
    def pid(self) -> int | None:
        """The node's process id, while it runs."""
        return self._child.pid

    def is_ready(self) -> bool:
        """Whether it runs, speaks AMQP, every quorum queue has a leader, and nothing holds publishers back."""
        return self.pid is not None and not self.lacks()

    def lacks(self) -> list[str]:
        """Return what it lacks to be ready, in words. Empty when it is ready."""
        try:
            state = self._state()
        except BrokerCommandFailed as error:
            return [str(error)]
        alarms = [f"takes nothing in: {alarm} alarm" for alarm in state.alarms]
        return [*([_without_leader(state)] if state.leaderless else []), *alarms]

    def trouble(self) -> str | None:
        """Say why it does not serve although it runs. What ends with its cause is no trouble: an alarm, and whatever a full disk does."""
        return self._fault() if has_room(self._root) else None

    def start(self) -> None:
        """Start and return when it can be used. Raises StartFailed, NotInstalled."""
        self.wanted = True
        self.start_again()

    def start_again(self) -> None:
        """End what is left of an earlier run, and start, for as long as it is wanted. Raises StartFailed, NotInstalled."""
        if not (_PROGRAMS / "rabbitmq-server").exists():
            raise NotInstalled(f"no RabbitMQ under {_PROGRAMS} (Debian package rabbitmq-server)")
        need_room(self._root)
        self._child.end(signal.SIGTERM, seconds=_STOP_SECONDS)
        self._forget_half_made_data()
        self._write_files()
        if not self.wanted:
            raise StartFailed("RabbitMQ is no longer wanted")

        environment = {**self._environment(), "RUNNING_UNDER_SYSTEMD": "true"}  # the script becomes the node, instead of waiting for it
        self._child.spawn([str(_PROGRAMS / "rabbitmq-server")], environment=environment, folder=self._base)
        self._wait_for_amqp()
        self.wait_for_leaders()
        self._remember_made_data()

    def stop(self) -> None:
        """Stop in good order, then the private epmd, which outlives its node."""
        self.wanted = False
        self._child.end(signal.SIGTERM, seconds=_STOP_SECONDS)
        self._end_epmd()

    def kill(self) -> None:
        """Kill -9 the node, as a fault. `start` heals it."""
        self.wanted = False
        self._child.end(signal.SIGKILL, seconds=5)

    def control(self, *arguments: str) -> str:
        """Run `rabbitmqctl` (about half a second) and return what it says. Raises BrokerCommandFailed."""
        try:
            done = subprocess.run(
                [str(_PROGRAMS / "rabbitmqctl"), "--quiet", *arguments],
                env=self._environment(),
                cwd=self._base,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_CONTROL_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise BrokerCommandFailed(f"rabbitmqctl {arguments[0]}: no answer in {_CONTROL_SECONDS:.0f} s") from error
        if done.returncode != 0:
            raise BrokerCommandFailed(
                f"rabbitmqctl {arguments[0]}: exit code {done.returncode}: {done.stderr.decode(errors='replace').strip()}"
            )
        return done.stdout.decode(errors="replace").strip()

    def messages(self) -> Mapping[str, int]:
        """
        Return how many messages lie in each quorum queue at this moment, in hand or not.

        Raises BrokerCommandFailed, also where a queue does not answer.
        """
        counts = dict(each.split("=") for each in self.evaluate(_MESSAGES).split(";") if each)
        if silent := [name for name, n in counts.items() if not n.isdigit()]:
            raise BrokerCommandFailed(f"queues that do not say what lies in them: {', '.join(silent[:_SHOWN_QUEUES])}")
        return {name: int(n) for name, n in counts.items()}

    def import_definitions(self, definitions: Mapping[str, Any]) -> None:
        """Add to what the running broker has (a virtual host with all in it, for instance) and wait until it can be used."""
        file = self._base / "more-definitions.json"
        write_secret(file, json.dumps(definitions))
        self.control("import_definitions", str(file))
        file.unlink()

        self.wait_for_leaders()
        # A quorum queue whose broker is killed within a second of its making never elects a leader again (operations.md).
        time.sleep(_SETTLE_SECONDS)

    def wait_for_leaders(self) -> None:
        """Wait until every quorum queue has a leader. Raises StartFailed, at once if the node ends meanwhile."""
        deadline = time.monotonic() + _LEADER_SECONDS
        while True:
            fault = self._fault()
            if fault is None:
                return
            self._must_go_on()
            if time.monotonic() > deadline:
                raise StartFailed(f"after {_LEADER_SECONDS:.0f} s RabbitMQ {fault}\n{self._child.last_words()}")
            time.sleep(0.2)

    def _wait_for_amqp(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not _speaks_amqp(self.ports.amqp):
            self._must_go_on()
            if time.monotonic() > deadline:
                self._child.end(signal.SIGTERM, seconds=_STOP_SECONDS)
                raise StartFailed(f"RabbitMQ did not answer in {_START_SECONDS:.0f} s:\n{self._child.last_words()}")
            time.sleep(POLL_SECONDS * 2)

    def _must_go_on(self) -> None:
        """Raise StartFailed where waiting is in vain: the node ended, or its owner does not want it any longer."""
        if self._child.pid is None:
            raise StartFailed(f"RabbitMQ ended with {self._child.exit_code}:\n{self._child.last_words()}")
        if not self.wanted:
            raise StartFailed("RabbitMQ is no longer wanted")

    def _fault(self) -> str | None:
        try:
            state = self._state()
        except BrokerCommandFailed as error:
            return str(error)
        return _without_leader(state) if state.leaderless else None

    def _state(self) -> BrokerState:
        answer = self.evaluate(_QUESTION)
        if answer == "stopped":
            raise BrokerCommandFailed("its application is stopped")
        _, leaderless, alarms = answer.split(";")
        return BrokerState(tuple(filter(None, leaderless.split(","))), tuple(filter(None, alarms.split(","))))

    def evaluate(self, expression: str) -> str:
        """
        Let the node evaluate an Erlang expression that comes to a string without quotes, and return that.

        It takes some milliseconds: `control` starts a virtual machine of its own each time, for more than a second of a core.
        Raises BrokerCommandFailed.
        """
        if not _speaks_amqp(self.ports.amqp):
            raise BrokerCommandFailed("does not answer on its port")
        program = shutil.which("erl_call", path="/usr/bin:/usr/local/bin:/usr/lib/erlang/bin")
        if program is None:
            raise BrokerCommandFailed("cannot be asked: no erl_call (Debian package erlang-base)")
        try:
            said = subprocess.run(
                # The cookie stands in HOME, not on the command line. Two callers of one name would turn each other away, and the
                # node keeps every name that it ever heard: so each thread has one.
                [program, "-sname", _NODE, "-h", f"asks{threading.get_native_id()}", "-e"],
                input=" ".join(expression.split()).encode() + b"\n",
                env=self._environment(),
                cwd="/",
                capture_output=True,
                timeout=_ANSWER_SECONDS,
                check=False,
            ).stdout.decode(errors="replace")
        except subprocess.TimeoutExpired as error:
            raise BrokerCommandFailed(f"does not answer its operator within {_ANSWER_SECONDS:.0f} s") from error
        answer = _ANSWER.fullmatch(said.strip())
        if answer is None:
            raise BrokerCommandFailed("does not answer its operator")
        return answer[1]

    def _forget_half_made_data(self) -> None:
        """
        Begin anew if the very first start never came to its end.

        Its queues might never elect a leader again, and nothing was accepted into them yet.
        """
        if not self._made_mark.exists():
            shutil.rmtree(self._base / "data", ignore_errors=True)

    def _remember_made_data(self) -> None:
        if not self._made_mark.exists():
            time.sleep(_SETTLE_SECONDS)
            self._made_mark.touch()

    def _write_files(self) -> None:
        for folder in ("home", "data", "log", "schema"):
            (self._base / folder).mkdir(mode=0o700, parents=True, exist_ok=True)
        write_secret(self._base / "home/.erlang.cookie", self._cookie, mode=0o400)
        write_secret(self._base / "definitions.json", json.dumps(self._definitions, indent=1))
        (self._base / "rabbitmq.conf").write_text(self._configuration(), encoding="utf-8")
        (self._base / "rabbitmq-env.conf").write_text("", encoding="utf-8")
        (self._base / "advanced.config").write_text("[].\n", encoding="utf-8")
        (self._base / "enabled_plugins").write_text("[rabbitmq_management].\n" if self._management else "[].\n", encoding="utf-8")

    def _configuration(self) -> str:
        lines = [
            f"listeners.tcp.default = 127.0.0.1:{self.ports.amqp}",
            f"load_definitions = {self._base}/definitions.json",
            "loopback_users = none",
            "vm_memory_high_watermark.absolute = 1GB",
            # What RabbitMQ 4 says by itself; 3.10 takes eight times as much, a hundred of which fit into no service.
            "max_message_size = 16777216",
            "disk_free_limit.absolute = 200MB",
            # What quorum queues were given stays in memory, acknowledged or not, until this file is full (512 MB where nothing is said): so
            # much does a broker grow in a flood that everybody hears at once. The body of a message leaves the disk with it, too.
            f"raft.wal_max_size_bytes = {WRITE_AHEAD_BYTES}",
            "log.console = true",
            "log.console.level = warning",
            "log.file.level = info",
        ]
        if self._management:
            lines += ["management.tcp.ip = 127.0.0.1", f"management.tcp.port = {self.ports.management}"]
        return "\n".join(lines) + "\n"

    def _environment(self) -> dict[str, str]:
        base, ports = self._base, self.ports
        return {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
            "HOME": f"{base}/home",
            "RABBITMQ_NODENAME": _NODE,
            "RABBITMQ_CONF_ENV_FILE": f"{base}/rabbitmq-env.conf",
            "RABBITMQ_CONFIG_FILE": f"{base}/rabbitmq.conf",
            "RABBITMQ_ADVANCED_CONFIG_FILE": f"{base}/advanced.config",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{base}/enabled_plugins",
            "RABBITMQ_MNESIA_BASE": f"{base}/data",
            "RABBITMQ_LOG_BASE": f"{base}/log",
            "RABBITMQ_GENERATED_CONFIG_DIR": f"{base}/schema",
            "RABBITMQ_PID_FILE": f"{base}/node.pid",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(ports.amqp),
            "RABBITMQ_DIST_PORT": str(ports.distribution),
            "RABBITMQ_CTL_DIST_PORT_MIN": str(ports.control),
            "RABBITMQ_CTL_DIST_PORT_MAX": str(ports.control + BrokerPorts.CONTROL_PORTS - 1),
            "ERL_EPMD_PORT": str(ports.epmd),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            # Without it the distribution port listens on every address.
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
        }

    def _end_epmd(self) -> None:
        """End the epmd on our port only."""
        program = shutil.which("epmd", path="/usr/bin:/usr/local/bin")
        if program is None:
            return
        # It refuses while a node is registered, which a dying node may be for a moment.
        for _ in range(20):
            subprocess.run([program, "-kill"], env=self._environment(), cwd="/", capture_output=True, check=False)
            if not _listens(self.ports.epmd):
                return
            time.sleep(0.1)


def _without_leader(state: BrokerState) -> str:
    shown = ", ".join(state.leaderless[:_SHOWN_QUEUES])
    more = len(state.leaderless) - _SHOWN_QUEUES
    return f"has queues without a leader: {shown}" + (f" and {more} more" if more > 0 else "")


def _speaks_amqp(port: int) -> bool:
    """Whether the greeting of AMQP 0-9-1 is answered with `connection.start` (class 10, method 10)."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as connection:
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            return connection.recv(11)[7:11] == b"\x00\x0a\x00\x0a"
    except OSError:
        return False


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
