"""How files are dealt out to the processes of a test run: what shares a city stays together, and the longest come first."""

from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]

TOGETHER: dict[str, tuple[str, ...]] = {
    "faults": ("tests/faults/",),
    "servers of ingest": tuple(
        f"tests/integration/ingest/test_{name}.py"
        for name in ("certificates", "desk", "feeds", "gateway", "inlets", "quarantine", "receipts", "same_id", "standing", "turned_away")
    ),
    "servers of the runtime": (
        *(f"tests/integration/infra/test_{name}.py" for name in ("bus", "dead_letters", "queues", "readiness", "waiting")),
        "tests/integration/scorer/test_effect_over_the_bus.py",
    ),
}
"""Folders and files that share what is set up for them. A file that is forgotten here sets it up once more, for six seconds of CPU."""

LONGEST_FIRST = (
    "tests/faults/",
    "tests/system/test_whole_city.py",
    "tests/system/test_benchmark.py",
    "tests/system/",
    "tests/browser/",
    "tests/integration/casework/test_one_more_screen.py",
    *TOGETHER["servers of ingest"],
    *TOGETHER["servers of the runtime"],
    "tests/integration/",
    "tests/unit/linker/",
    "tests/unit/city/",
    "tests/",
)
"""In this order: one that takes minutes would otherwise begin when all the others are over. What is said first counts."""


class Dealer(LoadFileScheduling):  # type: ignore[misc]
    """Deals out a file at a time, and what stays TOGETHER as if it were one file."""

    def _split_scope(self, nodeid: str) -> str:
        return next((name for name, starts in TOGETHER.items() if nodeid.startswith(starts)), super()._split_scope(nodeid))


def turn(nodeid: str) -> int:
    """Return when it is the turn of a test: its place in LONGEST_FIRST."""
    return next(place for place, start in enumerate(LONGEST_FIRST) if nodeid.startswith(start))
