"""
What it costs to bring a record into one spelling, in µs of CPU: `python -m tests.benchmarks.normalising [--records N]`.

Records of invented people, each written in one of several ways: as they come (few names and days, an address for each record), again
(everything was seen before), and each part alone, seen for the first time.
"""

import argparse
import random
import sys
import time
from datetime import date, timedelta

from contracts.writing import kana, names
from infra.city.names import BOYS, FATHERS, GIRLS, SURNAMES
from infra.city.spelling import half_width
from infra.city.towns import NAMES
from services.linker.domain.normalising import Raw, addresses, dates, latin, normalised

WARDS = ("東区", "博多区", "中央区", "南区", "城南区", "早良区", "西区")
PARTS = {
    "family": names.family,
    "given": names.given,
    "kana": kana.spelled,
    "birth": dates.birth,
    "address": addresses.address,
    "latin": latin.tokens,
}


def record(rng: random.Random) -> Raw:
    """One record, as one of several offices writes it."""
    (family, family_kana), (given, given_kana) = rng.choice(SURNAMES), rng.choice((*BOYS, *GIRLS))
    day = date(2008, 4, 2) + timedelta(days=rng.randrange(18 * 365))
    era = f"平成{day.year - 1988}年{day.month}月{day.day}日" if day < date(2019, 5, 1) else f"R{day.year - 2018}.{day.month}.{day.day}"
    a, b, c = rng.randint(1, 5), rng.randint(1, 60), rng.randint(1, 60)
    numbers = rng.choice((f"{a}丁目{b}番{c}号", f"{a}-{b}-{c}", f"{a}丁目{b}番地の{c}"))
    home = rng.choice(("", "", f" コーポ{rng.randint(1, 99)} {rng.randint(101, 999)}号室"))
    return Raw(
        family=family,
        given=given,
        family_kana=rng.choice((family_kana, half_width(family_kana))),
        given_kana=rng.choice((given_kana, half_width(given_kana))),
        birth_date=rng.choice((day.isoformat(), era, day.strftime("%Y/%m/%d"))),
        sex=rng.choice(("1", "2", "男", "女")),
        address=f"福岡県福岡市{rng.choice(WARDS)}{rng.choice(NAMES)}{numbers}{home}",
        household_no=str(rng.randrange(10**9)),
        guardian=f"{family}　{rng.choice(FATHERS)[0]}",
    )


def microseconds(records: list[Raw]) -> float:
    """CPU of one record."""
    begun = time.process_time()
    for each in records:
        normalised(each)
    return (time.process_time() - begun) / len(records) * 1e6


def alone() -> dict[str, float]:
    """CPU of each part, of texts that were not seen before: each has a figure of its own at its end."""
    texts = {
        "family": "髙﨑{}",
        "given": "陽葵{}",
        "kana": "ﾜﾀﾅﾍﾞ{}",
        "birth": "令和{}年4月１日",
        "address": "福岡市中央区天神一丁目{}番1号　コーポ天神503号室",
        "latin": "Nguyễn Thị Hoa {}",
    }
    costs = {}
    for name, read in PARTS.items():
        fresh = [texts[name].format(number) for number in range(20_000)]
        begun = time.process_time()
        for text in fresh:
            read(text)
        costs[name] = (time.process_time() - begun) / len(fresh) * 1e6
    return costs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    wanted = parser.parse_args()
    rng = random.Random(7)  # noqa: S311 - people are invented by chance
    records = [record(rng) for _ in range(wanted.records)]

    few = records[:5_000]
    lines = [f"as they come, {len(records)} records   {microseconds(records):6.1f} µs a record"]
    microseconds(few)
    lines += [f"again                          {microseconds(few):6.1f} µs a record"]
    lines += [f"{name:10} seen for the first time {cost:6.1f} µs" for name, cost in alone().items()]
    sys.stdout.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
