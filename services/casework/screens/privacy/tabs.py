"""The row of screens about personal data, of which everybody sees what is theirs to open."""

from infra.identity.staff import Staff
from services.casework.accesses import viewer_of
from services.casework.domain.policy import Action, Permit, may
from services.casework.screens.programme.tabs import Tab

UNDER = "privacy_requests"
"""The screen of these that stands in the menu."""
TABS = (
    Tab("privacy_requests", "/requests", "開示などの請求", Action.KEEP_PRIVACY_REQUESTS),
    Tab("privacy_check", "/check", "年度の点検", Action.CHECK_PRIVACY),
    Tab("disposal", "/disposal", "保存期間と廃棄", Action.READ_DISPOSAL),
)


def tabs_of(staff: Staff) -> tuple[Tab, ...]:
    """Return the screens that somebody may open, in their order."""
    return tuple(tab for tab in TABS if isinstance(may(viewer_of(staff), tab.right), Permit))
