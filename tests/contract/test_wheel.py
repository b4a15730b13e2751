"""The contract as a package of its own: whole, with pydantic as all that it needs."""

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from contracts import generated

FOLDER = generated.FOLDER
USE = """
import sys
from contracts.catalogue import EVENT_TYPES, data_model, example_event, source_event_schema
import contracts.messages, contracts.topology
kind = EVENT_TYPES[0]
assert source_event_schema(kind.source, kind.type)["examples"] == [example_event(kind.source, kind.type)]
data_model(kind.source, kind.type).model_validate(example_event(kind.source, kind.type)["data"])
assert not {"infra", "services", "asyncpg", "fastapi"} & sys.modules.keys()
print(contracts.__file__)
"""


def tracked() -> list[Path]:
    """The contract's files, as a clone has them."""
    skipped = {"__pycache__", "build", "tsunagu_contracts.egg-info"}
    return [file.relative_to(FOLDER) for file in FOLDER.rglob("*") if file.is_file() and not skipped & set(file.relative_to(FOLDER).parts)]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built of a copy: a build leaves files beside what it builds."""
    folder = tmp_path_factory.mktemp("wheel")
    for file in tracked():
        (folder / "contracts" / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(FOLDER / file, folder / "contracts" / file)
    options = ("--quiet", "--disable-pip-version-check", "--no-deps", "--no-index", "--no-build-isolation")
    subprocess.run([sys.executable, "-m", "pip", "wheel", *options, "--wheel-dir", folder, folder / "contracts"], check=True)
    [built] = folder.glob("tsunagu_contracts-*.whl")
    return built


def test_the_wheel_holds_every_file_of_the_contract(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        held = set(archive.namelist())

    of_the_repository_alone = {Path("pyproject.toml"), Path("README.md")}
    wanted = {f"contracts/{file}" for file in tracked() if file not in of_the_repository_alone and "reference" not in file.parts}
    assert wanted - held == set()


def test_the_wheel_works_away_from_the_repository(wheel: Path, tmp_path: Path) -> None:
    options = ("--quiet", "--disable-pip-version-check", "--no-deps", "--no-index")
    subprocess.run([sys.executable, "-m", "pip", "install", *options, "--target", tmp_path / "site", wheel], check=True)
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}

    used = subprocess.run([sys.executable, "-P", "-c", USE], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)

    assert used.stdout.startswith(str(tmp_path / "site"))


def test_the_wheel_needs_pydantic_alone_and_has_the_projects_version() -> None:
    project = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    package = tomllib.loads((FOLDER / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert package["version"] == project["version"]
    assert package["dependencies"] == [each for each in project["dependencies"] if each.startswith("pydantic>")]
