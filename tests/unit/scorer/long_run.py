"""`python -m tests.unit.scorer.long_run --from 0 --to 100000`: service and oracle over many histories; what differs is said at once."""

import argparse
import sys

from tests.unit.scorer.test_oracle import compared

EVERY = 5_000


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Compare them; what differs is printed at once. Returns 1 where anything did."""
    options = argparse.ArgumentParser()
    options.add_argument("--from", dest="first", type=int, default=0)
    options.add_argument("--to", dest="end", type=int, default=100_000)
    asked = options.parse_args()
    found = 0
    for number in range(asked.first, asked.end):
        for difference in compared(number):
            found += 1
            _say(difference)
        if (number + 1) % EVERY == 0:
            _say(f"{number + 1 - asked.first} histories, {found} differences")
    _say(f"histories {asked.first} to {asked.end - 1}: {found} differences")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
