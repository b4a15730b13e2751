"""Whether a request that changes something comes from our own pages (CSRF)."""

import hmac
from collections.abc import Mapping

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_BYTES = 64 * 1024
"""The longest form we read."""


def comes_from_us(headers: Mapping[str, str], scheme: str) -> bool:
    """
    Whether a browser says that one of our pages made the request.

    `Sec-Fetch-Site` is the browser's own word and cannot be set by a page; older browsers send `Origin` with every POST. A
    request with neither comes from a program, which holds a session only if it logged in itself.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return origin is None or origin == f"{scheme}://{headers.get('host', '')}"


def carries(token: str, given: object) -> bool:
    """Whether a form brought back the token of its session."""
    return isinstance(given, str) and hmac.compare_digest(token.encode(), given.encode("utf-8", "surrogatepass"))


def own_path(given: str) -> str:
    """Return where to go after the login: a path of ours, or the first page for anything else."""
    # "//host" and "/\host" are other hosts to a browser, and a line break would end the header.
    is_ours = given.startswith("/") and not given.startswith(("//", "/\\")) and given.isascii() and given.isprintable()
    return given if is_ours else "/"
