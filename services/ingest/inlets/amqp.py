"""What comes in by AMQP: a message of one event or a batch, from the source that the routing key names."""

from collections.abc import Awaitable, Callable

from contracts.catalogue import WATERMARK_TYPE
from contracts.replies import BY_MESSAGE, REPLIES_HEADER
from contracts.topology import OF_SOURCES, inlet_queue
from contracts.values import ServiceName, Source
from infra.parcels import Undecodable
from infra.service import Delivery, Service
from services.ingest.beside import Beside
from services.ingest.desk import Desk
from services.ingest.domain.admission import Inlet
from services.ingest.domain.binary import Told, binary_event
from services.ingest.domain.reading import RawEvent, read
from services.ingest.domain.refusals import Refusal
from services.ingest.submissions import Submission, submission_name

_WATERMARK = WATERMARK_TYPE.encode()
_ESCAPED = b"\\u00"

QUEUE = inlet_queue(ServiceName.INGEST, OF_SOURCES)


PREFIXES = ("cloudEvents_", "cloudEvents:")
"""Of attributes among the headers of a message in binary mode (CloudEvents AMQP binding §3.1); the second is the older one."""

IN_THE_BODY = "application/cloudevents"


class NoSuchInlet(Undecodable):
    """A message whose routing key begins with no source: it cannot have come through the sources' logins. It is dead-lettered."""


def on_delivery(service: Service, desk: Desk, beside: Beside) -> Callable[[Delivery], Awaitable[None]]:
    """
    Return the handler of a message. The message is acknowledged once its events are committed, refused ones too.

    A watermark waits until what was sent before it is settled, `beside` this process too.
    """

    async def take(delivery: Delivery) -> None:
        with beside.in_hand(delivery.caught_up) as number:
            if _may_tell_watermark(delivery):
                await beside.settled_elsewhere(number, delivery.given_back)
            await desk.submit_in_turn(lambda: submission_of(service, delivery), delivery.given_back)

    return take


def _may_tell_watermark(delivery: Delivery) -> bool:
    """Whether a watermark may be in it. It is not parsed for that: what is written with escapes of ASCII may be anything."""
    body = delivery.body
    return _WATERMARK in body or _ESCAPED in body or any(delivery.headers.get(f"{prefix}type") == WATERMARK_TYPE for prefix in PREFIXES)


def submission_of(service: Service, delivery: Delivery) -> Submission:
    """
    The submission that a message makes. Raises NoSuchInlet.

    The first word of the routing key is the login: the broker's topic permissions let each source write only its own.
    """
    source = _source_of(delivery.routing_key)
    name = submission_name(service.identifiers, delivery.body, delivery.message_id)
    content, octets = _content(delivery), len(delivery.body)
    together = delivery.headers.get(REPLIES_HEADER) == BY_MESSAGE
    trace, message_id = delivery.traceparent, delivery.message_id
    return Submission(source, Inlet.AMQP, content, name, trace, octets=octets, message_id=message_id, together=together)


def _content(delivery: Delivery) -> tuple[RawEvent, ...] | Refusal:
    """The events. Attributes among the headers make a binary event of it, unless the content type says that all is in the body."""
    beside = [
        Told(name[len(prefix) :], prefix, value)
        for name, value in delivery.headers.items()
        for prefix in PREFIXES
        if name.startswith(prefix)
    ]
    if beside and not (delivery.content_type or "").lower().startswith(IN_THE_BODY):
        return binary_event(beside, delivery.body, delivery.content_type)
    return read(delivery.body)


def _source_of(routing_key: str) -> Source:
    first = routing_key.partition(".")[0]
    if first not in set(Source):
        raise NoSuchInlet("the routing key begins with no source")
    return Source(first)
