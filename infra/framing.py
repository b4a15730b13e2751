"""
Where a request ends must be beyond doubt: what two readers could cut differently is refused, and the connection closed.

Whoever gets two servers to disagree sends one request inside another (RFC 9112 §11.2). h11 reads what the standard lets a server
read; a door before us may read it the other way. So nothing is read that leaves a choice.
"""

import re
from asyncio import BaseTransport
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

CERTIFICATE = "client_certificate"
"""The certificate (DER) that the other end showed and TLS verified, or None."""
PEER = "peer"
"""The address of the other end, gateway or not."""

LINGER_SECONDS = 5.0

_END = re.compile(rb"\n\r?\n")
_LONE = re.compile(rb"(?<!\r)\n|\r(?!\n|\Z)")
_FOLDED = re.compile(rb"\n[ \t]")
_LENGTH = re.compile(rb"\n(?i:content-length)[ \t]*:([^\r\n]*)")
_CODING = re.compile(rb"\n(?i:transfer-encoding)[ \t]*:([^\r\n]*)")


class StrictProtocol(H11Protocol):
    """uvicorn's reader of HTTP/1.1, refusing what is ambiguous (`ambiguity`) with 400 and the end of the connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conn = _StrictConnection(h11.SERVER)

    def connection_made(self, transport: BaseTransport) -> None:
        """Tell every request of the connection who is at its other end (`scope["state"]`): no header can say otherwise."""
        super().connection_made(_Lingering(transport, self))  # type: ignore[arg-type]
        secured, peer = transport.get_extra_info("ssl_object"), transport.get_extra_info("peername")
        shown = secured.getpeercert(binary_form=True) if secured is not None else None
        self.app_state = {**self.app_state, CERTIFICATE: shown, PEER: peer[0] if peer else None}

    def data_received(self, data: bytes) -> None:
        """Read what came; what comes after the last answer is thrown away."""
        if not self.transport.is_closing():
            super().data_received(data)


class _Lingering:
    """
    A connection that is not closed on a body that nobody read: the system would break it off, and the answer may be lost with it.

    The answer and its end are sent, and the rest of the body is thrown away until the other end closes, for LINGER_SECONDS at most.
    """

    def __init__(self, transport: Any, protocol: H11Protocol) -> None:
        self._transport = transport
        self._protocol = protocol
        self._lingers = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def is_closing(self) -> bool:
        """Return whether nothing more is answered."""
        return self._lingers or self._transport.is_closing()

    def close(self) -> None:
        """Close, at once where nothing more comes."""
        if self._lingers or self._transport.is_closing() or self._protocol.conn.their_state is not h11.SEND_BODY:
            self._transport.close()
            return
        self._lingers = True
        if self._transport.can_write_eof():
            self._transport.write_eof()
        self._transport.resume_reading()
        self._protocol.loop.call_later(LINGER_SECONDS, self._transport.close)


class _StrictConnection(h11.Connection):
    def next_event(self) -> Any:
        """Return the next event. Raises RemoteProtocolError at an ambiguous head, before anything of it is believed."""
        # Pipelined requests begin wherever the one before ended: asked at every head, not at every packet.
        if self.their_state is h11.IDLE and (what := ambiguity(self.trailing_data[0])) is not None:
            raise h11.RemoteProtocolError(what)
        return super().next_event()


def ambiguity(received: bytes) -> str | None:
    """Return what is ambiguous in the head that `received` begins with, whole or not; None where nothing is."""
    end = _END.search(received)
    head = received if end is None else received[: end.end()]
    if _LONE.search(head):
        return "a line that does not end in CR LF"
    if _FOLDED.search(head):
        return "a folded header"
    lengths, codings = _LENGTH.findall(head), _CODING.findall(head)
    if len(lengths) + len(codings) > 1:
        return "two words on the length of the body"
    return None if end is None else _unclear(head, lengths, codings)


def _unclear(head: bytes, lengths: list[bytes], codings: list[bytes]) -> str | None:
    if any(not length.strip(b" \t").isdigit() for length in lengths):
        return "a length that is no number"
    if any(coding.strip(b" \t").lower() != b"chunked" for coding in codings):
        return "an encoding other than chunked"
    if codings and b"HTTP/1.1" not in head.partition(b"\r\n")[0]:
        return "an encoding before HTTP/1.1"
    return None
