"""Somebody's way to the city's OpenID provider and back, and whom that proved."""

import json
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Self
from uuid import UUID

from cryptography.exceptions import InvalidTag

from infra.identity.keys import Keys

LASTS = timedelta(minutes=10)
"""So long somebody may take at the provider, and to type a one-time code afterwards."""

_NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Journey:
    """Somebody on the way to the provider and back, as the browser keeps it sealed. Once back, `login` and `subject` are whose it is."""

    state: str
    nonce: str
    verifier: str
    target: str
    ends: float
    login: str = ""
    subject: str = ""

    @property
    def proven(self) -> "Proven | None":
        """Whom the provider proved, where it did and our own one-time code is still to come."""
        return Proven(self.login, self.subject, with_second_factor=False) if self.subject else None

    @classmethod
    def begun(cls, target: str, now: datetime) -> Self:
        """Begin one, with secrets of its own."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        return cls(state, nonce, verifier, target, (now + LASTS).timestamp())

    def sealed(self, keys: Keys) -> str:
        """Return it as a browser may keep it: unread and unchanged."""
        return keys.seal_journey(_NOBODY, json.dumps(asdict(self)))

    @classmethod
    def opened(cls, keys: Keys, sealed: str | None, now: datetime) -> Self | None:
        """Return what a browser kept; None where that is nothing, another's, altered, or too old."""
        try:
            found = cls(**json.loads(keys.open_journey(_NOBODY, sealed))) if sealed else None
        except (InvalidTag, ValueError, TypeError):
            return None
        return found if found is not None and now.timestamp() < found.ends else None


@dataclass(frozen=True, slots=True)
class Proven:
    """Whom the provider knows: the login that a claim names, the provider's own lasting name, and whether it asked for a second factor."""

    login: str
    subject: str
    with_second_factor: bool
