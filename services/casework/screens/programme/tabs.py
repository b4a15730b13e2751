"""The row of screens that belong to the programme, of which everybody sees what is theirs to open."""

from dataclasses import dataclass

from infra.identity.staff import Staff
from services.casework.accesses import viewer_of
from services.casework.domain.policy import Action, Permit, may

UNDER = "programme"
"""The screen of the programme that stands in the menu."""


@dataclass(frozen=True, slots=True)
class Tab:
    """A screen of the programme: its name, where it is, what it is called, and who may open it."""

    name: str
    address: str
    label: str
    right: Action


TABS = (
    Tab("programme", "/programme", "予定", Action.READ_PROGRAMME),
    Tab("meetings", "/meetings", "検討会", Action.READ_PROGRAMME),
    Tab("issues", "/issues", "課題", Action.READ_PROGRAMME),
    Tab("surveys", "/surveys", "アンケート", Action.READ_SURVEYS),
    Tab("weekly_report", "/weekly", "週次報告", Action.READ_WEEKLY_REPORT),
)


def tabs_of(staff: Staff) -> tuple[Tab, ...]:
    """Return the screens that somebody may open, in their order."""
    return tuple(tab for tab in TABS if isinstance(may(viewer_of(staff), tab.right), Permit))
