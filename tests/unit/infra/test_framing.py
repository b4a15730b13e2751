"""What the head of a request must not leave open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.framing import ambiguity

HEAD = b"POST /events HTTP/1.1\r\nHost: a.example\r\n"


@pytest.mark.parametrize(
    "headers",
    [
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"transfer-encoding: chunked\r\ncontent-length: 5\r\n",
        b"Content-Length: 5\r\nContent-Length: 6\r\n",
        b"Content-Length: 5\r\nContent-Length: 5\r\n",
        b"Content-Length: 5, 5\r\n",
        b"Content-Length: +5\r\n",
        b"Content-Length: -5\r\n",
        b"Content-Length: 5_0\r\n",
        b"Content-Length: 0x5\r\n",
        b"Content-Length: \xd9\xa5\r\n",
        b"Content-Length:\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: gzip, chunked\r\n",
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding: \x0bchunked\r\n",
        b"Transfer-Encoding : chunked\r\nContent-Length: 5\r\n",
        b"Transfer-Encoding:\r\n chunked\r\n",
        b"X-Folded: one\r\n\ttwo\r\n",
        b"X-Lone: one\nContent-Length: 5\r\n",
        b"X-Lone: one\rContent-Length: 5\r\n",
    ],
)
def test_a_head_that_two_readers_could_cut_differently_is_ambiguous(headers: bytes) -> None:
    assert ambiguity(HEAD + headers + b"\r\nhello") is not None


def test_an_encoding_before_http_1_1_is_ambiguous() -> None:
    assert ambiguity(b"POST /events HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n") is not None


@pytest.mark.parametrize(
    "headers", [b"", b"Content-Length: 5\r\n", b"Transfer-Encoding:\tChunked \r\n", b"X-Content-Length: 5\r\nContent-Length:5\r\n"]
)
@given(body=st.binary(max_size=60))
def test_an_ordinary_head_is_clear_whatever_follows_it(headers: bytes, body: bytes) -> None:
    assert ambiguity(HEAD + headers + b"\r\n" + body) is None


@pytest.mark.parametrize("headers", [b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n"])
def test_an_ordinary_head_is_clear_however_much_of_it_has_come(headers: bytes) -> None:
    whole = HEAD + headers + b"\r\n"

    assert [ambiguity(whole[:size]) for size in range(len(whole) + 1)] == [None] * (len(whole) + 1)
