"""`tsunagu audit witness`: run a witness of a log, on a host where nobody has a hand who runs the log."""

import time
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import httpx
import typer
import uvicorn

from infra.logs import configure
from services.audit.domain.note import NoteMalformed
from services.audit.domain.published.keys import parse_key
from services.audit.offline.folder import NotReadable, text_of
from services.audit.witness.app import create_app
from services.audit.witness.fetching import LogOverHttp
from services.audit.witness.keeping import Cosigner, Kept, WitnessUnusable, alone_in
from services.audit.witness.watching import Witness

_ANSWER_SECONDS = 30.0


def witness(
    folder: Annotated[Path, typer.Argument(help="The witness's own folder: key, hashes, what it cosigned last.")],
    vkey: Annotated[str, typer.Option(help="The log's key: a line, or a file of one (`tsunagu audit key`).")],
    name: Annotated[str, typer.Option(help="The witness's name, unique in the world.")] = "tsunagu.local/witness",
    log_url: Annotated[str | None, typer.Option(help="The log's address for witnesses, e.g. https://audit.example/witness/.")] = None,
    token: Annotated[Path | None, typer.Option(help="A file with the word by which the log knows its witness.")] = None,
    host: Annotated[str, typer.Option(help="Where to answer.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to answer.")] = 0,
    every: Annotated[float, typer.Option(min=0.1, max=60.0, help="Seconds between two looks at the log.")] = 15.0,
) -> None:
    """
    Witness a log: fetch what it grew by, hash every entry, cosign what continues all that was cosigned; refuse everything else.

    Answers POST /add-checkpoint, and GET /HASH/checkpoint with what was cosigned last (C2SP tlog-witness). Both notes of a fork stay
    in FOLDER/forks, and /ready is red from then on.
    """
    configure("witness", "INFO")
    with ExitStack() as held:
        try:
            held.enter_context(alone_in(folder))
            key = parse_key(text_of(Path(vkey)) or "" if Path(vkey).is_file() else vkey)
            kept = Kept(folder, key, Cosigner(name, folder))
            source = None if log_url is None else LogOverHttp(_client(log_url, token))
        except (NoteMalformed, WitnessUnusable, NotReadable, httpx.InvalidURL, OSError, ValueError) as error:
            raise typer.BadParameter(str(error)) from error
        app = create_app(Witness(kept, lambda: int(time.time()), source), every_seconds=every)
        uvicorn.run(app, host=host, port=port, log_config=None, access_log=False, server_header=False)


def _client(log_url: str, token: Path | None) -> httpx.AsyncClient:
    word = "" if token is None else (text_of(token) or "").strip()
    if token is not None and not word:
        raise WitnessUnusable(f"there is no word in {token}")
    headers = {} if token is None else {"authorization": f"Bearer {word}"}
    return httpx.AsyncClient(base_url=log_url, headers=headers, timeout=_ANSWER_SECONDS, trust_env=False)
