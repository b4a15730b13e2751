"""Parts of the log that leave it: who may decide, what counts as taken away, and files that are none (audit.md §5, export)."""

import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from contracts.deeds import audit as deeds
from services.audit.domain.extracts import Asked, Kind, NotAllowed, Of, why_not_decide
from services.audit.domain.published.keys import parse_key
from services.audit.domain.soundness.findings import Outcome
from services.audit.misusing import TAKEN_AWAY
from services.audit.offline.command import main
from services.audit.offline.extracts import LARGEST_EXTRACT, LARGEST_PART, verify_extract
from services.audit.offline.folder import NotReadable
from services.audit.offline.log import Trust
from tests.unit.audit import reference
from tests.unit.audit.builders import NOON

TRUST = Trust([parse_key(reference.vkey())])
ASKED_BY, OTHER = UUID(int=1), UUID(int=2)
ASKED = Asked(
    UUID(int=3), Kind.EVIDENCE, Of.ACTOR, str(OTHER), None, None, "misuse_inquiry", (), None, 9, 9, ASKED_BY, "security_officer", NOON
)


@pytest.mark.parametrize("of_kind", Of)
def test_nobody_decides_on_what_they_did_nor_on_what_was_done_to_them(of_kind: Of) -> None:
    """Whoever logs in stands in the log as a thing, too."""
    asked = replace(ASKED, of_kind=of_kind)

    assert why_not_decide(asked, None, OTHER) is NotAllowed.ABOUT_THEMSELF
    assert why_not_decide(asked, None, ASKED_BY) is NotAllowed.OWN_REQUEST
    assert why_not_decide(asked, None, UUID(int=4)) is None


def test_what_leaves_the_log_counts_as_taken_away_with_a_signature_and_without() -> None:
    assert {deeds.EXTRACTED.code, deeds.EXTRACT_TAKEN.code} <= set(TAKEN_AWAY)


def verified(file: Path) -> int:
    return main(["extract", str(file), "--vkey", reference.vkey()])


def test_a_file_with_any_byte_changed_is_told_of_and_breaks_nothing(tmp_path: Path) -> None:
    file = tmp_path / "extract.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("manifest", "報告.csv"):
            archive.writestr(name, f"{name} " * 20)
    whole = file.read_bytes()

    outcomes, refused = set(), 0
    for place in range(len(whole)):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            outcomes.add(verify_extract(file, TRUST)[1].outcome)
        except NotReadable:
            refused += 1
    # Never sound, and never a fault of the verifier's own.
    assert outcomes == {Outcome.TAMPERED}
    assert 0 < refused < len(whole)


def test_a_file_that_is_small_and_would_be_large_is_not_unpacked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    many, liar, other = (tmp_path / name for name in ("many.zip", "liar.zip", "other.zip"))
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(LARGEST_EXTRACT // LARGEST_PART + 1):
            archive.writestr(f"entries/{number}.json", b"")
            archive.filelist[-1].file_size = LARGEST_PART
    with zipfile.ZipFile(liar, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest", bytes(32 * LARGEST_PART // 8))
        archive.filelist[-1].file_size = 10
    with zipfile.ZipFile(other, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("manifest", b"")

    tracemalloc.start()
    codes = [verified(each) for each in (many, liar, other)]
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert codes == [3, 3, 3]
    assert most < LARGEST_PART
    assert "all of them are" in capsys.readouterr().err
