"""Words of the pages about who is who: questions, answers, what two records say, what speaks for it, what would follow."""

from collections.abc import Mapping
from datetime import date

from contracts.catalogue import SOURCES
from contracts.days import EARLIEST_DAY
from contracts.deeds.linker import COMPARED, WHY_ANSWERED
from contracts.values import Source
from contracts.words import WARDS
from infra.pages.dates import era_date, era_month, era_year
from services.linker.domain.matching.levels import Field, Level
from services.linker.domain.reviewing.questions import Answer, Kind, NotNow, Queue, State, Step, Why
from services.linker.judging import WhyNot

HIDDEN = "支援措置のため表示しません"
NOT_SAID = "記載なし"

QUEUES: Mapping[Queue, str] = {Queue.MATCH: "同一人物かの確認", Queue.SPLIT: "別人が混ざっていないかの確認"}

REASONS: Mapping[str, str] = {
    "number equal to another one but for leading zeros": "先頭の0を除くと同じ宛名番号がある",
    "number that the register gave up": "住民記録で使われなくなった宛名番号",
    "whom school, name and birth date mean is not certain": "学校の名簿の児童生徒が、住民記録のだれか決めきれない",
    "two pupils of one list mean the same child": "同じ名簿の2人の児童生徒が、住民記録の同じ人に当たる",
    "name or birth date is not that of the number's person": "名簿の氏名か生年月日が、宛名番号の人と違う",
    "two entries alike": "住民記録に同じ氏名・生年月日の2人がいる",
    "revision contested": "住民記録の訂正が、別の人のように見える",
    "number belongs to somebody else": "宛名番号が、すでに別の人のもの",
    "joined entries contradict": "同一人物とした2件の住民記録が食い違う",
}
"""Why people are asked, by what the linker calls it."""

ASKS: Mapping[Kind, str] = {
    Kind.NUMBER: "この記録の宛名番号は、住民記録のこの人の番号ですか",
    Kind.PUPIL: "名簿のこの児童生徒は、住民記録のこの人ですか",
    Kind.ENTRIES: "この2件の住民記録は、同じ人ですか",
    Kind.REVISION: "この記録は、これまでの住民記録と同じ人ですか",
    Kind.JOINED: "同一人物としてまとめた2件は、やはり同じ人ですか",
}

SIDES: Mapping[Kind, tuple[str, str]] = {
    Kind.NUMBER: ("行き先の決まらない記録", "住民記録"),
    Kind.PUPIL: ("学校の名簿", "住民記録"),
    Kind.ENTRIES: ("住民記録（先に記録された方）", "住民記録（後に記録された方）"),
    Kind.REVISION: ("新しく届いた内容", "いまの住民記録"),
    Kind.JOINED: ("住民記録（先に記録された方）", "住民記録（後に記録された方）"),
}

SHORT_SIDES: Mapping[Kind, tuple[str, str]] = {
    Kind.NUMBER: ("この記録", "住民記録"),
    Kind.PUPIL: ("名簿", "住民記録"),
    Kind.ENTRIES: ("先の記録", "後の記録"),
    Kind.REVISION: ("新しい内容", "いまの記録"),
    Kind.JOINED: ("先の記録", "後の記録"),
}
"""The same where there is little room."""

ANSWERS: Mapping[Answer, str] = {Answer.MATCH: "同一人物", Answer.NOT: "別人", Answer.CANT_TELL: "判断できない"}

STATES: Mapping[State, str] = {State.OPEN: "未判断", State.PROPOSED: "2人目の確認待ち", State.UNSURE: "判断できない"}
TAGS: Mapping[State, str] = {State.OPEN: "", State.PROPOSED: "changed", State.UNSURE: "lock"}

STEPS: Mapping[Step, str] = {
    Step.DECIDED: "判断した",
    Step.PROPOSED: "1人目として答えた",
    Step.CONFIRMED: "2人目として認めた",
    Step.DECLINED: "差し戻した",
    Step.UNSURE: "判断できないとした",
    Step.BACK_PROPOSED: "1人目として取り消しを申し出た",
    Step.BACK_DECLINED: "取り消しの申し出を差し戻した",
    Step.TAKEN_BACK: "取り消した",
}

NOT_TAKEN: Mapping[NotNow | WhyNot, str] = {
    NotNow.CHANGED: "画面を開いたあとで、記録が変わりました。新しい内容を確かめて、もう一度判断してください。",
    NotNow.PROPOSED: "ほかの職員が先に答えました。その答えを認めるか、差し戻してください。",
    NotNow.NOTHING_PROPOSED: "確認を待つ答えは、もうありません。",
    NotNow.ONE_PERSON: "あなたが1人目として答えたものです。2人目の確認は、ほかの職員が行います。",
    WhyNot.NO_ENTRY: "住民記録のどちらかが、いまはだれのものでもありません。",
    WhyNot.ONE_NUMBER: "2件とも同じ宛名番号の記録です。",
    WhyNot.SAID_ALREADY: "すでにそのとおりになっています。",
    WhyNot.PARTED: "この組み合わせは判断できません。総括に相談してください。",
    WhyNot.CONTRADICTS: "ほかの判断と両立しません。先にその判断を取り消す必要があります。",
}

FIELDS: Mapping[str, str] = {
    "prior": "比べる前",
    Field.GIVEN: "名",
    Field.FAMILY: "姓",
    Field.BIRTH: "生年月日",
    Field.SEX: "性別",
    Field.ADDRESS: "住所",
    Field.GUARDIAN: "保護者",
    Field.HOUSEHOLD: "世帯番号",
    "school": "学校",
    "sum": "合計",
}

LEVELS: Mapping[Level, str] = {
    Level.KANJI: "表記が一致",
    Level.HOMOPHONE: "読みは一致、表記は違う",
    Level.KANA: "読みが一致",
    Level.LATIN: "ローマ字が一致",
    Level.FORMER: "旧姓が一致",
    Level.CROSSED: "姓名の区切りや順が違うが一致",
    Level.NEAR: "1か所だけ違う",
    Level.EQUAL: "一致",
    Level.PART: "分かる部分が一致",
    Level.TOWN: "町まで一致",
    Level.OTHER: "違う",
    Level.UNKNOWN: "比べられない",
}

DOUBTS: Mapping[str, str] = {
    "two rows of the register have this name and birth date": "住民記録に同じ氏名・生年月日の人が2人いる",
    "another member of the household has part of it": "同じ世帯の別の人にも、一部が当てはまる",
    "may be a twin": "ふたごのきょうだいかもしれない",
    "nothing says the same home": "同じ家であることを示すものがない",
    "a guardian's name is too little": "同じ家と言えるのは保護者名だけで、それでは足りない",
    "another household of this home has this family name": "同じ家に、同じ姓の別の世帯がある",
    "another family name and another sex": "姓も性別も違う",
    "the guardian lives in this house, in another household": "保護者が、同じ家の別の世帯にいる",
    "the guardian lives in the house that the record names, and the child does not": "記録の住所に住むのは、保護者と同じ名前の別の人",
    "may be a child who lives along": "同居している別の子どもかもしれない",
    "may be a cousin": "同じ家の、いとこかもしれない",
    "likeliest is a parent, and the record is about a child": "いちばん近い人が親にあたる",
    "another person is nearly as likely": "ほかにも同じくらい近い人がいる",
    "too little agrees": "一致するところが少ない",
    "the register names another school": "学齢簿の学校が、名簿の学校と違う",
    "the number is another person's": "宛名番号が別の人のもの",
    "no pattern of the gate holds": "機械で結べる型に当てはまらない",
}
"""What spoke against a link by machine (`matching/gate.py`, `roster.py`)."""

_SEXES = {"male": "男", "female": "女", "unknown": "不明"}
_RELATIONSHIPS = {"head": "世帯主", "spouse": "配偶者", "child": "子", "grandchild": "孫", "parent": "父母", "other": "その他"}
_DAYS = frozenset({"birth_date", "resident_from", "resident_to"})
_MONTH, _YEAR = len("2026-04"), len("2026")


def why(reason: Why) -> str:
    """Say a reason, without the answer before it."""
    return WHY_ANSWERED[reason.code].partition("：")[2]


def answer(reason: Why) -> str:
    """Say what was answered."""
    return "取り消し" if reason.takes_back else ANSWERS[reason.answer]


def field_name(name: str) -> str:
    """Say what a field is."""
    return COMPARED[name]


def value(name: str, said: str | None) -> str:
    """Say a value as people write it."""
    if said is None:
        return NOT_SAID
    words: Mapping[str, Mapping[str, str]] = {"sex": _SEXES, "relationship_to_head": _RELATIONSHIPS, "ward_code": WARDS}  # type: ignore[dict-item]
    if name in words:
        return words[name].get(said, said)
    if name in _DAYS:
        return day(said)
    return {"grade": f"{said}年", "fiscal_year": f"{said}年度"}.get(name, said)


def day(said: str) -> str:
    """Say a day, as far as it is known."""
    try:
        if len(said) == _YEAR:
            return f"{era_year(date.fromisoformat(f'{said}-12-31'))}（月日は不明）"
        if len(said) == _MONTH:
            return f"{era_month(date.fromisoformat(f'{said}-01'))}（日は不明）"
        known = date.fromisoformat(said)
    except ValueError:
        return "不明"
    return "不明" if known <= EARLIEST_DAY else era_date(known)


def system(source: Source) -> str:
    """Say which system a record is from."""
    return next(each.system for each in SOURCES if each.code == source)


def bits(number: float) -> str:
    """Say a weight: always with its sign."""
    return f"{number:+.1f}"
