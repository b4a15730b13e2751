"""A file is taken for what is in it, and kept under a name that is no more than a name (casework.md §4.3: ASVS V5)."""

import io
import struct
import tracemalloc
import zipfile

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from services.casework.domain.files import ENDINGS, NAME_MAX, OCTETS_MAX, FileKind, Given, NotTaken, given, safe_name

PDF = b"%PDF-1.7 x"


def office(*parts: str) -> bytes:
    """A zip with these parts."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for part in parts:
            archive.writestr(part, "x")
    return packed.getvalue()


DOCX = office("[Content_Types].xml", "word/document.xml")


@pytest.mark.parametrize(
    ("name", "body", "kind"),
    [
        ("訪問の記録.pdf", PDF, FileKind.PDF),
        ("写真.JPG", b"\xff\xd8\xff\xe0", FileKind.JPEG),
        ("図.png", b"\x89PNG\r\n\x1a\n", FileKind.PNG),
        ("記録.docx", DOCX, FileKind.DOCX),
        ("表.xlsx", office("[Content_Types].xml", "xl/workbook.xml"), FileKind.XLSX),
    ],
)
def test_a_file_of_a_known_kind_is_taken(name: str, body: bytes, kind: FileKind) -> None:
    assert given(name, body) == Given(name, kind, body)


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("a.pdf", b"", NotTaken.NOTHING),
        ("a.pdf", b"%PDF-" + b"x" * OCTETS_MAX, NotTaken.TOO_LARGE),
        ("a.exe", b"MZ", NotTaken.KIND),
        ("a.html", b"<script>", NotTaken.KIND),
        ("a.svg", b"<svg onload=x>", NotTaken.KIND),
        ("a.pdf", b"<html>", NotTaken.NOT_WHAT_IT_SAYS),
        ("a.pdf", b"\n<script>%PDF-", NotTaken.NOT_WHAT_IT_SAYS),
        ("a.png", PDF, NotTaken.NOT_WHAT_IT_SAYS),
        ("a.docx", b"PK\x03\x04 broken", NotTaken.NOT_WHAT_IT_SAYS),
        ("a.docx", office("readme.txt"), NotTaken.NOT_WHAT_IT_SAYS),
        ("a.xlsx", DOCX, NotTaken.NOT_WHAT_IT_SAYS),
        ("a.docx", b"MZ program" + DOCX, NotTaken.NOT_WHAT_IT_SAYS),
        ("a.docx", b"<html><script>" + DOCX, NotTaken.NOT_WHAT_IT_SAYS),
        ("a.docx", office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), NotTaken.ACTIVE),
        ("a.docx", office("[Content_Types].xml", "word/document.xml", "word/embeddings/oleObject1.bin"), NotTaken.ACTIVE),
        ("pdf", PDF, NotTaken.NAME),
        ("", PDF, NotTaken.NAME),
        (".pdf", PDF, NotTaken.NAME),
    ],
)
def test_what_is_not_taken_says_why(name: str, body: bytes, why: NotTaken) -> None:
    assert given(name, body) is why


def test_a_list_of_too_many_parts_is_not_read() -> None:
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, *[0] * 8, 1, *[0] * 6) + b"a"
    number = 50_000
    ending = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, number, number, len(entry) * number, 4, 0)
    body = b"PK\x03\x04" + entry * number + ending
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert len(archive.infolist()) == number

    tracemalloc.start()
    answer = given("a.docx", body)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert answer is NotTaken.NOT_WHAT_IT_SAYS
    assert most < 1_000_000


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\x\\記録.pdf", "記録.pdf"),
        ("fdp\u202egpj.pdf", "fdpgpj.pdf"),
        ('a"\r\nx: y;.pdf', "a_x_ y_.pdf"),
        ("か\u3099.pdf", "が.pdf"),
        ("渡邊\U000e0108.pdf", "渡邊\U000e0108.pdf"),
        (f"{'長' * 300}.pdf", f"{'長' * (NAME_MAX - 4)}.pdf"),
    ],
)
def test_a_name_is_kept_without_what_is_more_than_a_name(sent: str, kept: str) -> None:
    assert safe_name(sent) == kept


@drawn(st.text(max_size=300))
def test_no_name_leads_elsewhere_or_is_too_long(name: str) -> None:
    safe = safe_name(f"{name}.pdf")

    assert safe is None or (safe.endswith(".pdf") and len(safe) <= NAME_MAX and not set(safe) & set('/\\\r\n\0";'))


def test_every_kind_has_an_ending() -> None:
    assert set(ENDINGS.values()) == set(FileKind)
