"""Where the sources of a stack publish."""

from contracts.values import ServiceName, Source
from infra.city.publisher import Inlets
from infra.local.access import Access


def inlets_of(access: Access, vhost: str = "/") -> Inlets:
    """The inlets of a stack."""
    return Inlets(
        amqp_urls={source: access.broker_url(source, vhost) for source in Source},
        http_url=access.service_url(ServiceName.INGEST),
        passwords={source: access.source_password(source) for source in Source},
    )
