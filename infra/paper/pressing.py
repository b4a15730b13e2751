"""
Lets the press print a document, off the event loop.

Two at a time: each takes a core for a second or two. Whoever waits longer than `SECONDS` is told to press again, and so is whoever
prints something that is too long: nothing here grows with what somebody wrote.
"""

import asyncio
import sys
from pathlib import Path

from infra.paper.press import Ended

AT_ONCE = 2
SECONDS = 60.0
"""To wait for the press and to print: some hundred pages take ten."""
HTML_OCTETS = 2_000_000
PDF_OCTETS = 30_000_000
PRESS = Path(__file__).with_name("press.py")
NEEDS = "libpango-1.0-0、libpangoft2-1.0-0、libharfbuzz-subset0、fonts-noto-cjk、fonts-ipamj-mincho"
"""Debian's packages that a server needs for paper (`infra/local/packages.py` installs them)."""

_turns = asyncio.Semaphore(AT_ONCE)


class NotPrinted(Exception):
    """Nothing was printed. The text is for people, in Japanese."""


class NoPress(NotPrinted):
    """This server cannot print at all: something of Debian's is missing."""


async def printed(html: str) -> bytes:
    """Return `html` as a PDF. Raises NotPrinted."""
    given = html.encode()
    if len(given) > HTML_OCTETS:
        raise NotPrinted("印刷する内容が長すぎます。")
    try:
        async with asyncio.timeout(SECONDS), _turns:
            code, pdf = await _press(given)
    except TimeoutError:
        raise NotPrinted("時間内に印刷用の文書を作れませんでした。") from None
    if code in {Ended.NO_LIBRARY, Ended.NO_FONT}:
        what = "書体" if code == Ended.NO_FONT else "部品"
        raise NoPress(
            f"このサーバーに、印刷に使う{what}がありません。システムの運用担当に、次のパッケージが要ることを伝えてください：{NEEDS}"
        )
    if code != Ended.PRINTED or not 0 < len(pdf) <= PDF_OCTETS:
        raise NotPrinted("印刷用の文書を作れませんでした。")
    return pdf


async def _press(given: bytes) -> tuple[int, bytes]:
    """Run the press. It is ended with the wait for it. It gets no environment of ours: secrets stand there."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", str(PRESS)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env={"LANG": "C.UTF-8", "HOME": "/nonexistent"},
        cwd="/",
    )
    try:
        pdf, _ = await process.communicate(given)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, pdf
