"""Which source is logged in over HTTP."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from hashlib import sha256

from pydantic import SecretStr

from contracts.values import Source
from infra.http import Problem

_NO_ONE = "0" * 64


def login(header: str, tokens: Mapping[Source, SecretStr]) -> Source:
    """
    Whose login it is. Raises Problem 401.

    Basic carries source and password; Bearer the password alone. Every password is compared, and in constant time: neither the
    answer nor its delay tells which sources exist.
    """
    scheme, _, credentials = header.partition(" ")
    name, password = _basic(credentials) if scheme.lower() == "basic" else (None, credentials.strip().encode())
    digest = sha256(password).hexdigest()
    matches = [source for source in Source if hmac.compare_digest(_token(tokens, source), digest)]
    # A password that two sources share is neither's: it would make one of them the other.
    if scheme.lower() not in {"basic", "bearer"} or not password or len(matches) != 1 or (name is not None and name != matches[0].value):
        raise Problem(401, "Wrong login", "Use the login of a source system.", headers={"www-authenticate": 'Basic realm="events"'})
    return matches[0]


def _token(tokens: Mapping[Source, SecretStr], source: Source) -> str:
    token = tokens.get(source)
    return token.get_secret_value() if token is not None else _NO_ONE


def _basic(credentials: str) -> tuple[str, bytes]:
    try:
        name, _, password = base64.b64decode(credentials, validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return "", b""
    return name.decode("utf-8", "replace"), password
