"""
What the stack needs of Debian or Ubuntu: installed if it is missing, after saying what and why.

The packages' own services are neither started nor touched: the stack starts servers of its own.
"""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


class PackagesMissing(Exception):
    """Something is missing and cannot be installed from here; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Need:
    """A Debian package, why it is needed, and a pattern of a file by which it is recognised."""

    package: str
    why: str
    seen_by: str

    def is_met(self) -> bool:
        """Whether a file of it is there, from whichever package."""
        return any(Path("/").glob(self.seen_by.lstrip("/")))


RABBITMQ = Need("rabbitmq-server", "the message broker", "/usr/lib/rabbitmq/bin/rabbitmq-server")
POSTGRESQL = Need("postgresql", "the database", "/usr/lib/postgresql/*/bin/initdb")
TIME_ZONES = Need("tzdata", "Japanese local dates", "/usr/share/zoneinfo/Asia/Tokyo")
CHROMIUM = Need("chromium", "tests in a browser", "/usr/bin/chromium*")
JAPANESE_FONTS = Need("fonts-noto-cjk", "Japanese text on paper and in pages under test", "/usr/share/fonts/opentype/noto/NotoSansCJK*")
VARIANTS_FONT = Need("fonts-ipamj-mincho", "variants of characters in names on paper", "/usr/share/fonts/truetype/ipamj/ipamjm.ttf")
PANGO = Need("libpango-1.0-0", "setting text on paper", "/usr/lib/*/libpango-1.0.so.0")
PANGO_FREETYPE = Need("libpangoft2-1.0-0", "setting text on paper", "/usr/lib/*/libpangoft2-1.0.so.0")
SUBSETS = Need("libharfbuzz-subset0", "embedding fonts in what is printed", "/usr/lib/*/libharfbuzz-subset.so.0")
DRIVER_LIBRARY = Need("libatomic1", "the browser's driver in tests", "/usr/lib/*/libatomic.so.1*")

CURL = Need("curl", "tests of the page for makers of source systems", "/usr/bin/curl")
NGINX = Need("nginx", "tests of the gateway", "/usr/sbin/nginx")

PAPER = (JAPANESE_FONTS, VARIANTS_FONT, PANGO, PANGO_FREETYPE, SUBSETS)
"""What prints. A stack without it runs, and its pages say that they cannot print. The Dockerfile installs the same."""
SERVERS = (RABBITMQ, POSTGRESQL, TIME_ZONES)
BROWSER = (CHROMIUM, JAPANESE_FONTS, DRIVER_LIBRARY)
TESTS = tuple(dict.fromkeys((*BROWSER, *PAPER, CURL, NGINX)))

_POLICY = Path("/usr/sbin/policy-rc.d")
_CLUSTER_SETTINGS = Path("/etc/postgresql-common/createcluster.conf")
_SERVICES = {"rabbitmq-server": "rabbitmq-server", "postgresql": "postgresql", "nginx": "nginx"}


def ensure(*needs: Need) -> None:
    """Install what is missing of `needs`. Raises PackagesMissing."""
    missing = [need for need in needs if not need.is_met()]
    if not missing:
        return
    for need in missing:
        print(f"Missing: {need.package} ({need.why})", flush=True)  # noqa: T201 (said before it is done)
    packages = [need.package for need in missing]
    prefix = _as_root(packages)

    print(f"Installing with apt-get --no-install-recommends: {' '.join(packages)}", flush=True)  # noqa: T201
    with _services_left_alone(prefix):
        _apt(prefix, "update", "-qq")
        _apt(prefix, "install", "-qq", "--yes", "--no-install-recommends", *packages)
    _keep_from_starting_at_boot(prefix, packages)

    still = [need.package for need in missing if not need.is_met()]
    if still:
        raise PackagesMissing(f"after installing, still not found: {' '.join(still)}")


def ensure_for_a_stack() -> None:
    """Install what a stack needs. Raises PackagesMissing where it cannot run; where it can, but cannot print, it says so and goes on."""
    ensure(*SERVERS)
    try:
        ensure(*PAPER)
    except PackagesMissing as error:
        print(f"Papers cannot be printed until they are there: {error}", flush=True)  # noqa: T201 (the stack starts all the same)


def _as_root(packages: list[str]) -> tuple[str, ...]:
    """Return what to put before a command so that it runs as root."""
    if shutil.which("apt-get") is None:
        raise PackagesMissing(f"please install by hand: {' '.join(packages)} (there is no apt-get here)")
    if os.geteuid() == 0:
        return ()
    if shutil.which("sudo") is not None:
        return ("sudo",)
    raise PackagesMissing(f"please install as root: apt-get install --no-install-recommends {' '.join(packages)}")


@contextlib.contextmanager
def _services_left_alone(prefix: tuple[str, ...]) -> Iterator[None]:
    """
    Keep packages from starting their services and from making a database cluster.

    Both are files that Debian's packages ask: policy-rc.d (Debian policy 9.3.3.1; 101 is "not allowed") and
    createcluster.conf. What was there before stays as it was.
    """
    made = [
        path
        for path, content, mode in (
            (_POLICY, "#!/bin/sh\nexit 101\n", "0755"),
            (_CLUSTER_SETTINGS, "create_main_cluster = false\n", "0644"),
        )
        if not path.exists() and _write_as_root(prefix, path, content, mode)
    ]
    try:
        yield
    finally:
        if _POLICY in made:
            _run([*prefix, "rm", "-f", str(_POLICY)])


def _write_as_root(prefix: tuple[str, ...], path: Path, content: str, mode: str) -> bool:
    _run([*prefix, "install", "-D", "-m", mode, "/dev/stdin", str(path)], given=content)
    return True


def _keep_from_starting_at_boot(prefix: tuple[str, ...], packages: list[str]) -> None:
    """A server that was installed only for the stack shall not run by itself after the next boot."""
    if not Path("/run/systemd/system").is_dir():
        return
    for package in packages:
        if package in _SERVICES:
            _run([*prefix, "systemctl", "disable", "--quiet", _SERVICES[package]], must_succeed=False)


def _apt(prefix: tuple[str, ...], *arguments: str) -> None:
    # Through env, because sudo does not pass variables on.
    _run(
        [
            *prefix,
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "DEBCONF_NOWARNINGS=yes",
            "LC_ALL=C.UTF-8",
            "apt-get",
            "-o",
            "Dpkg::Use-Pty=0",
            *arguments,
        ]
    )


def _run(argv: list[str], *, given: str = "", must_succeed: bool = True) -> None:
    done = subprocess.run(argv, input=given, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0 and must_succeed:
        raise PackagesMissing(f"{' '.join(argv)}: exit code {done.returncode}\n{done.stdout[-2000:]}")
