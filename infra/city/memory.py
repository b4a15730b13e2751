"""Memory of processes, read from /proc: what a part of the stack really takes, what it shares counted once."""

from pathlib import Path

from infra.city.cpu import descendants

KIB = 1024


def memory_bytes(pid: int) -> int:
    """
    Bytes that a process and all its living descendants hold. Zero if it is gone.

    PostgreSQL's processes share their buffers: the proportional size (Pss, proc_pid_smaps(5)) divides a shared page among those who map
    it, so that the sum is right. Where that file is closed to us, the resident size, which counts it for each.
    """
    return own_bytes(pid) + started_bytes(pid)


def started_bytes(pid: int) -> int:
    """Bytes that all living descendants of a process hold, and it does not."""
    return sum(own_bytes(each) for each in descendants(pid))


def own_bytes(pid: int) -> int:
    """Bytes that a process holds by itself. Zero if it is gone."""
    return _field(pid, "smaps_rollup", "Pss:") or _field(pid, "status", "VmRSS:")


def _field(pid: int, file: str, name: str) -> int:
    """A size of /proc/<pid>/<file>; zero where it cannot be read."""
    try:
        lines = Path(f"/proc/{pid}/{file}").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * KIB for line in lines if line.startswith(name)), 0)
