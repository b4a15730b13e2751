"""Deeds that can be done at each service: one of each per service, so that the log says whose it was."""

from collections.abc import Mapping

from contracts.deeds.deed import Deed, Keeping, ThingKind
from contracts.values import ServiceName
from contracts.words import SERVICES


def at_every_service(code: str, keeping: Keeping, of: ThingKind, *, done: str, attempted: str) -> Mapping[ServiceName, Deed]:
    """Return the operators' deed `<service>.<code>` of each service: done on the command line, for a reason that they give."""
    return {
        service: Deed(
            f"{service}.{code}",
            keeping,
            of=(of,),
            screen=f"保留の管理（{SERVICES[service]}）",
            done=done,
            attempted=attempted,
            by_ticket=True,
        )
        for service in ServiceName
    }
