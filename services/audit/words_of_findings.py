"""A finding in plain Japanese: what it is, of whom, where it stands, and what to do with it."""

from collections.abc import Mapping
from uuid import UUID

from contracts.deeds import audit as deeds
from infra.identity.staff import Registered
from infra.pages.dates import moment
from services.audit.domain import wording
from services.audit.domain.findings.moves import REASONS, Move, NotAllowed, State
from services.audit.findings import Finding, Line, Step

STATES: Mapping[State, str] = {
    State.OPEN: "未着手",
    State.EXPLAINED: "説明あり",
    State.ESCALATED: "上申中",
    State.CLOSED: "確かめ済み",
}
MOVES: Mapping[Move, str] = {
    Move.EXPLAIN: "説明を記録する",
    Move.ESCALATE: "上申する",
    Move.CLOSE: "確かめ終える",
    Move.REOPEN: "もう一度確かめる",
}
DONE: Mapping[Move, str] = {
    Move.EXPLAIN: "説明を記録しました。",
    Move.ESCALATE: "上申しました。プライバシー保護責任者が確かめます。",
    Move.CLOSE: "確かめ終えました。",
    Move.REOPEN: "もう一度確かめることにしました。",
}
NOT_ALLOWED: Mapping[NotAllowed, str] = {
    NotAllowed.ABOUT_THEMSELF: "これは、あなた自身についてのものです。ほかの人が扱います。",
    NotAllowed.OWN_OFFICE: "これは、あなたと同じ役割の職員についてのものです。別の役割の人が扱います。",
    NotAllowed.NOT_FROM_HERE: "いまの段階からは、その操作はできません。",
    NotAllowed.FOR_PRIVACY_OFFICER: "上申したものを終えるのは、プライバシー保護責任者です。",
}
FIGURES: Mapping[str, tuple[str, str]] = {
    "first": ("はじめの番号", "番"),
    "last": ("おわりの番号", "番"),
    "looks": ("閲覧", "回"),
    "children": ("こども", "人"),
    "usual_of_role": ("同じ役割の職員のふだんの一日", "人"),
    "rows": ("いちばん長い一覧", "行"),
    "days": ("日数", "日"),
    "people": ("見た職員", "人"),
    "addresses": ("住所を出した閲覧", "回"),
    "refusals": ("その前に断られた", "回"),
    "things": ("対象", "件"),
}
"""The figures of findings: how each is called, and its unit."""

WHAT_TO_DO: Mapping[str, str] = {
    **dict.fromkeys(
        deeds.MISUSE,
        "業務に要る閲覧だったかを、本人の所属長に確かめます（本人に先に知らせないほうがよいことがあります）。"
        "この職員がその日にしたことと、だれがこの対象を見たかを、下から開けます。",
    ),
    "numbers_missing": (
        "送る側が止まっていないか、途中で抜き取られていないかを、運用担当に確かめます。"
        "届かない理由が分かったら、運用担当が tsunagu audit explain-gap で記録します。"
    ),
    "producer_silent": "その部分が動いているかを、運用担当に確かめます。動いているのに届かないときは、途中で止められています。",
    "contradiction_found": "同じ番号で二つの内容が語られました。どちらかが偽物です。隔離された記録を運用担当と調べます。",
    "unattested_found": "鍵の登録漏れか、なりすましです。鍵を登録すると、隔離された記録はあとから記録簿に入ります。",
    "log_altered": "tsunagu audit verify で場所を確かめ、立会人の控えと比べます。すぐに責任者へ連絡してください。",
    "log_incomplete": "tsunagu audit verify で何が足りないかを確かめます。",
    "history_refused": "データベースの巻き戻しか、書き換えです。封印は止まっています。すぐに責任者と運用担当へ連絡してください。",
    "witness_away": "立会人の機械とネットワークを確かめます。連署のない記録は、まだ書き換えの見つけようがありません。",
}
KINDS = deeds.FINDINGS

_PRODUCER_KINDS = {"numbers_missing", "producer_silent", "contradiction_found", "unattested_found"}


def about_of(finding: Finding, known: Mapping[UUID, Registered]) -> str:
    """Whom or what it is about: staff by name, login and place of today's register, the rest by what it is called."""
    if finding.actor is not None:
        person = known.get(finding.actor)
        return person.label() if person is not None else f"登録にない職員（{wording.role_of(finding.actor_role or '')}）"
    if finding.thing_kind is not None:
        return wording.kind_of(finding.thing_kind)
    if finding.kind in _PRODUCER_KINDS:
        name, _, lane = finding.about.replace(" ", "/", 1).partition("/")
        return wording.producer_of(name) + (f"の系列 {lane}" if lane.isdigit() else "")
    return "記録簿"


def figures_of(finding: Finding) -> list[tuple[str, str]]:
    """Its numbers, as they are called."""
    return [(name, f"{value:,}{unit}") for key, value in finding.figures.items() for name, unit in [FIGURES.get(key, (key, ""))]]


def waits_since(line: Line) -> str:
    """Since when it stands as it does."""
    return moment(line.moved_at or line.finding.found_at)


def reason_of(step: Step) -> str:
    """Why a step was done."""
    return next((words[step.reason_code] for words in REASONS.values() if step.reason_code in words), step.reason_code)


def written(step: Step) -> str:
    """What was written with a step, or why that cannot be read."""
    if step.words is None:
        return "（書かれた理由は、鍵を廃棄したため読めません）" if step.is_genuine else "（書かれた理由が、書かれたときと違っています）"
    return step.words if step.is_genuine else f"（記録したときと違います）{step.words}"
