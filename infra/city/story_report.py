"""What a story came to: for people as lines, for programs as JSON."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from rich.console import Console
from rich.text import Text


@dataclass(frozen=True, slots=True)
class Check:
    """One expectation: where it stands in the story, what was expected, and what was found."""

    place: str
    expected: Any
    got: Any

    @property
    def passed(self) -> bool:
        """Whether what was found is what was expected."""
        return bool(self.expected == self.got)


@dataclass(frozen=True, slots=True)
class StepResult:
    """One step, played."""

    at: date
    note: str | None
    checks: tuple[Check, ...]
    state: dict[str, Any]
    """Everything that was seen, ready for JSON."""


@dataclass(slots=True)
class StoryResult:
    """One story, played. `trouble` is set where it could not be played to its end."""

    story: str
    file: str
    steps: list[StepResult] = field(default_factory=list)
    trouble: str | None = None

    @property
    def failures(self) -> list[Check]:
        """Expectations that were not met."""
        return [check for step in self.steps for check in step.checks if not check.passed]

    @property
    def passed(self) -> bool:
        """Whether it was played to its end and met every expectation."""
        return self.trouble is None and not self.failures


def as_json(results: Sequence[StoryResult]) -> list[dict[str, Any]]:
    """All results, ready for JSON."""
    return [
        {
            "story": result.story,
            "file": result.file,
            "passed": result.passed,
            "trouble": result.trouble,
            "steps": [{"at": step.at.isoformat(), **step.state, "checks": _checks(step.checks)} for step in result.steps],
        }
        for result in results
    ]


def _checks(checks: Iterable[Check]) -> list[dict[str, Any]]:
    return [{"place": one.place, "expected": plain(one.expected), "got": plain(one.got), "passed": one.passed} for one in checks]


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(str(each) for each in value)
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def print_result(result: StoryResult, console: Console) -> None:
    """Print one story: a line per expectation, with what was found where it was not met."""
    for line in lines(result):
        console.print(line)


def lines(result: StoryResult) -> Iterable[Text]:
    """The lines about one story."""
    yield Text(f"{result.story}  ({result.file})", style="bold")
    for step in result.steps:
        yield Text(f"  {step.at}" + (f"  {step.note}" if step.note else ""))
        for check in step.checks:
            yield _line(check)
    if result.trouble:
        yield Text(f"  not played to its end: {result.trouble}", style="red")
    met = sum(len(step.checks) for step in result.steps) - len(result.failures)
    yield Text(f"  {'passed' if result.passed else 'FAILED'}: {met} expectations met, {len(result.failures)} not\n")


def _line(check: Check) -> Text:
    if check.passed:
        return Text(f"    ok    {check.place}: {spelled(check.got)}", style="green")
    return Text(f"    FAIL  {check.place}: expected {spelled(check.expected)}, got {spelled(check.got)}", style="red")


def spelled(value: Any) -> str:
    """A value in one line."""
    found = plain(value)
    if isinstance(found, list):
        return "[" + ", ".join(spelled(each) for each in found) + "]"
    if isinstance(found, dict):
        return "{" + ", ".join(f"{key}: {spelled(each)}" for key, each in found.items()) + "}"
    return {None: "none", True: "true", False: "false"}.get(found, str(found)) if found is None or isinstance(found, bool) else str(found)
