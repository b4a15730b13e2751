"""A bundle that two people bring at the page: one is logged in, the other stands beside and shows a one-time code of their own."""

import asyncio
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from contracts.catalogue import EVENT_TYPES
from contracts.deeds import media as deeds
from contracts.words import LEADING, OWNERS
from services.ingest.choosing import is_ticket
from services.ingest.domain.rights import COORDINATOR, WORKS_HERE
from services.ingest.inlets.media.importing import Importer
from services.ingest.inlets.media.keeping import By
from services.ingest.inlets.media.school.bundle import BUNDLE_BYTES_MAX
from services.ingest.inlets.media.school.faults import WORDS, Fault, NotTaken
from services.ingest.inlets.media.store import People
from services.ingest.seeing import Asking, Done, Form, Hands, Mistake, Result, Upload
from services.ingest.wording import words_of

NO_FILE = "媒体のファイルを選んでください。"
NO_VERIFIER = "確認者のログイン名を入れてください。"
NO_CODE = "確認者の確認コードを入れてください。"
NO_TICKET = "整理番号は、英数字（- と _ も可）で入れてください。文章は入れられません。"
TOO_LARGE = f"大きすぎます。受け取れるのは{BUNDLE_BYTES_MAX // 2**20}MBまでです。学校側で、分けて作成してもらってください。"
NOT_A_VERIFIER = f"この職員は確認者になれません。確認者は、{LEADING}の総括の職員か、{OWNERS}の担当者です。"
ANOTHER_GOES_ON = "ほかの取り込みが進んでいます。終わってから、もう一度取り込んでください。"
NOT_IMPORTED = "取り込みませんでした。何も受け入れていません。"
FAULTS_SHOWN = 50
AWAITED_SECONDS = 10.0
"""So long the answer waits for all rows; what takes longer goes on without it, and its page says how far it is."""

CONFLICT = 409


class Bundle(Form):
    """Who checks, by login and one-time code, and why numbers before the bundle are missing for good, if somebody says so."""

    verifier: str = ""
    code: str = ""
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """One thing that is wrong, in words: of which file and row, in which column, and why."""

    file: str
    row: str
    column: str
    why: str


async def take(hands: Hands, asking: Asking[Any], form: Bundle, file: BinaryIO | None) -> Result:
    """Take a bundle that was sent, whole or not at all."""
    importer: Importer = hands.importer
    errors = _missing(form, file)
    if errors or file is None:
        return Mistake(errors)
    if importer.is_busy:
        return Mistake({"": ANOTHER_GOES_ON}, CONFLICT)
    people = await _people(hands, asking, form)
    if isinstance(people, Mistake):
        return people
    try:
        bundle = await asyncio.to_thread(file.read)
        verified = await importer.begin(bundle, people, gap=form.gap or None, by=By(asking.staff.actor, None))
    except NotTaken as refused:
        return Mistake({"": NOT_IMPORTED}, details=places_of(refused.faults))
    await asyncio.wait([importer.finish_soon(verified)], timeout=AWAITED_SECONDS)
    return Done(f"/media/batches/{verified.manifest.batch_id}")


def _missing(form: Bundle, file: BinaryIO | None) -> dict[str, str]:
    wrong = {
        "bundle": NO_FILE if file is None else "",
        "verifier": NO_VERIFIER if not form.verifier else "",
        "code": NO_CODE if not form.code else "",
        "gap": NO_TICKET if form.gap and not is_ticket(form.gap) else "",
    }
    return {name: words for name, words in wrong.items() if words}


async def _people(hands: Hands, asking: Asking[Any], form: Bundle) -> People | Mistake:
    """Whose codes the batch is to bear. That both are one person is refused, and kept, by the importer: no code is asked for it."""
    operator = asking.staff.login
    if unicodedata.normalize("NFKC", form.verifier).casefold() == operator.casefold():
        return People(operator, form.verifier)
    second = await hands.confirm(form.verifier, form.code)
    if isinstance(second, str):
        return Mistake({"code": second})
    if not second.roles & WORKS_HERE:
        return Mistake({"verifier": NOT_A_VERIFIER})
    return People(operator, second.person.login, second.actor)


def places_of(faults: Sequence[Fault]) -> tuple[Place, ...]:
    """Say what is wrong in Japanese, by file, row and column."""
    return tuple(_place(fault) for fault in faults[:FAULTS_SHOWN])


def _place(fault: Fault) -> Place:
    words, name = WORDS[fault.code][0], fault.detail or ""
    if fault.code == "not_taken":
        # What the catalogue says of a row: the path of the field, and the code in brackets.
        name, _, code = name.partition(" (")
        words = words_of(code.removesuffix(")"))
    elif fault.code == "wrong_encoding":
        name = name.replace("byte ", "行の先頭から") + "バイト目" if name else ""
    elif fault.code == "sequence_gap":
        name, words = "", f"通し番号{name.replace('-', '～')}が、まだ届いていません。{words.partition('。')[2]}"
    column = "".join((f"{fault.column}列目" if fault.column is not None else "", f"（{_label(fault, name)}）" if name else ""))
    return Place(fault.file or "", f"{fault.row}行目" if fault.row is not None else "", column, words)


def _label(fault: Fault, name: str) -> str:
    """What a column is called in the catalogue, with the name that stands in the heading."""
    kinds = (kind for kind in EVENT_TYPES if (fault.file or "").startswith(f"{kind.type}."))
    meant = next((kind.by_name[name].ja for kind in kinds if name in kind.by_name), "")
    return f"{meant}、{name}" if meant else name


UPLOAD = Upload("import", deeds.IMPORTED, Bundle, "bundle", BUNDLE_BYTES_MAX, TOO_LARGE, take, COORDINATOR)
