"""
Brings drawn bundles and rosters to a stack that runs, as a program of its own: one line of JSON for each case, so that whoever watches
knows which one hangs, and sees what the program holds.

    python -m infra.city.fuzzing.bringing ROOT (bundle | roster) SEED FROM TO

Rosters become `pupil.registered` as on a school's computer, are packed there, and are then brought like any other.
"""

import asyncio
import gc
import json
import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import uuid4

import pyrage

from contracts.values import ServiceName, Source
from infra.city.fuzzing import bundles, rosters
from infra.city.fuzzing.bundles import MEDIUM, SOURCES, TAKEN, WITHDRAWN, City, Step
from infra.city.fuzzing.mutating import MARK
from infra.city.story_inlets import media
from infra.clock import clock_of
from infra.local.access import Access
from infra.local.deciding import work_at
from infra.logs import configure

HANGS_AFTER = 20.0
MEMORY_MOST = 6 * 2**30
"""Bytes of addresses: a bomb that goes off ends in an error of this program, not of the machine."""

TOGETHER = 10
"""So many are brought at once; of a program that hangs or breaks the same number is gone past."""

_MEDIA = "services.ingest.inlets.media"


@dataclass(slots=True)
class Said:
    """What is told of a case: what came of each step, whose marks may be kept, and what is wrong with that."""

    number: int
    came: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Return it as JSON."""
        return json.dumps({"number": self.number, "came": self.came, "kept": self.kept, "faults": self.faults})


class Bringer:
    """Brings cases by what a city's `tsunagu media import` uses."""

    def __init__(self, importer: Any, settings: Any, seed: int, city: City) -> None:
        self._importer = importer
        self._settings = settings
        self._seed = seed
        self._city = city
        self._faults = import_module(f"{_MEDIA}.school.faults")
        self._people = import_module(f"{_MEDIA}.store").People

    async def admit(self, number: int) -> None:
        """Have the city know the keys that sign the cases from a number on."""
        keeping = import_module(f"{_MEDIA}.keeping")
        async with work_at(ServiceName.INGEST, self._settings) as work:
            await keeping.register_signer(work, _hex(bundles.signer_of(self._seed, number)), SOURCES, "fuzz")
            if number:
                return
            await keeping.register_signer(work, _hex(bundles.signer(self._seed, "nothing")), [Source.RESIDENT_REGISTRY], "fuzz")
            revoked = await keeping.register_signer(work, _hex(bundles.signer(self._seed, "revoked")), SOURCES, "fuzz")
            await keeping.revoke_signer(work, revoked, "fuzz")
            for medium in (MEDIUM, WITHDRAWN):
                await keeping.register_medium(work, medium)
            await keeping.withdraw_medium(work, WITHDRAWN, "fuzz")

    async def bundle(self, number: int) -> Said:
        """Bring the bundles of a case."""
        case, said = bundles.drawn(self._seed, number, self._city), Said(number)
        for step in case.steps:
            await self._bring(case.kind, step, said)
        return said

    async def roster(self, number: int) -> Said:
        """Read a roster, and bring what comes of it."""
        case, said = rosters.drawn(self._seed, number), Said(number)
        packed = await self._guarded("roster", said, asyncio.to_thread(self._packed, case.content, number))
        if packed is not None:
            await self._bring("roster", Step(packed, bundles.ANY, marks=case.marks), said)
        return said

    def _packed(self, content: bytes, number: int) -> bytes:
        """What a school's computer makes of a roster (`pack --oneroster`). Raises NotTaken."""
        school = f"{_MEDIA}.school"
        oneroster, packing, tables = (import_module(f"{school}.{name}") for name in ("oneroster", "packing", "tables"))
        pupils = oneroster.pupils(content)
        if rosters.LEFT_BEHIND in repr(pupils):
            raise AssertionError("a password, or a way to reach somebody, was read")
        files = {f"{oneroster.EVENT_TYPE}.csv": tables.written(oneroster.COLUMNS, pupils)}
        batch = packing.Batch(
            batch_id=uuid4(),
            source=Source.PUPIL_REGISTRY.value,
            school_year=2026,
            made_at=self._city.now,
            made_by="fuzz",
            media_id=MEDIUM,
            sequence=bundles.CASES_OF_A_SIGNER + 1 + number % bundles.CASES_OF_A_SIGNER,
        )
        signer = import_module(f"{school}.bundle").Signer(bundles.signer_of(self._seed, number))
        packed: bytes = packing.packed(batch, files, signer=signer, recipient=self._city.recipient)
        return packed

    async def _bring(self, kind: str, step: Step, said: Said) -> None:
        taken = await self._guarded(kind, said, self._importer.take(step.content, self._people(*step.people), gap=step.gap))
        if taken is not None:
            said.came.append(TAKEN)
            said.came += [f"row {outcome}" for outcome in taken.outcomes]
            said.kept += step.marks
        if step.expects and said.came and not step.expects & {each for each in said.came[-3:] if not each.startswith("row ")}:
            said.faults.append(f"{kind}: {said.came[-1]}, not {' or '.join(sorted(step.expects)[:5])}")

    async def _guarded(self, kind: str, said: Said, work: Any) -> Any:
        """Return what comes of something; None where it is refused by a name, and a fault where it ends otherwise."""
        try:
            async with asyncio.timeout(HANGS_AFTER):
                return await work
        except self._faults.NotTaken as refused:
            said.came.append(refused.code)
            if any(word in str(refused) for word in (MARK, rosters.LEFT_BEHIND)):
                said.faults.append(f"{kind}: {refused.code} tells a value")
        except TimeoutError:
            said.faults.append(f"{kind}: no end in {HANGS_AFTER:.0f} s")
        except Exception as error:  # noqa: BLE001 -- this is what is looked for
            said.faults.append(f"{kind}: {type(error).__name__} at {_place(error)}")
        return None


def _place(error: BaseException) -> str:
    """Where an error was raised: file and line, and nothing that it says."""
    at = error.__traceback__
    while at is not None and at.tb_next is not None:
        at = at.tb_next
    return f"{Path(at.tb_frame.f_code.co_filename).name}:{at.tb_lineno}" if at is not None else "?"


def _hex(key: Any) -> str:
    public: str = key.public_key().public_bytes_raw().hex()
    return public


async def bring(root: Path, kind: str, seed: int, numbers: range) -> None:
    """Bring the cases of these numbers, and tell of each."""
    settings = media().settings_at(Access.to(root))
    recipient = str(pyrage.x25519.Identity.from_str(settings.media_identity.get_secret_value()).to_public())
    now = clock_of(settings.clock_file).now().replace(minute=0, second=0, microsecond=0)
    async with media().importing(settings) as importer:
        bringer = Bringer(importer, settings, seed, City(recipient, now))
        await bringer.admit(0)
        for number in sorted({numbers.start, *range(0, numbers.stop, bundles.CASES_OF_A_SIGNER)} & set(numbers)):
            await bringer.admit(number)
        for begin in range(numbers.start, numbers.stop, TOGETHER):
            _tell(await asyncio.gather(*(getattr(bringer, kind)(number) for number in numbers[begin - numbers.start :][:TOGETHER])))
            gc.collect()


def _tell(said: Sequence[Said]) -> None:
    for each in said:
        sys.stdout.write(f"{each.line()}\n")
    sys.stdout.flush()


def main(words: list[str]) -> None:
    """Run the program."""
    root, kind, seed, begin, end = words
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MOST, MEMORY_MOST))
    configure(ServiceName.INGEST, "ERROR")
    if kind == "bundle":
        bundles.prepare()
    asyncio.run(bring(Path(root), kind, int(seed), range(int(begin), int(end))))


if __name__ == "__main__":
    main(sys.argv[1:])
