"""A ruleset's file, or the result of an analysis, is read into the form: it can be looked at and mended before anything is proposed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.deeds import scorer as deeds
from contracts.deeds.deed import Deed
from contracts.values import Role
from infra.screens.seeing import Form, Mistake
from infra.work import UnitOfWork
from services.scorer import wording
from services.scorer.domain.rulesets import NotARuleset, read
from services.scorer.domain.rulesets.document import LONGEST
from services.scorer.domain.rulesets.result import is_result
from services.scorer.domain.standing import PROPOSERS
from services.scorer.results import prepared

FILE_FIELD = "file"
OCTETS_MOST = 4 * LONGEST
"""The longest document in UTF-8."""
TOO_LARGE = "ファイルが大きすぎます。把握基準の文書は2万字までです。"
_NO_FILE = "ファイルを選んでください。"
_NOT_UTF8 = "ファイルをUTF-8で保存し直してください。"
_NO_RESULT = "分析の結果として受け付けられないところが{}つあります。"
_OK, TOO_LARGE_STATUS = 200, 413


class ReadingForm(Form):
    """What stands in the form already."""

    document: str = ""
    grounds: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a form with a file is sent to: a file becomes the document of the form, and nothing is proposed yet."""

    name: str = "read"
    screen: str = "proposal"
    deed: Deed = deeds.RULESET_PROPOSED
    form: type[Form] = ReadingForm
    roles: frozenset[Role] = field(default_factory=lambda: PROPOSERS)


READING = Reading()


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a file puts into the form, and what the page says of it: without an error where it can be proposed."""

    filled: Mapping[str, str]
    said: Mistake


async def read_file(work: UnitOfWork, octets: bytes | None) -> Chosen:
    """Return what a file puts into the form: a ruleset as it is; the result of an analysis as the ruleset that it comes to."""
    if octets is None:
        return Chosen({}, Mistake({FILE_FIELD: _NO_FILE}))
    if len(octets) > OCTETS_MOST:
        return Chosen({}, Mistake({FILE_FIELD: TOO_LARGE}, TOO_LARGE_STATUS))
    try:
        document = octets.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        return Chosen({}, Mistake({FILE_FIELD: _NOT_UTF8}))
    if not is_result(document):
        return Chosen({"document": document}, refusals(document) or Mistake({}, _OK))
    try:
        made = await prepared(work, document)
    except NotARuleset as error:
        return Chosen({}, Mistake({FILE_FIELD: _NO_RESULT.format(len(error.mistakes))}, details=tuple(map(wording.wrong, error.mistakes))))
    return Chosen({"document": made.document, "grounds": made.grounds, "origin": "analysis"}, Mistake({}, _OK))


def refusals(document: str) -> Mistake | None:
    """Return what is wrong with a document, each field by its name; None where it is a ruleset."""
    try:
        read(document)
    except NotARuleset as error:
        told = tuple(map(wording.wrong, error.mistakes))
        return Mistake({"document": f"把握基準として受け付けられないところが{len(told)}つあります。"}, details=told)
    return None
