import logging
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import structlog

from infra.logs import _WithoutTexts, configure, whereabouts
from infra.telemetry import Telemetry, parcel_span

PERSONAL = "Key (person_no)=(0000123) already exists"


def failed() -> ValueError:
    return ValueError(PERSONAL)


def test_an_error_is_told_by_class_and_place_without_its_text() -> None:
    try:
        int("Key (person_no)=(0000123)")
    except ValueError as error:
        told = whereabouts(error)

    assert told["error"] == "builtins.ValueError"
    assert "test_an_error_is_told" in told["at"]
    assert "0000123" not in str(told)


def test_what_a_library_logs_of_an_error_has_no_text_of_it() -> None:
    error = failed()
    told = (ValueError, error, error.__traceback__)
    record = logging.LogRecord("uvicorn.error", logging.ERROR, "f", 1, "Exception in ASGI application", None, told)

    line = _WithoutTexts("%(name)s %(levelname)s").format(record)

    assert line.startswith("uvicorn.error ERROR")
    assert "builtins.ValueError" in line
    assert "0000123" not in line


def test_a_span_keeps_no_text_of_an_error() -> None:
    telemetry = Telemetry("test", sample_ratio=1.0)

    with pytest.raises(ValueError, match="person_no"), parcel_span(telemetry, "a parcel", []) as span:
        raise failed()

    assert "0000123" not in str(getattr(span, "status", ""))


def test_a_log_on_a_full_disk_fails_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    handlers = list(logging.getLogger().handlers)
    full = Path("/dev/full").open("w", encoding="utf-8", buffering=1)  # noqa: SIM115 -- closing it fails, as it must
    monkeypatch.setattr(sys, "stderr", full)
    configure("test", "INFO")
    try:
        structlog.get_logger("full").error("said.on_a_full_disk")
    finally:
        structlog.reset_defaults()
        structlog.contextvars.clear_contextvars()
        logging.getLogger().handlers[:] = handlers
        with suppress(OSError):
            full.close()
