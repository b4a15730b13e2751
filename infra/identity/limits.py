"""How long somebody waits after failed logins: pure rules (infra/decisions/0016, NIST SP 800-63B §5.2.2)."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address

_IPV6_SITE = 64
"""Whoever has one IPv6 address has the 2⁶⁴ of its network (RFC 4291 §2.5.1), so the network is what is counted."""


class Counted(StrEnum):
    """What failures are counted by."""

    BROWSER = "browser"
    """A login in a browser in which that person came in before. Nobody else adds to it."""
    PAIR = "login and address"
    ADDRESS = "address"
    LOGIN = "login"


@dataclass(frozen=True, slots=True)
class Limit:
    """`free` failures cost nothing; then the wait doubles with each, up to `longest`. One failure is `forgiven` in that time."""

    free: int
    longest: timedelta
    forgiven: timedelta

    @property
    def most(self) -> int:
        """How many failures are counted at most: with these the wait is the longest."""
        return self.free + math.ceil(math.log2(self.longest.total_seconds()))

    def wait_after(self, failures: float) -> timedelta:
        """Return how long after the last of `failures` nothing more is read: up to `free` 0, then 2 s, 4 s, 8 s … `longest`."""
        if failures <= self.free:
            return timedelta()
        # The exponent is bounded before the power is taken.
        return min(timedelta(seconds=2 ** (min(failures, self.most) - self.free)), self.longest)

    def left(self, failures: float, elapsed: timedelta) -> float:
        """Return how many of `failures` are not forgiven after `elapsed`. A clock that went back forgives nothing."""
        return max(failures - max(elapsed, timedelta()) / self.forgiven, 0.0)

    def one_more(self, failures: float) -> float:
        """Return the count after another failure."""
        return min(failures + 1, float(self.most))

    def forgotten_after(self, failures: float) -> timedelta:
        """Return after which time nothing of `failures` is left."""
        return failures * self.forgiven


LIMITS: Mapping[Counted, Limit] = {
    Counted.BROWSER: Limit(3, timedelta(minutes=15), timedelta(hours=1)),
    Counted.PAIR: Limit(3, timedelta(minutes=15), timedelta(hours=1)),
    Counted.ADDRESS: Limit(10, timedelta(minutes=15), timedelta(minutes=10)),
    Counted.LOGIN: Limit(20, timedelta(minutes=5), timedelta(minutes=10)),
}
"""
Tight for one login from one address, so that guessing is hopeless; an address that tries many logins is slowed after ten; a login that
fails from everywhere is slowed only, and so late that one address alone never gets there.
"""


def counted_by(*, is_known_browser: bool, is_known_address: bool) -> tuple[Counted, ...]:
    """Return what an attempt is counted by, and what may make it wait."""
    if is_known_browser:
        return (Counted.BROWSER,)
    return (Counted.PAIR, Counted.ADDRESS) if is_known_address else (Counted.PAIR, Counted.ADDRESS, Counted.LOGIN)


def site_of(address: str | None) -> str:
    """Return what stands for an address: itself, or its /64; whoever has no address that can be read shares one."""
    try:
        read = ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if not isinstance(read, IPv6Address):
        return str(read)
    if read.ipv4_mapped is not None:
        return str(read.ipv4_mapped)
    return f"{IPv6Address(int(read) >> _IPV6_SITE << _IPV6_SITE)}/{_IPV6_SITE}"
