"""How far the load of a city has come, kept in the data folder: killed at any moment, it goes on after the last block that was answered."""

import json
import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Self

from contracts.values import Source
from infra.city.sources import FIRST_THREE
from infra.city.whole.blocks import Plan
from infra.local.root import CannotDo

FILE = "city.json"
NIGHT = "night "
"""What the name of a night's stage begins with; its number follows."""


class OtherCity(CannotDo):
    """The data folder holds another city than the one that was asked for, or what no load of a city put there."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of the run that is over: how many events, and seconds from its first publication until all was at rest."""

    name: str
    day: date
    events: int
    seconds: float


@dataclass(slots=True)
class Journal:
    """
    What is done for good. Written anew, as a whole, whenever something more is.

    `distinct` counts the different events of all that is done; with what was published since they are what ingest must have answered.
    """

    root: Path
    plan: Plan
    sessions: int = 0
    """How often the run was begun: once, and again after each interruption."""
    blocks: int = 0
    """Blocks that ingest has answered, from the first on."""
    distinct: Counter[Source] = field(default_factory=Counter)
    loading_seconds: float = 0.0
    day: date | None = None
    """The day on which the stack's clock was set last. It never goes back: what was due on a day that began would be done twice."""
    stages: list[Stage] = field(default_factory=list)

    @classmethod
    def of(cls, root: Path, plan: Plan) -> Self:
        """Return the journal of `plan` in `root`, begun where there is none. Raises OtherCity."""
        kept = cls.kept_in(root)
        if kept is None and (root / "stack.json").exists():
            raise OtherCity(f"{root} holds a stack that no load of a city began; give an empty folder, or that of a load to go on with")
        if kept is not None and kept.plan != plan:
            raise OtherCity(f"{root} holds another city ({_words(kept.plan)}) than {_words(plan)}; give another folder")
        return kept or cls(root, plan)

    @classmethod
    def kept_in(cls, root: Path) -> Self | None:
        """Return the journal in `root`, or None where there is none."""
        try:
            told = json.loads((root / FILE).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:
            raise OtherCity(f"{root / FILE} is no journal of a city") from None
        return cls(
            root,
            _plan(told["plan"]),
            told["sessions"],
            told["blocks"],
            Counter({Source(source): n for source, n in told["distinct"].items()}),
            told["loading_seconds"],
            date.fromisoformat(told["day"]),
            [Stage(**(stage | {"day": date.fromisoformat(stage["day"])})) for stage in told["stages"]],
        )

    @property
    def today(self) -> date:
        """The stack's day."""
        return self.day or self.plan.today

    @property
    def events(self) -> int:
        """How many different events are done."""
        return self.distinct.total()

    @property
    def nights(self) -> int:
        """How many nights after the load are over."""
        return len([stage for stage in self.stages if stage.name.startswith(NIGHT)])

    def is_over(self, stage: str) -> bool:
        """Whether a stage was finished, in this session or an earlier one."""
        return any(each.name == stage for each in self.stages)

    def begin(self, day: date) -> None:
        """A day begins: the first session's, that of an interruption once more, or that of a night."""
        self.day = max(day, self.today)
        self.save()

    def block_done(self, distinct: Mapping[Source, int], seconds: float) -> None:
        """One more block was answered, `seconds` after what was done last."""
        self.blocks += 1
        self.distinct.update(distinct)
        self.loading_seconds += seconds
        self.save()

    def stage_done(self, stage: Stage, distinct: Mapping[Source, int] | None = None) -> None:
        """A stage is over, and everything at rest."""
        self.stages.append(stage)
        self.distinct.update(distinct or {})
        self.save()

    def save(self) -> None:
        """Write it. A reader never sees half of it, and a kill leaves the old one or the new one."""
        told: dict[str, Any] = {
            "plan": asdict(self.plan),
            "sessions": self.sessions,
            "blocks": self.blocks,
            "distinct": dict(self.distinct),
            "day": self.today,
            "loading_seconds": round(self.loading_seconds, 3),
            "stages": [asdict(stage) for stage in self.stages],
        }
        self.root.mkdir(mode=0o711, parents=True, exist_ok=True)
        draft = self.root / f"{FILE}.{os.getpid()}.new"
        draft.write_text(json.dumps(told, indent=1, default=str), encoding="utf-8")
        draft.replace(self.root / FILE)


def _plan(told: Mapping[str, Any]) -> Plan:
    """Of the first three sources, where the journal is of a release that had no others."""
    sources = tuple(Source(source) for source in told.get("sources", FIRST_THREE))
    return Plan(**{**told, "today": date.fromisoformat(told["today"]), "sources": sources})


def _words(plan: Plan) -> str:
    size = f"{plan.children:,} children and {plan.residents:,} residents in blocks of {plan.block:,} children"
    return f"seed {plan.seed}, {plan.today}, {size}, {len(plan.sources)} sources"
