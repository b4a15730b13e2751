"""An owner's CSV, whatever its columns are called, as a file for a bundle: by the adapter files of nightly extracts."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from services.ingest.domain.admission import Inlet
from services.ingest.domain.extracts.adapter import Adapter
from services.ingest.domain.extracts.mapping import always_open
from services.ingest.inlets.extract.trying import tried
from services.ingest.inlets.media.files import files_of
from services.ingest.inlets.media.importing import FAULTS_MAX
from services.ingest.inlets.media.school.tables import ROWS_MAX


class NotMapped(Exception):
    """A row, or the whole file, is not as the adapter says. Tells rows, columns and codes, never a value."""


def mapped(file: Path, adapter: Adapter, *, today: date, now: datetime) -> tuple[str, bytes, int]:
    """Return the name of the file that `pack` takes, its content in UTF-8, and how many rows it has. Raises NotMapped."""
    door = replace(always_open(adapter, today, now), inlet=Inlet.MEDIA)
    trial = tried(file, adapter, door, show=ROWS_MAX)
    if trial.whole is not None:
        raise NotMapped(f"{trial.whole.code} row {trial.whole.row} byte {trial.whole.octet}")
    if trial.faults or trial.deleted or trial.records > ROWS_MAX:
        told = [f"row {fault.row} {fault.column}: {fault.code}" for fault in trial.faults[:FAULTS_MAX]]
        raise NotMapped("\n".join([*told, f"{trial.refused:,} rows refused, {trial.deleted:,} marked as taken back"]))
    [(name, content)] = files_of(trial.first).items() or [(f"{adapter.event_type}.csv", b"")]
    return name, content, trial.records
