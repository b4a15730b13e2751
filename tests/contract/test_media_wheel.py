"""The school side as a package of its own: whole, small, and it packs what the city takes, with nothing of this repository beside it."""

import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pyrage
import pytest

from contracts import deeds
from contracts.deeds.ingest import NOT_THEIRS
from contracts.kinds import EventKind
from services.ingest.inlets.media import commands
from services.ingest.inlets.media.school import oneroster
from services.ingest.inlets.media.school.bundle import Unverified, public_key_of
from services.ingest.inlets.media.school.faults import WORDS

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "services/ingest/inlets/media/school"
SMALL_BYTES = 64 * 1024
PIP = ("--quiet", "--disable-pip-version-check", "--no-deps", "--no-index")
NOT_OURS = "import sys; assert not {'contracts', 'infra', 'services', 'asyncpg'} & sys.modules.keys()"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, as the city builds it for schools."""
    folder = tmp_path_factory.mktemp("wheel")
    commands.wheel(to=folder)
    [built] = folder.glob("tsunagu_media-*.whl")
    return built


def test_the_wheel_is_small_and_needs_three_packages_at_most(wheel: Path) -> None:
    package = tomllib.loads((FOLDER / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert wheel.stat().st_size < SMALL_BYTES
    assert package["version"] == project["version"]
    assert set(package["dependencies"]) <= {
        each for each in project["dependencies"] if each.startswith(("cryptography", "pydantic>", "pyrage"))
    }
    with zipfile.ZipFile(wheel) as archive:
        assert {f"tsunagu_media/{file.name}" for file in FOLDER.glob("*.py")} <= set(archive.namelist())


def test_a_school_packs_with_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "pip", "install", *PIP, "--target", tmp_path / "site", wheel], check=True)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    city = pyrage.x25519.Identity.generate()
    csv = "school_code,pupil_key,fiscal_year,month,school_days,absent_days\r\nB1,k,2026,10,20,3\r\n"
    (tmp_path / "attendance.month_reported.csv").write_text(csv, encoding="utf-8")

    def school(*arguments: str) -> str:
        command = [sys.executable, "-P", "-m", "tsunagu_media", *arguments]
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout

    public = school("keygen", "--keys", "keys").split()[-1]
    said = ("--recipient", str(city.to_public()), "--source", "school_affairs", "--encoding", "utf-8", "--school-year", "2026")
    who = ("--made-by", "jimu-1", "--medium", "usb-07", "--keys", "keys", "--to", ".")
    for _ in range(2):
        school("pack", "attendance.month_reported.csv", *said, *who)
    subprocess.run([sys.executable, "-P", "-c", f"import tsunagu_media.__main__; {NOT_OURS}"], cwd=tmp_path, env=environment, check=True)

    opened = [
        Unverified(bundle.read_bytes(), str(city)).opened(public_key_of(public))
        for bundle in sorted(tmp_path.glob("school_affairs-*.tsunagu"))
    ]
    assert [each.manifest.sequence for each in opened] == [1, 2]
    assert [entry.rows for entry, _ in opened[0].verified()] == [1]


def test_the_package_names_kinds_and_faults_as_the_rest_does() -> None:
    assert oneroster.EVENT_TYPE == EventKind.PUPIL_REGISTERED
    only_at_school = {"oneroster_version", "oneroster_file", "oneroster_link", "no_stable_key"}
    # Beside what can be wrong with a bundle it is refused to whoever may not bring one.
    kept = {code.removeprefix("media_") for code in deeds.DEEDS["media.imported"].reasons.keys() - NOT_THEIRS.keys()}
    assert WORDS.keys() - only_at_school == kept
