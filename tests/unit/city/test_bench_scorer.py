"""`tsunagu bench scorer`: that what it prints is what was measured."""

import io

from rich.console import Console

from infra.city.benchmarks.scorer import AIM_CHILDREN, Found

SPEED = {"count": 200_000, "seconds": 50.0, "cpu_us_python": 300.0, "cpu_us_postgres": 200.0, "bytes_python": 1_500_000_000}


def shown(children: int) -> str:
    simulated = {"threshold": {"seconds": 4.0, "limit_seconds": 2.0, "asked_again": 8_850}}
    again = {"real": SPEED, "limit": {**SPEED, "seconds": 25.0}, "ratio": 2.0, "rows_written": 1_234}
    told = {
        "children": children,
        "load_before": 0.1,
        "first": SPEED,
        "again": again,
        "simulated": simulated,
        "followed": {"one of a child": SPEED},
    }
    console = Console(file=io.StringIO(), width=300)
    Found(told).show(console)
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_a_whole_city_is_shown_beside_the_aims_and_a_smaller_one_is_not() -> None:
    whole, small = shown(AIM_CHILDREN), shown(1_000)

    assert "60 s" in whole
    assert "60 s" not in small
    for told in (whole, small):
        assert "2.00 times as long" in told
        assert "1,234 answers were others" in told
        assert "4,000" in told
