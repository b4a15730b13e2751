"""What code rests on stands in the repository: every quotation of a document or a requirement is found in `contracts/reference`."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "contracts/reference"
DOCUMENTS = {file.stem: file.read_text(encoding="utf-8") for file in REFERENCE.glob("*.md") if file.stem != "README"}
QUOTING = {".py", ".sql", ".toml", ".md", ".yaml", ".html", ".css", ".js"}

QUOTATION = re.compile(r"\b(" + "|".join(DOCUMENTS) + r")\.md`?,? (?:§ ?(\d+(?:\.\d+)?)(?:-(\d+))?|([A-Z]\d)\b)")
OTHER_DOCUMENT = re.compile(r"\b(?:conventions|structure|fast|requirements-source)\.(?:md|txt)\b|(?<![./\w])\.\./(?:shared|spec|design)\b")
REQUIREMENT = re.compile(r"\b(?:REF|ROLE|FEED|ITEM|MASK|ACQ|PUSH|EVAL|REP|MAN|TRN|SEC|PRIV|LAW)-[A-Z]?\d+[a-z]?\b")
INVENTED = {"ITEM-99", "FEED-99"}
"""Of toys in tests."""


def texts() -> Iterator[tuple[str, str]]:
    """Every text of ours that may quote, by its path."""
    for root in ("contracts", "infra", "services", "tests", "README.md", "CONTRIBUTING.md", "CHANGELOG.md"):
        files = [ROOT / root] if (ROOT / root).is_file() else sorted((ROOT / root).rglob("*"))
        for file in files:
            if file.suffix in QUOTING and REFERENCE not in file.parents and file != Path(__file__):
                yield str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")


def section(document: str, number: str) -> str | None:
    """The text of a section; None where the document has none of that number."""
    level = number.count(".") + 2 if number[0].isdigit() else 2
    found = re.search(rf"^#{{{level}}} {re.escape(number)}[. ].*?(?=^#{{2,{level}}} |\Z)", DOCUMENTS[document], re.MULTILINE | re.DOTALL)
    return found.group() if found else None


def unresolved(text: str) -> list[str]:
    """The quotations in a text that lead nowhere."""
    lost = []
    for document, said, ruling, chapter in QUOTATION.findall(text):
        number, item = (said, ruling) if section(document, said or chapter) or "." not in said else said.split(".")
        body = section(document, number or chapter)
        if body is None or (item and not re.search(rf"^\**{item}\.", body, re.MULTILINE)):
            lost.append(f"{document}.md §{said or chapter}{'-' if ruling else ''}{ruling}")
    return lost


def test_every_quotation_leads_to_a_section_of_the_reference() -> None:
    lost = {path: found for path, text in texts() if (found := unresolved(text))}

    assert lost == {}


def test_every_requirement_that_is_named_is_in_the_reference() -> None:
    known = set(REQUIREMENT.findall("\n".join(DOCUMENTS.values()))) | INVENTED
    lost = {path: sorted(unknown) for path, text in texts() if (unknown := set(REQUIREMENT.findall(text)) - known)}

    assert lost == {}


def test_nothing_points_outside_the_repository() -> None:
    assert {path: found for path, text in texts() if (found := OTHER_DOCUMENT.findall(text))} == {}


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("`domain.md` §2.8-2", []),
        ("domain.md §2.99", ["domain.md §2.99"]),
        ("`domain.md` §2.8-77", ["domain.md §2.8-77"]),
        ("bus.md A1", []),
        ("bus.md Z9", ["bus.md §Z9"]),
    ],
)
def test_a_quotation_that_leads_nowhere_is_found(text: str, lost: list[str]) -> None:
    assert unresolved(text) == lost
