"""How long a session lasts, and why one ended: pure rules, and what its person is told."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from contracts.words import SECURITY
from infra.pages.dates import short_moment

IDLE = timedelta(minutes=15)
LONGEST = timedelta(hours=9)

TOLD_FOR = timedelta(hours=24)
"""How long after its opening a browser can still ask why a session ended. Longer than a working day, and than the longest session."""


class Why(StrEnum):
    """Why a session ended."""

    IDLE = "idle"
    LONGEST = "longest"
    ELSEWHERE = "second_login"
    RIGHTS = "rights_changed"
    ADMINISTRATOR = "signed_out_by_administrator"
    TRAINING = "training_expired"
    LOGGED_OUT = "logged_out"
    UNKNOWN = "unknown"
    """Nobody knows any more; or an administrator deleted it."""


_WORDS = {
    Why.IDLE: "15分間操作がなかったため、自動でログアウトしました。",
    Why.LONGEST: "ログインから9時間たったため、自動でログアウトしました。",
    Why.RIGHTS: "あなたの登録（所属、役割、パスワードなど）が変更されたため、ログアウトしました。",
    Why.ADMINISTRATOR: "利用者管理の担当者の操作により、ログアウトしました。",
    Why.TRAINING: "研修の有効期限が切れたため、ログアウトしました。",
    Why.LOGGED_OUT: "ログアウトしました。",
    Why.UNKNOWN: "前のログインは終わっています。",
}


@dataclass(frozen=True, slots=True)
class Ended:
    """A session that is no more. `at` is set where something else than the time ended it at a known instant."""

    why: Why
    at: datetime | None = None

    @property
    def words(self) -> str:
        """Why, as its person is told."""
        if self.why is not Why.ELSEWHERE:
            return _WORDS[self.why]
        when = f"{short_moment(self.at)}に、" if self.at else ""
        return (
            f"{when}別の端末かブラウザーで、あなたのログイン名によるログインがあったため、こちらはログアウトしました。"
            f"心当たりがないときは、すぐに{SECURITY}へ知らせてください。"
        )


@dataclass(frozen=True, slots=True)
class Lasting:
    """How long a session lasts that was opened and last used at these instants."""

    opened_at: datetime
    seen_at: datetime

    @property
    def idle_ends_at(self) -> datetime:
        """When it ends if nothing more is done."""
        return min(self.seen_at + IDLE, self.opened_at + LONGEST)

    def left(self, now: datetime) -> int:
        """Return in how many seconds it ends if nothing more is done."""
        return int((self.idle_ends_at - now).total_seconds())

    def longest_left(self, now: datetime) -> int:
        """Return in how many seconds it ends whatever is done."""
        return int((self.opened_at + LONGEST - now).total_seconds())

    def ended(self, now: datetime, why: str | None, at: datetime | None) -> Ended:
        """Return why it is over at `now`: by the time, unless something else (`why`, at `at`) ended it before."""
        until = at or now
        if why is None or at is not None:
            if self.seen_at + IDLE <= until:
                return Ended(Why.IDLE)
            if self.opened_at + LONGEST <= until:
                return Ended(Why.LONGEST)
        # Open by the row and by the time: then the person's training is over.
        return Ended(Why(why), at) if why is not None else Ended(Why.TRAINING)
