"""The pages of the work queue, each in a folder of its own (`infra/screens`)."""

from pathlib import Path

from infra.screens import found
from services.audit.seeing import AnyScreen

PAGES = Path(__file__).parent
SCREENS: tuple[AnyScreen, ...] = tuple(found(__name__, PAGES))
