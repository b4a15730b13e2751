"""Turns a template into an answer that no browser keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import CodeType
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import HTMLResponse
from jinja2 import BytecodeCache, ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from jinja2.bccache import Bucket

from contracts.words import CONTACT, LEADING, OWNERS, SECURITY
from infra.http import Problem
from infra.pages import dates

HERE = Path(__file__).parent
NOT_KEPT = {"cache-control": "no-store"}
"""Personal data stays in no cache (ASVS 14.3.2)."""

PROBLEMS = {
    403: ("この操作は受け付けられません", "別の画面から送られた操作です。はじめの画面から、もう一度操作してください。"),
    404: ("見つかりません", "このアドレスの画面はありません。アドレスを確かめるか、はじめの画面から開いてください。"),
    405: ("このアドレスは直接開けません", "ボタンを押したときだけ使うアドレスです。はじめの画面から、もう一度開いてください。"),
    413: ("受け付けられません", "送られた内容が長すぎます。短くして、もう一度操作してください。"),
    422: ("アドレスが正しくありません", "アドレスに読み取れないところがあります。はじめの画面から開いてください。"),
    503: ("いまは使えません", "しばらくしてから、もう一度お試しください。"),
}
"""What a person reads, by HTTP status: title and text."""

OTHER_PROBLEM = ("表示できません", "この操作は受け付けられませんでした。はじめの画面から、もう一度操作してください。")

_MEDIA_TYPES = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".LICENSE": "text/plain; charset=utf-8"}


class _Compiled(BytecodeCache):
    """What templates were compiled to, for as long as the process lives: the pages of one service may be made many times, as in tests."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._kept[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """A line of the menu, with how much waits behind it where that is known."""

    address: str
    label: str
    current: bool = False
    count: int | None = None


class Shown(Problem):
    """A problem that is answered with a page, because a person asked."""

    def __init__(self, page: Response, title: str) -> None:
        super().__init__(page.status_code, title)
        self._page = page

    def response(self) -> Response:
        """Return the page."""
        return self._page


class Pages:
    """
    The pages of one service.

    `templates` is the service's folder; the base template and the shared ones come from here. `notice` is a banner on every
    page, e.g. 研修環境・架空データ. A template that names something it was not given fails: silence would hide a fact.
    """

    def __init__(self, *templates: Path, notice: str | None = None) -> None:
        self._files = _static_files(HERE / "static")
        self._environment = Environment(
            loader=ChoiceLoader([FileSystemLoader(folder) for folder in (*templates, HERE / "templates")]),
            autoescape=True,
            undefined=StrictUndefined,
            bytecode_cache=_COMPILED,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            era_date=dates.era_date,
            era_month=dates.era_month,
            month_day=dates.month_day,
            moment=dates.moment,
            short_moment=dates.short_moment,
            clock_time=dates.clock_time,
            local_day=dates.local_day,
        )
        self._environment.globals.update(
            notice=notice,
            static=self._address,
            staff=None,
            nav=(),
            leading=LEADING,
            owner_units=OWNERS,
            security=SECURITY,
            contact=CONTACT,
        )

    def render(self, template: str, status: int = 200, headers: Mapping[str, str] | None = None, **context: Any) -> HTMLResponse:
        """Render `template` with `context` into an answer that is not kept."""
        return HTMLResponse(self.text(template, **context), status_code=status, headers={**NOT_KEPT, **(headers or {})})

    def text(self, template: str, **context: Any) -> str:
        """Render `template` with `context`, for what is no answer by itself: a paper."""
        return self._environment.get_template(template).render(**context)

    def message(self, status: int, title: str, text: str, **context: Any) -> HTMLResponse:
        """Render a page that says one thing, e.g. why there is no other page."""
        return self.render("message.html", status, title=title, text=text, **context)

    def problem(self, status: int, title: str, text: str, **context: Any) -> Shown:
        """Make an error to raise that is answered with a page."""
        return Shown(self.message(status, title, text, **context), title)

    def problem_page(self, error: Problem, **frame: Any) -> Response:
        """Say an error to a person: the same status and headers, nothing of its English text. `frame` is who reads it, and the menu."""
        title, text = PROBLEMS.get(error.status, OTHER_PROBLEM)
        page = self.message(error.status, title, text, **frame)
        page.headers.update(error.headers)
        return page

    def static_router(self) -> APIRouter:
        """Return the routes of the style sheets and the script."""
        router = APIRouter()

        @router.get("/static/{name}", include_in_schema=False)
        async def static(name: str) -> Response:
            if name not in self._files:
                return Response(status_code=404)
            body, media_type, _ = self._files[name]
            # The address changes with the text, so the text at an address never does.
            return Response(body, media_type=media_type, headers={"cache-control": "public, max-age=31536000, immutable"})

        return router

    def _address(self, name: str) -> str:
        return f"/static/{name}?v={self._files[name][2]}"


def _static_files(folder: Path) -> dict[str, tuple[bytes, str, str]]:
    bodies = {file.name: (file.read_bytes(), _MEDIA_TYPES[file.suffix]) for file in sorted(folder.iterdir()) if file.suffix in _MEDIA_TYPES}
    return {name: (body, media_type, sha256(body).hexdigest()[:12]) for name, (body, media_type) in bodies.items()}
