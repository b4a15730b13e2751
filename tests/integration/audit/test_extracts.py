"""A part of the log leaves it under its signature: one asks, another decides, and whoever has it checks it elsewhere (audit.md §5)."""

import re
import zipfile
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from pathlib import Path

from contracts.messages import AccessRecorded, DecisionRecorded
from infra.testing.fixtures import announced
from services.audit.offline.command import main
from tests.integration.audit.conftest import Desk
from tests.integration.audit.log import SIGNER, hear, seal
from tests.unit.audit.builders import CHILD, access

NAMES = re.compile("見本|security.officer|privacy.officer")


async def sends(desk: Desk, address: str, **filled: str) -> tuple[int, str, str]:
    token = re.search(r'name="form_token" value="([^"]+)"', (await desk.browser.get("/extracts")).text)
    assert token is not None
    answer = await desk.browser.post(address, data={"form_token": token[1], **filled})
    return answer.status_code, answer.headers.get("location", ""), answer.text


async def sits(desk: Desk, login: str) -> None:
    desk.browser.cookies.clear()
    await desk.sit_down(login)


async def comes_back(desk: Desk, cookies: dict[str, str]) -> None:
    desk.browser.cookies.clear()
    for name, value in cookies.items():
        desk.browser.cookies.set(name, value)


async def told(desk: Desk) -> list[tuple[str, str, str | None, int | None]]:
    said = [each for each in await announced(desk.pool) if isinstance(each, AccessRecorded | DecisionRecorded)]
    return [(each.action, each.decision, each.reason_code, each.count) for each in said if each.action.startswith("audit.extract_")]


ASKED = {"kind": "disclosure", "thing": CHILD, "reason": "disclosure_request"}


async def test_two_people_let_a_part_of_the_log_out_and_it_proves_itself_elsewhere(desk: Desk, tmp_path: Path) -> None:
    await hear(desk.pool, desk.clock, [access(number) for number in range(1, 6)])
    await seal(desk.pool, desk.clock)
    await sits(desk, "security.officer")
    wrong = [
        await sends(desk, "/extracts/ask", **ASKED, withheld="99", why_withheld="third_party"),
        await sends(desk, "/extracts/ask", **ASKED, withheld="2"),
        await sends(desk, "/extracts/ask", **(ASKED | {"thing": "見本 あお"})),
        await sends(desk, "/extracts/ask", **(ASKED | {"actor": "security.officer"})),
        await sends(desk, "/extracts/ask"),
    ]
    _, address, _ = await sends(desk, "/extracts/ask", **ASKED, withheld="2", why_withheld="third_party")
    early = await desk.browser.get(f"{address}/file")
    own = await sends(desk, f"{address}/approve")
    cookies = dict(desk.browser.cookies)
    # What comes afterwards was not asked for, and is not taken.
    await hear(desk.pool, desk.clock, [access(6)])
    await sits(desk, "privacy.officer")
    page = (await desk.browser.get(address)).text
    approved, again = await sends(desk, f"{address}/approve"), await sends(desk, f"{address}/decline")
    others = await desk.browser.get(f"{address}/file")
    await comes_back(desk, cookies)
    report = (await desk.browser.get(f"{address}/report")).text
    file = await desk.browser.get(f"{address}/file")
    desk.clock.at += timedelta(days=8)
    late = await desk.browser.get(f"{address}/file")

    assert [status for status, _, _ in wrong] == [422] * 5
    assert (early.status_code, own[0], approved[0], again[0], others.status_code, late.status_code) == (403, 403, 303, 409, 403, 403)
    assert "載せない記録" in page
    table = report.partition("<tbody")[2].partition("</tbody>")[0]
    assert (table.count(">博多区 "), NAMES.search(table), "1 件を載せていません" in report) == (4, None, True)
    with zipfile.ZipFile(BytesIO(file.content)) as archive:
        kept = {each.filename for each in archive.infolist()}
        assert not NAMES.search(archive.read("report.csv").decode())
    assert kept == {"manifest", "report.csv", *(f"entries/{n}.{kind}" for n in (0, 1, 3, 4) for kind in ("json", "tlog-proof"))}
    assert [each for each in await told(desk) if each[1] != "deny"] == [
        ("audit.extract_asked", "done", "disclosure_request", 5),
        ("audit.extract_opened", "permit", None, 4),
        ("audit.extract_of_opened", "permit", None, None),
        ("audit.extract_approved", "done", None, 5),
        ("audit.extract_opened", "permit", None, 4),  # the page again, for whoever decided too late
        ("audit.extract_of_opened", "permit", None, None),
        ("audit.extract_taken", "permit", None, 4),
        ("audit.extract_of_taken", "permit", None, None),
        ("audit.extract_taken", "permit", None, 4),
        ("audit.extract_of_taken", "permit", None, None),
    ]
    assert [each[2] for each in await told(desk) if each[1] == "deny"] == ["not_approved", "own_request", "of_another", "extract_over"]
    assert verified(tmp_path, file.content) == 0
    assert verified(tmp_path, changed(file.content, "report.csv", lambda content: content + b",")) == 1
    assert verified(tmp_path, changed(file.content, "entries/1.json", lambda content: content.replace(b"assigned", b"none"))) == 1
    assert verified(tmp_path, changed(file.content, "manifest", lambda content: content.replace(b"disclosure", b"evidence", 1))) == 1
    assert verified(tmp_path, changed(file.content, "entries/1.tlog-proof", None)) == 2
    assert verified(tmp_path, b"no such file") == 3


def changed(file: bytes, name: str, change: Callable[[bytes], bytes] | None) -> bytes:
    """The file with one of its parts changed, or without it."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(file)) as before, zipfile.ZipFile(out, "w") as after:
        for each in before.namelist():
            if each != name:
                after.writestr(each, before.read(each))
            elif change is not None:
                after.writestr(each, change(before.read(each)))
    return out.getvalue()


def verified(folder: Path, file: bytes) -> int:
    """What whoever has the file and the log's key is told."""
    (folder / "extract.zip").write_bytes(file)
    return main(["extract", str(folder / "extract.zip"), "--vkey", SIGNER.verifier_key])
