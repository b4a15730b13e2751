"""How much of a child whoever looks at its page may see."""

from dataclasses import dataclass

from contracts.values import Ward
from services.casework.screens.child.rows import Mate


@dataclass(frozen=True, slots=True)
class Limits:
    """What somebody of a ward, or of the city hall, may see of the child."""

    ward: Ward | None
    shows_whereabouts: bool
    shows_sensitive: bool
    may_open_sensitive: bool
    siblings: tuple[Mate, ...]
    adults: tuple[Mate, ...]
    of_center: bool = False
    """Whether it is somebody of the child guidance centre."""
