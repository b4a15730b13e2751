"""What requests for disclosure, correction and suspension are called, and what is asked for in each of their forms."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.casework.domain.privacy_decision import Lack
from services.casework.domain.privacy_request import DAYS_MORE, Capacity, Does, Ground, Kind, Opinion, Result, State

Choices = tuple[tuple[str, str], ...]

KINDS: Mapping[Kind, str] = {Kind.DISCLOSURE: "開示請求", Kind.CORRECTION: "訂正請求", Kind.SUSPENSION: "利用停止請求"}
CAPACITIES: Mapping[Capacity, str] = {
    Capacity.SELF: "本人",
    Capacity.LEGAL_REPRESENTATIVE: "法定代理人：親権者・後見人",
    Capacity.AGENT: "任意代理人：委任による",
}
STATES: Mapping[State, str] = {
    State.RECEIVED: "受け付けた（本人確認の前）",
    State.INCOMPLETE: "補正を待っている",
    State.EXAMINED: "審査している",
    State.PROPOSED: "決定を待っている",
    State.DECIDED: "決定した（実施の前）",
    State.CARRIED_OUT: "終わった",
    State.WITHDRAWN: "取り下げられた",
    State.TRANSFERRED: "移送した",
}
RESULTS: Mapping[Result, str] = {
    Result.WHOLE: "全部認める（全部開示・訂正する・利用停止する）",
    Result.PART: "一部認める（一部開示・一部の訂正や利用停止）",
    Result.NONE: "認めない（不開示・訂正しない・利用停止しない）",
    Result.NOT_HELD: "記録を保有していない（不存在による不開示）",
    Result.NO_ANSWER: "記録の有無を答えない（81条）",
}
GROUNDS: Mapping[Ground, str] = {
    Ground.HARM_TO_THE_PERSON: "本人の生命・健康・生活・財産を害するおそれ（78条1項1号）",
    Ground.THIRD_PARTY: "本人以外の個人の情報。支援措置で守る所在を含む（78条1項2号）",
    Ground.CORPORATION: "法人などの情報（78条1項3号）",
    Ground.DELIBERATION: "審議・検討の情報（78条1項6号）",
    Ground.AFFAIRS: "事務の適正な遂行への支障（78条1項7号）",
}
OPINIONS: Mapping[Opinion, str] = {
    Opinion.NO_OBJECTION: "支障はない",
    Opinion.OBJECTS: "反対する（反対意見書）",
    Opinion.NO_REPLY: "期限までに回答がなかった",
}
IDENTITIES: Mapping[str, str] = {
    "my_number_card": "個人番号カード（おもて面）",
    "driving_licence": "運転免許証",
    "residence_card": "在留カード・特別永住者証明書",
    "other": "そのほかの公的な書類",
    "by_post": "郵送：書類の写しと、30日以内の住民票の写し",
}
EVIDENCE: Mapping[str, str] = {
    "family_register": "戸籍の謄本・抄本（親権者）",
    "guardianship": "後見の登記事項証明書・審判書",
    "mandate": "委任状（印鑑登録証明書などを添える）",
}
HOW: Mapping[str, str] = {
    "inspection": "閲覧",
    "copy": "写しの交付",
    "data": "電子データの交付",
    "done": "訂正・利用停止をした",
    "notice_only": "通知だけ（認めない決定など）",
}
MUST: Mapping[str, str] = {"must": "必ず聞く（86条2項）", "may": "聞くことができる（86条1項）"}

BUTTONS: Mapping[Does, str] = {
    Does.ASK_TO_COMPLETE: "補正を求めたと記録する",
    Does.COMPLETE: "補正されたと記録する",
    Does.CHECK: "本人確認を記録する",
    Does.CONSULT: "第三者への照会を記録する",
    Does.HEAR: "第三者の意見を記録する",
    Does.EXTEND: "期限の延長を記録する",
    Does.PROPOSE: "決定の案を出す",
    Does.SEND_BACK: "案を差し戻す",
    Does.DECIDE: "案のとおり決定する",
    Does.RECONSIDER: "決定をやり直す",
    Does.CARRY_OUT: "通知・実施を記録する",
    Does.WITHDRAW: "取下げを記録する",
    Does.TRANSFER: "移送を記録する",
    Does.NOTE: "経過を書き加える",
}
DONE: Mapping[Does, str] = {
    Does.ASK_TO_COMPLETE: "補正を求めた",
    Does.COMPLETE: "補正された",
    Does.CHECK: "本人を確認した",
    Does.CONSULT: "第三者に照会した",
    Does.HEAR: "第三者の意見を受けた",
    Does.EXTEND: "期限を延ばした",
    Does.PROPOSE: "決定の案を出した",
    Does.SEND_BACK: "案を差し戻した",
    Does.DECIDE: "決定した",
    Does.RECONSIDER: "決定をやり直すことにした",
    Does.CARRY_OUT: "通知・実施した",
    Does.WITHDRAW: "取り下げられた",
    Does.TRANSFER: "移送した",
    Does.NOTE: "経過を書き加えた",
}
LACKS: Mapping[Lack, tuple[str, str]] = {
    Lack.RESULT: ("result", "この種類の請求では、その決定はできません。"),
    Lack.GROUNDS: ("ground", "開示しない部分があるときは、根拠（78条1項の号）を選んでください。"),
    Lack.REASONS: ("words", "認めない部分があるときは、理由を書いてください。通知に書く理由になります。"),
    Lack.HELD: ("result", "この人の記録を保有しています。「保有していない」とは決められません。"),
    Lack.UNHEARD: ("result", "照会した第三者の意見が、まだ記録されていません。期限までに回答がなければ、そのとおり記録してください。"),
    Lack.PROTECTED: (
        "result",
        "支援措置の対象者です。全部は開示できません。所在が分かる部分を除き、根拠に78条1項1号か2号を選んでください。",
    ),
    Lack.OPPONENT: (
        "result",
        "請求した人は、支援措置の相手方の側です。所在が分かることは開示できません。78条1項1号か2号による一部・不開示か、81条によってください。",
    ),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A field of a form on the page."""

    name: str
    label: str
    kind: str = "text"
    choices: Choices = ()
    required: bool = True
    hint: str = ""
    rows: int = 0
    most: int = 1000


def _choices(words: Mapping[Any, str]) -> Choices:
    return tuple((str(value), text) for value, text in words.items())


def _day(label: str, name: str = "on", *, required: bool = True) -> Entry:
    return Entry(name, label, "date", required=required)


_WHY = Entry("words", "理由", rows=2)
_WORDS = Entry("words", "メモ", rows=2, required=False)
RECEIVING: tuple[Entry, ...] = (
    Entry("kind", "請求の種類", choices=_choices(KINDS)),
    _day("請求書を受け付けた日", "received_on"),
    Entry("requester", "請求した人の氏名", most=60),
    Entry("capacity", "請求した人の立場", choices=_choices(CAPACITIES)),
    Entry("subject", "だれの記録か（氏名）", most=60),
    Entry("wanted", "請求の内容", rows=3, hint="請求書に書かれたとおりに写します。住所や連絡先は、紙の請求書だけに残します。"),
    Entry("disclosed_on", "開示を受けた日", "date", required=False, hint="訂正・利用停止の請求は、開示を受けた日から90日以内です。"),
)
ENTRIES: Mapping[Does, tuple[Entry, ...]] = {
    Does.ASK_TO_COMPLETE: (
        _day("補正を求めた日"),
        Entry("words", "足りないもの", rows=2, hint="補正を待つ日数は、決定の期限に数えません。"),
    ),
    Does.COMPLETE: (_day("補正された日"), _WORDS),
    Does.CHECK: (
        Entry("identity", "本人を確かめた書類", choices=_choices(IDENTITIES)),
        Entry(
            "evidence",
            "代理の資格を確かめた書類",
            choices=_choices(EVIDENCE),
            required=False,
            hint="代理人からの請求では、必ず確かめます。",
        ),
        Entry("issued_on", "その書類の作成日", "date", required=False, hint="請求の日の前30日以内に作られたものに限ります。"),
        Entry(
            "person_no",
            "記録の本人の宛名番号",
            required=False,
            most=15,
            hint="生年月日と両方が合うときだけ、この仕組みの記録と結びつけます。番号は残しません。",
        ),
        _day("記録の本人の生年月日", "birth_date", required=False),
        Entry(
            "requester_no",
            "請求した人の宛名番号",
            required=False,
            most=15,
            hint="代理人からの請求では入れます。支援措置の相手方の側かどうかを確かめます。番号は残しません。",
        ),
        _WORDS,
    ),
    Does.CONSULT: (
        Entry("whom", "照会する相手", most=60, hint="支援措置の相手方には照会しません。照会すると、所在や措置が伝わります。"),
        Entry("must", "照会の根拠", choices=_choices(MUST)),
        _day("照会した日"),
        _day("回答の期限", "reply_by"),
    ),
    Does.HEAR: (Entry("opinion", "意見", choices=_choices(OPINIONS)), _WORDS),
    Does.EXTEND: (
        Entry("days", f"延ばす日数（{DAYS_MORE}日まで、1回限り）", most=2),
        _day("請求した人に通知した日"),
        Entry("words", "延長の理由", rows=2, hint="事務処理上の困難など、正当な理由があるときに限ります。"),
    ),
    Does.PROPOSE: (
        Entry("result", "決定の案", choices=_choices(RESULTS)),
        Entry("ground", "開示しない根拠", choices=_choices(GROUNDS), required=False),
        Entry("more", "開示しない根拠（2つ目）", choices=_choices(GROUNDS), required=False),
        Entry("parts", "出す部分・出さない部分", rows=2, required=False),
        Entry("words", "理由", rows=3, required=False, hint="通知に書く理由です。出さない情報の中身が分かる書き方にしないでください。"),
    ),
    Does.SEND_BACK: (_WHY,),
    Does.DECIDE: (_WORDS,),
    Does.RECONSIDER: (_WHY,),
    Does.CARRY_OUT: (
        _day("通知・実施した日"),
        Entry("how", "実施の方法", choices=_choices(HOW)),
        Entry(
            "words",
            "メモ",
            rows=2,
            required=False,
            hint="認めない部分があるときは、3か月以内に審査請求ができることも通知します。訂正したときは、渡した先にも知らせます（97条）。",
        ),
    ),
    Does.WITHDRAW: (_day("取り下げられた日"), _WHY),
    Does.TRANSFER: (Entry("to", "移送先", most=60), _day("移送した日"), _WHY),
    Does.NOTE: (Entry("words", "経過", rows=2),),
}
BESIDE: Mapping[str, str] = {"found": "この仕組みの記録", "grounds": "開示しない根拠", "of": "照会"}
"""What stands in a word besides the fields of its form."""
VALUES: Mapping[str, Mapping[str, str]] = {
    "identity": IDENTITIES,
    "evidence": EVIDENCE,
    "must": MUST,
    "opinion": {each.value: words for each, words in OPINIONS.items()},
    "result": {each.value: words for each, words in RESULTS.items()},
    "grounds": {each.value: words for each, words in GROUNDS.items()},
    "how": HOW,
    "found": {"yes": "ある", "no": "見つからない"},
}
