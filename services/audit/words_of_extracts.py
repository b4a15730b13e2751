"""An extract in plain Japanese, and the report that a person is given who asks who looked at them."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from io import StringIO
from uuid import UUID

from contracts.deeds import audit as deeds
from infra.identity.staff import Registered
from infra.pages.dates import moment
from services.audit import telling
from services.audit.domain import wording
from services.audit.domain.extracts import Asked, Kind, NotAllowed, Of, State
from services.audit.views import Row

KINDS: Mapping[Kind, str] = {
    Kind.DISCLOSURE: "開示の報告書（本人などに渡す。職員の名前は載せない）",
    Kind.EVIDENCE: "証拠の写し（調査や監査に使う）",
}
STATES: Mapping[State, str] = {
    State.ASKED: "決裁待ち",
    State.APPROVED: "承認済み",
    State.DECLINED: "認めない",
    State.OVER: "期限切れ",
}
NOT_ALLOWED: Mapping[NotAllowed, str] = {
    NotAllowed.OWN_REQUEST: "あなたが申請したものです。ほかの人が決裁します。",
    NotAllowed.ABOUT_THEMSELF: "あなた自身の記録についてのものです。ほかの人が決裁します。",
    NotAllowed.DECIDED_ALREADY: "",
    NotAllowed.NOT_APPROVED: "",
    NotAllowed.OF_ANOTHER: "取り出せるのは、申請した人だけです。",
    NotAllowed.TOO_LATE: "承認から7日を過ぎました。必要なら、もう一度申請してください。",
}
WHY = deeds.WHY_EXTRACTED
WHY_WITHHELD = deeds.WHY_WITHHELD
HEADINGS = ("いつ", "どの所属の職員が", "どの画面で", "なにをしたか", "見た・変えた項目", "どういう立場で", "許可・拒否")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def subject_of(asked: Asked, known: Mapping[UUID, Registered]) -> str:
    """Whose entries these are."""
    if asked.of_kind is Of.THING:
        return f"この対象についての記録　{asked.of_id}"
    person = known.get(UUID(asked.of_id))
    return f"この職員がしたことの記録　{person.label() if person is not None else asked.of_id}"


def period_of(asked: Asked) -> str:
    """Of which time."""
    return f"{_edge(asked.since, '初めから')} ～ {_edge(asked.until, '申請の時まで')}"


def who(staff_id: UUID, role: str, known: Mapping[UUID, Registered]) -> str:
    """Who asked or decided."""
    person = known.get(staff_id)
    return person.label() if person is not None else f"登録にない職員（{wording.role_of(role)}）"


def report_rows(rows: Sequence[Row]) -> Iterator[tuple[str, ...]]:
    """What a person is told of each entry: by office, without names and ids of staff."""
    for row in rows:
        columns = row.columns
        if columns is None:
            yield (telling.UNREADABLE, *("" for _ in HEADINGS[1:]))
            continue
        fields = "、".join(name.partition("（")[0] for name in map(wording.field_of, columns.fields))
        words, _ = wording.entitled(columns.relation, columns.decision, is_emergency="emergency" in (columns.reason_code or "").split("."))
        decision = wording.DECISIONS.get(columns.decision, columns.decision)
        is_person = columns.type == "AccessRecorded" and columns.actor is not None
        screen, deed = wording.screen_of(columns.action), telling.deed(columns)
        yield telling.exact(columns), telling.who(columns), screen, deed, fields, words if is_person else "", decision


def csv_of(rows: Sequence[Row]) -> bytes:
    """The report as a spreadsheet opens it: UTF-8 with a byte order mark, lines ended by CR LF, and no formula."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    writer.writerows([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in report_rows(rows))
    return text.getvalue().encode("utf-8-sig")


def _edge(at: datetime | None, otherwise: str) -> str:
    return otherwise if at is None else moment(at)
