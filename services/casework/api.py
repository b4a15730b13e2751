"""The JSON API: the same screens and moves as the pages; a page never calls it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, is_dataclass
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from pydantic import create_model

from contracts.ids import PersonId
from infra.http import Problem, declared
from infra.identity.login import Identity
from infra.identity.recording import recorded
from infra.identity.staff import Staff
from infra.identity.walls import Asker, Wall, WalledRouter
from infra.looking import Refused
from infra.service import Service
from services.casework import moved, moving, seeing
from services.casework.domain.policy import Reason
from services.casework.forms import any_form, move_attempt, reads
from services.casework.moves import STEPS
from services.casework.moving import Asked, Pressed
from services.casework.refusing import PROBLEMS, errors_of
from services.casework.screens import SCREENS
from services.casework.seeing import ActForm, AnyAct, AnyScreen, Asking, Face, Mistake, Question
from services.casework.sheets import Sheet, parts
from services.casework.steps import Form
from services.casework.walls import Attempt, wall

Endpoint = Callable[..., Awaitable[Any]]
KEY = "key"
NO_KEY = "Idempotency-Key に操作ごとの新しい UUID を入れて送ってください。"
TITLES: Mapping[int, str] = {409: "この操作はできません", 412: "画面を開いたあとに変わりました"}


def api_router(service: Service, identity: Identity) -> APIRouter:
    """Return the routes under /v1."""
    router = WalledRouter(identity, prefix="/v1", tags=["casework"])
    for screen in SCREENS:
        if screen.json is not None:
            endpoint = _answer_of(service, identity, screen, screen.json)
            # What a form says stands in no address.
            methods = ["POST"] if screen.opening is not None else ["GET"]
            of_forms, of_children = (400,) if screen.opening else (), (404,) if screen.facts else ()
            answers = declared(*of_forms, 401, 403, *of_children, 422, *((429,) if screen.refuses else ()), 503)
            router.answer(screen.address, endpoint, _behind(service, partial(seeing.attempt, screen)), methods, responses=answers)
        for act in screen.acts:
            if act.json:
                keyed = KEY in act.form.model_fields
                answers = declared(400, 401, 403, 409, 422, *((428,) if keyed else ()), 503)
                before = _behind(service, partial(seeing.act_attempt, screen, act))
                endpoint = _act_of(service, identity, screen, act, keyed=keyed)
                router.answer(f"{screen.address}/{act.name}", endpoint, before, ["POST"], responses=answers)
    answers = declared(400, 401, 403, 404, 409, 412, 422, 428, 503)
    moves = "/reviews/{person_id}/moves"
    router.answer(moves, _moves(service), _behind(service, move_attempt), ["POST"], status_code=201, responses=answers)
    return router


def _behind(service: Service, attempt: Attempt) -> Wall:
    return wall(attempt, lambda _staff: recorded(service), lambda refused, _staff: _refusal(refused))


def _answer_of(service: Service, identity: Identity, screen: AnyScreen, face: Face[Any]) -> Endpoint:
    async def answer(response: Response, staff: Staff, asked: Question, person_id: PersonId | None = None) -> Mapping[str, Any]:
        async with recorded(service) as work:
            sheet = await seeing.see(work, screen, face, Asking(staff, work.today, asked, person_id, register=identity))
        # Raised after the commit: the refusal is in the log before anybody is told.
        if isinstance(sheet, Refused):
            raise _refusal(sheet)
        return _json(sheet, response)

    async def of_child(person_id: UUID, response: Response, staff: Asker, asked: Question) -> Mapping[str, Any]:
        return await answer(response, staff, asked, PersonId(person_id))

    async def of_nobody(response: Response, staff: Asker, asked: Question) -> Mapping[str, Any]:
        return await answer(response, staff, asked)

    endpoint: Endpoint = of_child if screen.facts is not None else of_nobody
    endpoint.__name__, endpoint.__doc__ = screen.name, face.show.__doc__
    return reads(endpoint, asked=face.question if screen.opening is not None else Annotated[face.question, Query()])


def _act_of(service: Service, identity: Identity, screen: AnyScreen, act: AnyAct, *, keyed: bool) -> Endpoint:
    async def do(staff: Asker, given: ActForm, idempotency_key: Annotated[UUID | None, Header()] = None) -> Mapping[str, Any]:
        if keyed and idempotency_key is None:
            raise _problem(428, NO_KEY)
        form = act.form.model_validate({**given.model_dump(), **({KEY: idempotency_key} if keyed else {})})
        async with recorded(service) as work:
            asking = Asking(staff, work.today, Question(), register=identity)
            result = await seeing.do(work, screen, act, asking, form)
        match result:
            case Refused():
                raise _refusal(result)
            case Mistake():
                said = [{"path": path, "message": message} for path, message in result.errors]
                raise Problem(result.status, TITLES.get(result.status, PROBLEMS[422][0]), "".join(each["message"] for each in said), said)
            case _:
                return result.told

    do.__name__, do.__doc__ = f"{screen.name}_{act.name}", act.do.__doc__
    # What a header says stands in no body.
    fields: dict[str, Any] = {name: (each.annotation, each) for name, each in act.form.model_fields.items() if name != KEY}
    return reads(do, given=create_model(f"{act.form.__name__}OfProgram", __base__=ActForm, **fields))


def _moves(service: Service) -> Endpoint:
    async def moves(
        person_id: UUID,
        form: Form,
        staff: Asker,
        idempotency_key: Annotated[UUID | None, Header()] = None,
        if_match: Annotated[str | None, Header()] = None,
    ) -> Mapping[str, Any]:
        """Make a move. `If-Match` is the child's ETag, `Idempotency-Key` a fresh UUID per decision."""
        if if_match is None or idempotency_key is None:
            raise _problem(428)
        asked = Asked(STEPS[form.move], form, Pressed(idempotency_key, if_match.strip().strip('"')), STEPS)
        async with recorded(service) as work:
            outcome = await moving.make(work, staff, PersonId(person_id), asked)
        return _moved(outcome)

    return reads(moves, form=any_form())


def _refusal(refused: Refused) -> Problem:
    # One answer for what does not exist and for what may not be seen.
    if refused.reason_code == Reason.TOO_OFTEN:
        return _problem(429)
    return _problem(404) if refused.hidden else _problem(403)


def _problem(status: int, text: str = "", **more: Any) -> Problem:
    title, usual = PROBLEMS[status]
    return Problem(status, title, text or usual, **more)


def _json(sheet: Sheet, response: Response) -> Mapping[str, Any]:
    if etag := sheet.etag():
        response.headers["etag"] = f'"{etag}"'
    return {name: _plain(value) for name, value in parts(sheet).items()}


def _plain(value: object) -> object:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else value


def _moved(outcome: moved.MoveOutcome) -> Mapping[str, Any]:
    match outcome:
        case moved.Moved():
            return {"case_id": outcome.case_id, "version": outcome.version, "state": outcome.state, "again": outcome.again}
        case Refused():
            raise _refusal(outcome)
        case _:
            status, errors = errors_of(outcome)
            text = "".join(dict.fromkeys(message for _, message in errors))
            headers = None
            if isinstance(outcome, moved.Stale):
                # Who tries again looks first: the version alone is told.
                text, headers = f'{text}いまの版は "{outcome.current}" です。', {"etag": f'"{outcome.current}"'}
            title = TITLES.get(status, PROBLEMS[422][0])
            said = [{"path": path, "message": message} for path, message in errors]
            raise Problem(status, title, text, said, headers)
