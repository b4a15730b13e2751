"""Who and where in Japanese, as people of the city write it: one table of each for all pages and for the audit log."""

from collections.abc import Mapping

from contracts.feeds import FeedStanding
from contracts.organisation import ORGANISATION
from contracts.values import DisputeKind, OwnerAnswer, Role, Section, ServiceName, Ward

WARDS: Mapping[Ward, str] = {Ward(ward.code): ward.name for ward in ORGANISATION.wards}
SECTIONS: Mapping[Section, str] = {Section(code): name for code, name in ORGANISATION.sections.items()}
CITY = ORGANISATION.city
LEADING = SECTIONS[Section.CHILD_FAMILY_DIVISION]
"""The division that leads the whole (ROLE-01), as the city calls it."""
OWNERS = SECTIONS[Section.DATA_OWNER]
"""The units that hold the sources (ROLE-02), as the city calls them together."""
SECURITY = SECTIONS[Section.INFORMATION_SECURITY]
"""Those who watch over the log, as the city calls them."""
GUIDANCE_CENTER = SECTIONS[Section.GUIDANCE_CENTER]
"""The child guidance centre (児童相談所), as the city calls it."""
CONTACT = ORGANISATION.contact
"""How to reach the division that leads; "" where the city's file does not say."""

ROLES: Mapping[Role, str] = {
    Role.WARD_CLERK: "担当職員",
    Role.WARD_LEAD: "とりまとめ職員",
    Role.COORDINATOR: f"{LEADING} 総括",
    Role.SECURITY_OFFICER: SECURITY,
    Role.PRIVACY_OFFICER: "プライバシー保護責任者",
    Role.DATA_OWNER: f"{OWNERS} 担当",
    Role.LINKAGE_CLERK: "名寄せ担当",
    Role.GUIDANCE_WORKER: f"{GUIDANCE_CENTER} 職員",
}

ACTORS: Mapping[str, str] = {
    **{role.value: words for role, words in ROLES.items()},
    "operator": "運用担当（コマンド）",
    "nobody": "ログインしていない人",
}
"""Whoever can act, by the role that the log keeps; a service that acts by itself has the role `service:<name>`."""

ORIGINS: Mapping[str, str] = {
    "command line": "コマンド",
    "amqp": "連携元からの接続（AMQP）",
    "http": "連携元からの接続（HTTP）",
    "media": "媒体での持ち込み",
}
"""Ways in that are no terminal's address."""

SERVICES: Mapping[ServiceName, str] = {
    ServiceName.INGEST: "受け入れ",
    ServiceName.LINKER: "名寄せ",
    ServiceName.SCORER: "指標",
    ServiceName.CASEWORK: "ケース支援",
    ServiceName.AUDIT: "監査記録",
}


FEED_STANDINGS: Mapping[FeedStanding, str] = {
    FeedStanding.OPEN: "届いている",
    FeedStanding.WAITING: "まだ届いていない",
    FeedStanding.QUIET: "途絶えている",
    FeedStanding.STOPPED: "受け入れ停止（番号の確認）",
    FeedStanding.SUSPENDED: "一時停止中",
    FeedStanding.CLOSED: "登録がなく受け入れ停止",
}
"""How the feed of a source stands."""


def place_of(section: Section, ward: Ward | None) -> str:
    """Return ward and section in words, e.g. 博多区 子育て支援課."""
    return f"{WARDS[ward]} {SECTIONS[section]}" if ward else SECTIONS[section]


DISPUTES: Mapping[DisputeKind, str] = {DisputeKind.WRONG: "誤っている", DisputeKind.OUTDATED: "古くなっている"}
"""What staff say of the record behind a reason."""

OWNER_ANSWERS: Mapping[OwnerAnswer, str] = {
    OwnerAnswer.LOOKING: "調べています",
    OwnerAnswer.CORRECTED: "誤りでした。訂正します",
    OwnerAnswer.RIGHT: "記録のとおりです",
}
"""What its owner says of it."""

HELD_UP_FOR: dict[str, str] = {
    "person not in the register": "この宛名番号の人が、住民記録にまだありません。",
    "pregnancy not notified": "この妊娠の届出が、まだ届いていません。",
    "several pregnancies around the exam date": "健診の日のころに、妊娠がいくつかあります。職員が確かめます。",
    "names another mother than the pregnancy": "届け出た母と違う人の番号です。職員が確かめます。",
    "number belongs to somebody else": "この番号は、別の人のものです。職員が確かめます。",
    "names no person": "だれの記録かを示す番号がありません。職員が確かめます。",
    "number equal to another one but for leading zeros": "先頭の0だけが違う番号が、ほかにあります。職員が確かめます。",
    "pregnancy number equal to another one but for leading zeros": "先頭の0だけが違う妊娠の番号が、ほかにあります。職員が確かめます。",
    "number that the register gave up": "住民記録で使われなくなった番号です。職員が確かめます。",
    "no linkage rule yet": "この種類の記録を結び付ける決まりが、まだありません。",
    "pupil without a number": "児童生徒の宛名番号も、氏名や生年月日もありません。職員が確かめます。",
    "whom school, name and birth date mean is not certain": "だれのことか、氏名や生年月日だけでは確かではありません。職員が確かめます。",
    "two pupils of one list mean the same child": "同じ名簿の2人の児童生徒が、住民記録の同じ子どもに当たります。職員が確かめます。",
    "nobody of the register is like the pupil": "学校・氏名・生年月日の合う子どもが、住民記録にまだありません。",
    "lists a child whose number may be another one's": "児童の宛名番号のなかに、別の番号かもしれないものがあります。職員が確かめます。",
    "name or birth date is not that of the number's person": "氏名か生年月日が、その宛名番号の人のものと違います。職員が確かめます。",
    "pupil on no list of the school yet": "この児童生徒の名簿の記録が、まだ届いていません。届くと結び付きます。",
    "pupil linked to nobody yet": "この児童生徒の名簿の記録が、まだだれにも結び付いていません。結び付くと、この記録も結び付きます。",
    "whom the school's list means is not certain": "名簿の記録がだれのものか、確かではありません。職員が確かめます。",
}
"""Why a record does not reach its person yet: as the linker says it (English), and in Japanese, for its source."""
