"""A log in files grows, and whatever is changed below what stands there is refused, wherever it is (RFC 6962 §2.1.2)."""

import random
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from services.audit.domain.note import Checkpoint, read_checkpoint
from services.audit.offline.command import main
from services.audit.offline.growing import Growth, HistoryDiffers
from tests.unit.audit import reference

LEAVES = [f"entry {number}".encode() for number in range(1200)]


def grow(root: Path, old: Checkpoint | None, leaves: Sequence[bytes], *, keeps_entries: bool = True) -> Checkpoint:
    """Let the folder grow to a log of these leaves, whatever they are."""
    text = reference.checkpoint(leaves)
    new, _ = read_checkpoint(text)
    growth = Growth(root, old, new, keeps_entries)
    for bundle in growth.wanted():
        growth.add(bundle, leaves[bundle.first : bundle.last + 1])
    growth.finish(reference.note(text))
    return new


def test_a_log_that_grew_in_any_steps_is_the_one_that_was_written_at_once(tmp_path: Path) -> None:
    chance = random.Random(1)  # noqa: S311 -- sizes, not secrets
    for trial in range(12):
        root, old = tmp_path / str(trial), None
        for size in sorted(chance.sample(range(len(LEAVES)), 4)):
            old = grow(root, old, LEAVES[:size])
            assert main(["log", str(root), "--vkey", reference.vkey()]) == 0


@pytest.mark.parametrize("keeps_entries", [True, False])
def test_a_change_anywhere_below_what_stands_there_is_refused_though_the_new_log_is_signed(tmp_path: Path, *, keeps_entries: bool) -> None:
    chance = random.Random(2)  # noqa: S311 -- sizes, not secrets
    passed = []
    for trial in range(60):
        before, after = sorted(chance.sample(range(1, 700), 2))
        changed = chance.randrange(before)
        root = tmp_path / str(trial)
        old = grow(root, None, LEAVES[:before], keeps_entries=keeps_entries)
        try:
            grow(root, old, [*LEAVES[:changed], b"another", *LEAVES[changed + 1 : after]], keeps_entries=keeps_entries)
            passed.append((before, after, changed))
        except HistoryDiffers:
            shutil.rmtree(root / ".growing")
    assert passed == []


def test_entries_taken_away_or_put_in_are_refused(tmp_path: Path) -> None:
    for trial, told in enumerate(
        (LEAVES[1:400], [b"one more", *LEAVES[:400]], LEAVES[:299], [*LEAVES[:297], LEAVES[298], LEAVES[297], *LEAVES[299:400]])
    ):
        old = grow(tmp_path / str(trial), None, LEAVES[:300])
        with pytest.raises(HistoryDiffers):
            grow(tmp_path / str(trial), old, told)


def test_entries_that_do_not_lead_to_the_root_leave_nothing_in_its_place(tmp_path: Path) -> None:
    old = grow(tmp_path, None, LEAVES[:300])
    before = sorted(tmp_path.rglob("*"))
    growth = Growth(tmp_path, old, read_checkpoint(reference.checkpoint(LEAVES[:600]))[0])
    for bundle in growth.wanted():
        growth.add(bundle, [*LEAVES[bundle.first : bundle.last], b"a lie"])

    with pytest.raises(HistoryDiffers, match="do not lead to the root"):
        growth.finish("")

    shutil.rmtree(tmp_path / ".growing")
    assert sorted(tmp_path.rglob("*")) == before
    assert grow(tmp_path, old, LEAVES[:600]).size == 600
