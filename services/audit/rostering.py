"""Who is on duty, by the city's duty list and the register of staff: asked anew each time, for whoever keeps the list changes it by day."""

from collections.abc import Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import structlog

from infra.identity.staff import Registered
from services.audit.domain.misuse.duty import DutyListMalformed, Turn, days_on_duty, parse_duty_list
from services.audit.misusing import Duty

log = structlog.get_logger()

Register = Callable[[Collection[str]], Coroutine[Any, Any, Sequence[Registered]]]
"""Tells who has these logins."""


class DutyListUnreadable(Exception):
    """The list is not there, or cannot be read; the text says where."""


@dataclass(slots=True)
class Roster:
    """The duty list in `file`; without one, nobody is ever on duty. `is_readable` is whether it could be read when it was asked last."""

    file: Path | None
    registered: Register
    is_readable: bool = field(default=True, init=False)

    async def on_duty(self, first: date, last: date) -> Duty:
        """
        Return who is on duty from one day to another. Raises DutyListUnreadable.

        With a list that cannot be read nobody is told of: what would be found by a wrong one could not be unsaid.
        """
        self.is_readable = False
        duties = list(days_on_duty(self.turns(), first, last))
        self.is_readable = True
        logins = {login for login, _ in duties}
        known = {each.login: each.id for each in await self.registered(sorted(logins))} if logins else {}
        strangers = logins - known.keys()
        if strangers:
            log.warning("audit.duty_list_names_strangers", people=len(strangers))
        its = [(known[login], day) for login, day in duties if login in known]
        return Duty([staff for staff, _ in its], [day for _, day in its])

    def turns(self) -> Sequence[Turn]:
        """Return all that the list says. Raises DutyListUnreadable."""
        if self.file is None:
            return ()
        try:
            return parse_duty_list(self.file.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            raise DutyListUnreadable(f"the duty list cannot be read: {type(error).__name__}") from None
        except DutyListMalformed as error:
            raise DutyListUnreadable(str(error)) from None
