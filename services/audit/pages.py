"""The security team's pages, in Japanese: how the log stands, searches, one entry with its proof, who saw a child."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar, assert_never
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from contracts.words import SECURITY
from infra.clock import JST
from infra.identity.login import Identity
from infra.identity.staff import Registered, Staff
from infra.identity.walls import Asker, Wall, WalledRouter, walled_elsewhere
from infra.looking import Look
from infra.pages.rendering import NOT_KEPT, MenuEntry, Pages, Shown
from infra.service import Service
from services.audit import forms, reading, telling, views
from services.audit.domain import wording
from services.audit.domain.filters import FilterInvalid, Filters, index_in, parse_filters
from services.audit.domain.permission import may_read_log
from services.audit.domain.standing import Standing
from services.audit.keeper import Keeper
from services.audit.reading import Attempt, NoAnswer, NothingShown, NotPermitted, reader_of
from services.audit.sheet import csv_of
from services.audit.signer import Verifier
from services.audit.walls import wall

T = TypeVar("T")
EXTRACT_ROWS = 5_000
"""So many entries are taken away at once; who needs more narrows the period."""
NOT_PERMITTED = f"この画面は、{SECURITY}とプライバシー保護責任者だけが使えます。開こうとしたことは記録されました。"
TOO_MANY = f"{EXTRACT_ROWS:,} 件より多いため、一度に抽出できません。前の画面へ戻って、期間などでしぼってください。"
MENU = (("/", "記録簿の状態"), ("/findings", "確かめること"), ("/entries", "記録をさがす"), ("/extracts", "署名付きの抽出"))
NOTHING_KEPT = "いま閲覧の記録を残せないため、何も表示できません。しばらくしてから、もう一度お試しください。"


class LogPages:
    """The pages. Every proof and seal shown is checked with `verifier`; `keeper` knows whether the log is still sealed."""

    def __init__(self, service: Service, identity: Identity, verifier: Verifier, keeper: Keeper) -> None:
        self._service = service
        self._verifier = verifier
        self._keeper = keeper
        self._identity = identity
        self._pages = Pages(Path(__file__).with_name("templates"), notice=service.settings.notice)
        self.router = WalledRouter(identity, include_in_schema=False, default_response_class=HTMLResponse)
        self.router.answer("/", self.overview, self._wall(reading.OVERVIEW))
        self.router.answer("/verifications", self.verify, self._wall(reading.VERIFICATION), ["POST"])
        self.router.answer("/verifications", self.back_to_overview, self._wall(reading.OVERVIEW))
        self.router.answer("/entries", self.search, self._wall(reading.SEARCH))
        self.router.answer("/entries/{index}", self.entry, self._wall(reading.ENTRY))
        self.router.answer("/extract", self.extract, self._wall(reading.EXTRACT))
        self.router.answer("/extract.csv", self.extract_csv, self._wall(reading.EXTRACT))
        self.router.answer("/things/{thing:path}", self.thing, self._wall(reading.SEARCH))
        self.router.answer("/staff/{actor}", self.actor, self._wall(reading.SEARCH))
        service.app.router.default = walled_elsewhere(identity, self._wall(reading.ELSEWHERE), service.app.router.not_found)

    async def overview(self, request: Request, staff: Asker) -> HTMLResponse:
        """How the log stands, and a form to search it."""
        status = await self._answer(staff, reading.overview(reader_of(request, staff), self._service.clock.now(), self._verifier))
        return self._render(
            "overview.html",
            staff,
            "/",
            state=status,
            standing=self._standing(status),
            alarms=self._keeper.rollcall.alarms,
            is_verifying=self._keeper.is_verifying,
            ago=partial(telling.ago, status.now),
            producers=_producers(status),
            producer_of=wording.producer_of,
            form=forms.form({}, await self._staff(staff)),
        )

    def _standing(self, status: views.Status) -> Standing:
        keeper = self._keeper
        return status.standing(history_continues=keeper.history_continues(), found=keeper.outcome, all_there=keeper.rollcall.is_complete())

    async def verify(self, request: Request, staff: Asker) -> RedirectResponse:
        """Have the whole log verified now, in the background; then show how it stands."""
        await self._identity.form(request, staff)
        await self._answer(staff, reading.VERIFICATION.by(reader_of(request, staff)))
        self._keeper.ask()
        return RedirectResponse("/", 303)

    async def back_to_overview(self, _staff: Asker) -> RedirectResponse:
        """Lead to the first page whoever types or reloads the address that the button is sent to."""
        return RedirectResponse("/", 303)

    async def search(self, request: Request, staff: Asker) -> HTMLResponse:
        """Entries by filters, newest first. What is wrong with the form stands in it, with all that was typed."""
        typed, registered = dict(request.query_params), await self._staff(staff)
        try:
            asked = forms.asked_in(typed, registered)
        except FilterInvalid as error:
            return self._form_again(staff, typed, registered, error)
        page = await self._answer(staff, reading.search(reader_of(request, staff), asked))
        listed = await self._listed(request, staff, page, typed)
        extract = urlencode({name: value for name, value in typed.items() if name != "cursor"})
        facts: dict[str, Any] = {"form": forms.form(typed, registered), "total": _counted(page.total), "extract": extract}
        return self._render("search.html", staff, "/entries", **facts, **listed)

    async def extract(self, request: Request, staff: Asker) -> HTMLResponse:
        """The entries of a search on one page, for paper: with what was asked, by whom and when, and the seal under which they stand."""
        asked, registered, page = await self._extracted(request, staff)
        known = await self._names(staff, telling.staff_ids(page.rows))
        seal = await self._answer(staff, reading.newest_checkpoint(reader_of(request, staff), self._verifier))
        return self._render(
            "extract.html",
            staff,
            "/entries",
            conditions=forms.conditions(asked, registered),
            rows=[telling.told(row, known) for row in page.rows],
            now=self._service.clock.now(),
            seal=seal,
        )

    async def extract_csv(self, request: Request, staff: Asker) -> Response:
        """The same as a table for a spreadsheet."""
        _, _, page = await self._extracted(request, staff)
        known = await self._names(staff, telling.staff_ids(page.rows))
        name = f"audit-{self._service.clock.now().astimezone(JST):%Y%m%d-%H%M%S}.csv"
        headers = {**NOT_KEPT, "content-disposition": f'attachment; filename="{name}"'}
        return Response(csv_of(page.rows, known), media_type="text/csv; charset=utf-8", headers=headers)

    async def _extracted(self, request: Request, staff: Staff) -> tuple[Filters, Sequence[Registered], views.Page]:
        typed, registered = dict(request.query_params), await self._staff(staff)
        try:
            asked = replace(forms.asked_in(typed, registered), limit=EXTRACT_ROWS, cursor=None)
        except FilterInvalid as error:
            raise Shown(self._form_again(staff, typed, registered, error), "The search cannot be understood") from None
        page = await self._answer(staff, reading.extract(reader_of(request, staff), asked))
        if not page.is_last:
            raise self._problem(422, "抽出できませんでした", TOO_MANY, staff)
        return asked, registered, page

    def _form_again(self, staff: Staff, typed: Mapping[str, str], registered: Sequence[Registered], error: FilterInvalid) -> HTMLResponse:
        form = forms.form(typed, registered, error)
        return self._render(
            "search.html", staff, "/entries", status=422, form=form, rows=None, total="", extract="", more=None, continues=False
        )

    async def entry(self, index: str, request: Request, staff: Asker) -> HTMLResponse:
        """One entry with all its fields, and its proof checked on the spot."""
        number = index_in(index)
        found = None if number is None else await self._answer(staff, reading.entry(reader_of(request, staff), number, self._verifier))
        if found is None:
            raise self._not_found(staff)
        row, proof = found.row, found.proof
        names = await self._names(staff, telling.staff_ids([row]))
        return self._render(
            "entry.html",
            staff,
            "/entries",
            entry=telling.told(row, names),
            details=[] if row.columns is None else telling.details(row.columns, names),
            digest=row.digest.hex(),
            leaf=row.leaf.decode("utf-8", "replace"),
            proof=proof,
            proof_holds=proof is not None and views.holds(row, proof, self._verifier),
        )

    async def thing(self, thing: str, request: Request, staff: Asker) -> HTMLResponse:
        """Everything that was done to a child or another thing, oldest first: who saw this child (S24)."""
        typed = dict(request.query_params)
        asked = self._period({**typed, "thing": thing}, staff)
        if asked.thing is None:
            raise self._not_found(staff)
        page = await self._answer(staff, reading.accesses_of_thing(reader_of(request, staff), asked.thing, asked))
        listed = await self._listed(request, staff, page, typed)
        known = await self._names(staff, {each.actor for each in page.people if each.actor is not None})
        people = [telling.person(each, known) for each in page.people]
        facts: dict[str, Any] = {"thing": asked.thing, "people": people, "doubtful": sum(each.is_doubtful for each in people)}
        return self._render("thing.html", staff, "/entries", form=forms.form(typed, ()), total=page.total, **facts, **listed)

    async def actor(self, actor: str, request: Request, staff: Asker) -> HTMLResponse:
        """Everything that a member of staff did, oldest first."""
        typed = dict(request.query_params)
        asked = self._period({**typed, "actor": actor}, staff)
        if asked.actor is None:
            raise self._not_found(staff)
        page = await self._answer(staff, reading.deeds_of_actor(reader_of(request, staff), asked.actor, asked))
        known = await self._names(staff, {asked.actor})
        name = known[asked.actor].label() if asked.actor in known else None
        listed = await self._listed(request, staff, page, typed)
        facts: dict[str, Any] = {"actor": str(asked.actor), "name": name, "form": forms.form(typed, ()), "total": page.total}
        return self._render("actor.html", staff, "/entries", **facts, **listed)

    async def _answer(self, staff: Staff, look: Look[T, T]) -> T:
        try:
            return await reading.answer(self._service, look)
        except (NotPermitted, NothingShown) as error:
            raise self._refusal(error, staff) from None

    def _wall(self, attempt: Attempt) -> Wall:
        return wall(self._service, attempt, self._refusal)

    def _refusal(self, error: NoAnswer, staff: Staff) -> Exception:
        match error:
            case NotPermitted():
                return self._problem(403, "この画面は使えません", NOT_PERMITTED, staff)
            case NothingShown():
                return self._problem(503, "いまは表示できません", NOTHING_KEPT, staff)
            case _:
                assert_never(error)

    def _period(self, typed: Mapping[str, str], staff: Staff) -> Filters:
        """What was asked of somebody's own page, where only the period is typed."""
        try:
            return parse_filters(typed)
        except FilterInvalid as error:
            text = f"「{forms.FIELDS[error.field]}」の書き方が違います。前の画面へ戻って直してください。"
            raise self._problem(422, "検索できませんでした", text, staff) from None

    async def _staff(self, staff: Staff) -> Sequence[Registered]:
        try:
            return await reading.staff_of(self._identity)
        except NothingShown as error:
            raise self._refusal(error, staff) from None

    async def _names(self, staff: Staff, ids: Collection[UUID]) -> telling.Known:
        try:
            return await reading.names_of(self._identity, sorted(ids))
        except NothingShown as error:
            raise self._refusal(error, staff) from None

    async def _listed(self, request: Request, staff: Staff, page: views.Page, typed: Mapping[str, str]) -> dict[str, Any]:
        """What the list of entries needs; `more` leads to the next page, and is None on the last."""
        known = await self._names(staff, telling.staff_ids(page.rows))
        more = None if page.is_last else f"{request.url.path}?{urlencode({**typed, 'cursor': page.rows[-1].index})}"
        return {"rows": [telling.told(row, known) for row in page.rows], "more": more, "continues": "cursor" in typed}

    def _not_found(self, staff: Staff) -> Exception:
        return self._problem(404, "その記録はありません", "番号やIDを確かめてください。", staff)

    def _problem(self, status: int, title: str, text: str, staff: Staff) -> Shown:
        return self._pages.problem(status, title, text, staff=staff, nav=menu(staff))

    def _render(self, template: str, staff: Staff, current: str, *, status: int = 200, **context: Any) -> HTMLResponse:
        return self._pages.render(template, status, staff=staff, nav=menu(staff, current), **context)


def menu(staff: Staff, current: str = "") -> tuple[MenuEntry, ...]:
    """Return the menu: nothing for whoever may read nothing here."""
    return tuple(MenuEntry(address, label, address == current) for address, label in MENU) if may_read_log(staff.roles) else ()


def _counted(total: int | None) -> str:
    """How many entries were found, in words; nothing where it was not asked."""
    if total is None:
        return ""
    return f"{views.COUNTED_MOST:,} 件より多い" if total > views.COUNTED_MOST else f"{total:,} 件"


def _producers(status: views.Status) -> list[dict[str, Any]]:
    explained: dict[str, int] = {}
    for gap in status.explained:
        explained[gap.explanation.producer] = explained.get(gap.explanation.producer, 0) + gap.missing
    return [
        {
            "name": wording.producer_of(name),
            "entries": lane.entries,
            "last": lane.last,
            "missing": lane.last - lane.entries - explained.get(name, 0),
            "explained": explained.get(name, 0),
        }
        for name, lane in status.producers.items()
    ]
