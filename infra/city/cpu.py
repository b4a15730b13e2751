"""CPU time of processes, read from /proc: what a part of the stack really costs."""

import os
from collections.abc import Mapping
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_UTIME, _CSTIME = 11, 15
"""Places after the name in /proc/<pid>/stat: own user time … children's system time (proc_pid_stat(5), fields 14 to 17)."""


def cpu_seconds(pid: int) -> float:
    """CPU seconds of a process, of its children that ended, and of all its descendants that live. Zero if it is gone."""
    return sum(_own_seconds(each) for each in (pid, *descendants(pid)))


def own_cpu_seconds() -> float:
    """CPU seconds of this process alone: the stack that it started is counted by its parts."""
    return sum(os.times()[:2])


def used(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """What each part used between two readings."""
    return {name: round(after[name] - before.get(name, 0.0), 3) for name in after}


def _own_seconds(pid: int) -> float:
    fields = _stat(pid)
    return sum(int(field) for field in fields[_UTIME:_CSTIME]) / _TICKS_PER_SECOND if fields else 0.0


def descendants(pid: int) -> list[int]:
    """All living processes that a process started, and those that these started."""
    parents = {int(entry.name): _parent(int(entry.name)) for entry in Path("/proc").iterdir() if entry.name.isdigit()}
    found, waiting = [], [pid]
    while waiting:
        current = waiting.pop()
        children = [child for child, parent in parents.items() if parent == current]
        found += children
        waiting += children
    return found


def _parent(pid: int) -> int:
    fields = _stat(pid)
    return int(fields[1]) if fields else 0


def _stat(pid: int) -> list[str]:
    """The fields after the name, which may hold spaces and brackets."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return []
