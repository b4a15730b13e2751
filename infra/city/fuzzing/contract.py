"""What schemathesis makes of the OpenAPI document: requests that it allows, and those that it does not."""

from contracts.values import ServiceName, Source
from infra.city.fuzzing import program
from infra.city.fuzzing.sending import Seen
from infra.local.access import Access
from infra.local.root import REPOSITORY

DOCUMENT = REPOSITORY / "contracts/openapi.json"
SOURCE = Source.MATERNAL_CHILD_HEALTH


def tried(access: Access, cases: int, seed: int, seen: Seen) -> None:
    """Try about so many drawn cases, and from EVERY_EDGE on also each edge of each field (some 20,000)."""
    login = ("--auth", f"{SOURCE}:{access.source_password(SOURCE)}")
    # Two of the operations are questions, and of the third most can be said: it gets what the others leave.
    found = program.tried(str(DOCUMENT), access.service_url(ServiceName.INGEST), login, cases=cases, each=cases // 3, seed=seed)
    seen.cases["contract"] += found.cases
    seen.faults += found.found
