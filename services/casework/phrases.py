"""What several screens say alike: names, places, states, time limits. What stands for something that is not shown tells nothing."""

from datetime import date

from contracts.deeds import DEEDS
from contracts.values import CaseState, Role, Sex, Ward
from contracts.words import GUIDANCE_CENTER, WARDS
from infra.identity.staff import Staff
from infra.pages import dates
from services.casework.domain import wording
from services.casework.domain.calendar import opening_days_until
from services.casework.domain.flow import STATE_TITLES
from services.casework.sheets import Unsaid

NAME_UNKNOWN = Unsaid("（氏名の記録なし）")
WARD_UNKNOWN = Unsaid("不明")
BIRTH_UNKNOWN = Unsaid("生年月日の記録なし")
HIDDEN = Unsaid(wording.WHEREABOUTS_HIDDEN)
SEX_UNKNOWN = Unsaid(wording.SEXES[Sex.UNKNOWN])
GONE = "きっかけなし"
NOT_STARTED = "未着手"
LAST_OPENING_DAY = "それまでに開庁日はありません"
"""Of a time limit before the office opens again: there is today, if it is open at all."""


def sex(known: Sex) -> str:
    """Say a sex."""
    return SEX_UNKNOWN if known is Sex.UNKNOWN else wording.SEXES[known]


def ward(known: Ward | None) -> str:
    """Name a ward."""
    return WARDS[known] if known is not None else WARD_UNKNOWN


def state(known: CaseState | None, *, gone: bool) -> str:
    """Say where a review or its case stands."""
    if gone:
        return GONE
    return NOT_STARTED if known is None else STATE_TITLES[known]


def due(day: date, today: date) -> str:
    """
    Say a time limit, and how long that is: the same on every page.

    What lies ahead is counted in opening days, as time limits are (`casework.md` §2.2): on those somebody can do something. What is over
    is counted in all days: so long the child has waited.
    """
    days = (day - today).days
    if days <= 0:
        return f"{dates.month_day(day)}（{f'{-days}日超過' if days else 'きょうまで'}）"
    opening = opening_days_until(day, today)
    return f"{dates.month_day(day)}（{f'あと{opening}開庁日' if opening else LAST_OPENING_DAY}）"


def deed(action: str, *, refused: bool) -> str:
    """Say what somebody did in the words of the list of one's own deeds. What was refused did not happen: it was tried."""
    known = DEEDS.get(action)
    if known is None:
        return action
    done, attempted = known.own or (known.done, known.attempted)
    return attempted if refused else done


def list_title(staff: Staff) -> str:
    """Name the list of the ward, or of the city, that somebody works with."""
    if Role.GUIDANCE_WORKER in staff.roles:
        return f"{GUIDANCE_CENTER}の受付"
    return f"要確認　{WARDS[staff.ward]}" if staff.ward else "要確認"
