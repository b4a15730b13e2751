"""
Which processors a part may use, and how busy they were: without it, what two processes take beside one says more of the machine.

Where ingest, the servers and the senders share all processors, one process of ingest may leave nothing over for a second one. So a run
can be parted (so many processors for ingest, the others for everything else), and of every run is told what was full.
"""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from infra.city.cpu import descendants
from infra.local.root import CannotDo

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_IDLE, _IOWAIT, _TOLD = 3, 4, 8
"""Places in a line of /proc/stat (proc_stat(5)): user, nice, system, idle, iowait, irq, softirq, steal."""

ALL = "all processors"
OF_INGEST, OF_OTHERS = "ingest's processors", "the others"


@dataclass(frozen=True, slots=True)
class Cores:
    """Processors by number: those of ingest's processes, and those of servers and senders. Together where nothing is parted."""

    ingest: tuple[int, ...]
    others: tuple[int, ...]

    @property
    def groups(self) -> Mapping[str, tuple[int, ...]]:
        """What is told of, by name."""
        return {ALL: self.others} if self.ingest == self.others else {OF_INGEST: self.ingest, OF_OTHERS: self.others}

    @property
    def count(self) -> int:
        """How many there are."""
        return len({*self.ingest, *self.others})

    def of_process(self, number: int) -> tuple[int, ...]:
        """The processors of ingest's process of that number (from 0): one of its own while there are as many."""
        if self.ingest == self.others:
            return self.others
        return (self.ingest[number % len(self.ingest)],)


def parted(for_ingest: int) -> Cores:
    """So many processors for ingest, the others for everything else; 0: all share all. Raises CannotDo where none would be left."""
    there = tuple(sorted(os.sched_getaffinity(0)))
    if not for_ingest:
        return Cores(there, there)
    if for_ingest >= len(there):
        raise CannotDo(f"of {len(there)} processors {for_ingest} cannot be ingest's alone: one at least is left to servers and senders")
    return Cores(there[:for_ingest], there[for_ingest:])


def pin(pid: int, cores: Iterable[int]) -> None:
    """Have a process, its threads and all that it started use these processors only; what it starts later does as it does."""
    wanted = set(cores)
    for process in (pid, *descendants(pid)):
        with suppress(OSError):
            for thread in Path(f"/proc/{process}/task").iterdir():
                with suppress(ProcessLookupError):
                    os.sched_setaffinity(int(thread.name), wanted)


def busy_seconds() -> dict[int, float]:
    """How long each processor was at work since the machine was started, for whomever."""
    found = {}
    for line in Path("/proc/stat").read_text(encoding="ascii").splitlines():
        name, *numbers = line.split()
        if name.startswith("cpu") and name != "cpu":
            ticks = [int(number) for number in numbers[:_TOLD]]
            found[int(name[3:])] = (sum(ticks) - ticks[_IDLE] - ticks[_IOWAIT]) / _TICKS_PER_SECOND
    return found


def shares(cores: Cores, before: Mapping[int, float], after: Mapping[int, float], seconds: float) -> dict[str, float]:
    """Which share of each group's time was used between two readings, by whomever: 1 is full."""
    return {
        name: sum(after.get(core, 0.0) - before.get(core, 0.0) for core in group) / (len(group) * seconds)
        for name, group in cores.groups.items()
    }
