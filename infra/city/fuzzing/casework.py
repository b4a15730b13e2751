"""
`tsunagu fuzz casework`: the whole API of the wards' staff, by several of them, on a demonstration that runs.

No answer is a server's error, and each is one that the document declares; afterwards the service has logged no error, every book of the
stack balances, and the audit log is whole.
"""

import asyncio
import json
import re
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
from rich.console import Console

from contracts.values import ServiceName
from infra.city import conservation
from infra.city.conservation import Check
from infra.city.fuzzing import people, program
from infra.city.fuzzing.run import of_log
from infra.clock import clock_of
from infra.identity.credentials import code_at
from infra.identity.demonstration import Credential, read_credentials
from infra.local.access import Access
from infra.local.root import CannotDo
from infra.printing import table

SHARES = {"hakata.lead": 0.4, "hakata.clerk": 0.3, "higashi.health": 0.2, "coordinator": 0.06, "security.officer": 0.04}
"""Who tries what share of the cases: most by those who may change something."""

OPERATIONS = 5
_CHILD = re.compile(r'"person_id":\s*"([0-9a-f-]{36})"')


@dataclass(frozen=True, slots=True)
class Door:
    """Casework as somebody who is logged in reaches it."""

    url: str
    cookie: str
    children: tuple[str, ...]


@dataclass(slots=True)
class Tries:
    """What was sent by whom, and what was found."""

    cases: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    took: float = 0.0

    @property
    def holds(self) -> bool:
        """Whether all that must hold does."""
        return not self.found and all(check.holds is not False for check in self.checks)

    def as_json(self) -> str:
        """Return it for a program."""
        told = {"holds": self.holds, "cases": self.cases, "found": self.found, "took_seconds": round(self.took, 1)}
        return json.dumps({**told, "checks": [asdict(check) for check in self.checks]}, indent=1, ensure_ascii=False)

    def show(self, console: Console) -> None:
        """Print it."""
        who = table("who", "cases")
        for login, cases in self.cases.items():
            who.add_row(login, f"{cases:,}")
        console.print(who)
        console.print(f"{self.cases.total():,} cases in {self.took:,.0f} s.")
        for line in self.found:
            console.print(line, style="bold red")
        checks = table("check", "", "figures")
        for check in self.checks:
            checks.add_row(check.name, "[green]holds[/]" if check.holds else "[bold red]FAILS[/]", check.figures)
        console.print(checks)


def fuzz(root: Path, cases: int, seed: int, console: Console) -> Tries:
    """Try a demonstration that runs: its cases are moved about. Raises CannotDo where there is none."""
    try:
        staff = {each.login: each for each in read_credentials(root / "secrets/staff.json")}
    except FileNotFoundError:
        raise CannotDo(f"{root} has no people of a demonstration; start one with ./tsunagu demo") from None
    access, tries, began = Access.to(root), Tries(), time.monotonic()
    url, today = access.service_url(ServiceName.CASEWORK), clock_of(access.clock_file).today()
    for login, share in SHARES.items():
        console.print(f"{login}: {round(cases * share):,} cases …")
        door = come_in(url, staff[login])
        found = tried(door, round(cases * share), seed, today)
        tries.cases[login] += found.cases
        tries.found += [f"{login}: {line}" for line in found.found]
    tries.took = time.monotonic() - began
    tries.checks.append(of_log(root, ServiceName.CASEWORK))
    balances = asyncio.run(conservation.check(root))
    tries.checks += [check for check in balances.checks if check.holds is False] or [
        Check("conservation", holds=True, figures="every balance")
    ]
    return tries


def come_in(url: str, who: Credential) -> Door:
    """Log in, and look whom the list shows."""
    return entered(url, who.login, who.password, code_at(who.totp_secret, datetime.now(UTC)))


def entered(url: str, login: str, password: str, code: str) -> Door:
    """Log in with a one-time code, and look whom the list shows. Raises CannotDo where the login is refused."""
    with httpx.Client(base_url=url, headers={"origin": url}) as http:
        answer = http.post("/login", data={"login": login, "password": password, "code": code})
        if answer.status_code != httpx.codes.SEE_OTHER:
            raise CannotDo(f"{login} is not let in ({answer.status_code}): a one-time code works once, wait half a minute")
        cookie = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
        listed = http.get("/v1/reviews").text
    return Door(url, cookie, tuple(dict.fromkeys(_CHILD.findall(listed))))


def tried(door: Door, cases: int, seed: int, today: date) -> program.Tried:
    """Try about so many cases as whoever came in by a door, on the day of the service."""
    who = ("--header", f"Cookie: {door.cookie}", "--header", f"Origin: {door.url}")
    hooks = {"SCHEMATHESIS_HOOKS": people.__name__, people.CHILDREN: ",".join(door.children), people.COOKIE: door.cookie}
    # Of a move most can be said: it gets what the others, which are questions, leave.
    return program.tried(
        f"{door.url}/openapi.json",
        door.url,
        who,
        cases=cases,
        each=max(1, cases // 3),
        seed=seed,
        more={**hooks, people.SEED: str(seed), people.TODAY: today.isoformat(), "PYTHONPATH": str(_ROOT)},
    )


_ROOT = Path(__file__).parents[3]
