"""The record of whom a request is about, put together for whoever examines it: for a one-time code, and in the log under the child."""

from contracts.deeds import privacy as deeds
from contracts.deeds.deed import ThingKind
from contracts.messages import Thing
from services.casework.domain.policy import Action
from services.casework.screens.privacy.compiled import reading
from services.casework.screens.privacy.tabs import UNDER
from services.casework.seeing import Again, Face, Handed, Opening, Screen

COMPILED = Screen(
    name="privacy_compiled",
    folder="privacy/compiled",
    address="/requests/compile",
    right=Action.COMPILE_PRIVACY_REQUEST,
    deed=deeds.REQUEST_COMPILED,
    beside=deeds.CHILD_COMPILED,
    read=reading.read,
    page=Face(reading.CompileQuestion, reading.show),
    thing=lambda _staff: Thing(kind=ThingKind.PRIVACY_REQUEST, id=None),
    opening=Opening(
        reading.sent,
        lambda _: None,
        instead="privacy_requests",
        again=Again(reading.CODE, lambda question: question.code, lambda question: question.model_copy(update={"confirmed": True})),
    ),
    under=UNDER,
    handed=Handed.PAPER,
    refuses=lambda compiled: compiled.refused,
)
SCREENS = (COMPILED,)
