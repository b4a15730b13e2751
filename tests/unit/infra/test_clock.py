from datetime import UTC, date, datetime
from pathlib import Path

from infra.clock import FileClock, FixedClock, freeze, shift


def test_a_day_begins_in_japan_not_in_greenwich() -> None:
    assert date(2026, 4, 1) == FixedClock(datetime(2026, 3, 31, 15, 0, tzinfo=UTC)).today()
    assert date(2026, 3, 31) == FixedClock(datetime(2026, 3, 31, 14, 59, tzinfo=UTC)).today()


def test_a_clock_that_is_set_is_seen_at_once(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    clock = FileClock(file)
    for day in range(1, 20):
        at = datetime(2026, 4, day, 3, 0, tzinfo=UTC)

        freeze(file, at)

        assert at == clock.now()


def test_a_shifted_clock_runs(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    clock = FileClock(file)

    shift(file, -86_400)

    difference = datetime.now(UTC) - clock.now()
    assert 86_399 < difference.total_seconds() < 86_401


def test_without_a_file_it_is_the_system_clock(tmp_path: Path) -> None:
    assert abs((FileClock(tmp_path / "none").now() - datetime.now(UTC)).total_seconds()) < 1


def test_a_frozen_clock_whose_file_is_deleted_runs_again(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    clock = FileClock(file)
    freeze(file, datetime(2020, 1, 1, tzinfo=UTC))
    assert clock.now().year == 2020

    file.unlink()

    assert abs((clock.now() - datetime.now(UTC)).total_seconds()) < 1
    freeze(file, datetime(2021, 1, 1, tzinfo=UTC))
    assert clock.now().year == 2021


def test_a_clock_whose_file_is_deleted_while_it_is_read_runs(tmp_path: Path) -> None:
    class Vanishing(type(Path())):  # type: ignore[misc]
        def read_text(self, *_: object, **__: object) -> str:
            self.unlink()
            raise FileNotFoundError(self)

    path = tmp_path / "clock.json"
    freeze(path, datetime(2026, 4, 1, tzinfo=UTC))

    assert FileClock(Vanishing(path)).now() > datetime(2026, 4, 2, tzinfo=UTC)
