"""Which source is logged in over HTTP: by its password, or by the certificate that it showed (mTLS)."""

import base64
import binascii
import hmac
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from ipaddress import ip_address, ip_network
from urllib.parse import unquote

from cryptography import x509
from cryptography.x509.oid import NameOID
from fastapi import Request
from pydantic import SecretStr

from contracts.values import Source
from infra.framing import CERTIFICATE, PEER
from infra.http import Problem

_NO_ONE = "0" * 64
_DELETE = 0x7F
GATEWAYS_HEADER = "x-client-certificate"
"""In which the gateway hands on the certificate that it verified (PEM, percent-encoded); it lets nobody else's through."""


@dataclass(frozen=True, slots=True)
class Logins:
    """
    How sources are known. `tokens` are the SHA-256 (hex) of each one's password, `certificates` the names in its certificates.

    A name is `dns:…`, `uri:…` (of the subject's alternative names), `cn:…` (its common name) or `dn:…` (all of it, which the broker knows
    sources by). Whose certificate is verified is not decided here: by TLS, of this server or of one of the `gateways` (addresses or
    networks).
    """

    tokens: Mapping[Source, SecretStr]
    certificates: Mapping[Source, Collection[str]] = field(default_factory=dict)
    gateways: Collection[str] = ()


def source_of(request: Request, logins: Logins) -> Source:
    """
    Whose request it is. Raises Problem 401.

    A certificate is enough where it names a source; whoever says a password as well must be the same.
    """
    header = request.headers.get("authorization", "")
    shown = _certificate(request, logins)
    if shown is None:
        return login(header, logins.tokens)
    named = [source for source in Source if names_in(shown) & set(logins.certificates.get(source, ()))]
    # A certificate that names two sources is neither's; one that names none says nothing, and a password may.
    if len(named) > 1 or (not named and not header):
        raise _refused()
    if not named:
        return login(header, logins.tokens)
    if header and login(header, logins.tokens) is not named[0]:
        raise _refused()
    return named[0]


def login(header: str, tokens: Mapping[Source, SecretStr]) -> Source:
    """
    Whose password it is. Raises Problem 401.

    Basic carries source and password; Bearer the password alone. Every password is compared, and in constant time: neither the
    answer nor its delay tells which sources exist.
    """
    scheme, _, credentials = header.partition(" ")
    name, password = _basic(credentials) if scheme.lower() == "basic" else (None, credentials.strip().encode())
    digest = sha256(password).hexdigest()
    matches = [source for source in Source if hmac.compare_digest(_token(tokens, source), digest)]
    # A password that two sources share is neither's: it would make one of them the other.
    if scheme.lower() not in {"basic", "bearer"} or not password or len(matches) != 1 or (name is not None and name != matches[0].value):
        raise _refused()
    return matches[0]


def names_in(certificate: x509.Certificate) -> set[str]:
    """The names of whom a certificate is of, as settings write them."""
    names = {f"cn:{each.value!s}" for each in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)}
    names.add(f"dn:{_in_ascii(certificate.subject.rfc4514_string())}")
    try:
        others = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return names
    names |= {f"dns:{name}" for name in others.get_values_for_type(x509.DNSName)}
    return names | {f"uri:{name}" for name in others.get_values_for_type(x509.UniformResourceIdentifier)}


def _in_ascii(subject: str) -> str:
    """RFC 2253 as `openssl x509 -nameopt RFC2253` and RabbitMQ write it."""
    return "".join(chr(byte) if byte < _DELETE else f"\\{byte:02X}" for byte in subject.encode())


def _certificate(request: Request, logins: Logins) -> x509.Certificate | None:
    """The certificate that TLS verified, here or at a gateway."""
    state = request.scope.get("state", {})
    try:
        if (der := state.get(CERTIFICATE)) is not None:
            return x509.load_der_x509_certificate(der)
        handed_on = request.headers.get(GATEWAYS_HEADER)
        if handed_on and _is_gateway(state.get(PEER), logins.gateways):
            return x509.load_pem_x509_certificate(unquote(handed_on).encode())
    except ValueError as error:
        raise _refused() from error
    return None


def _is_gateway(peer: str | None, gateways: Collection[str]) -> bool:
    """Whether a connection comes from a gateway itself: what stands in headers about that is not asked."""
    return peer is not None and any(ip_address(peer) in ip_network(each, strict=False) for each in gateways)


def _refused() -> Problem:
    return Problem(401, "Wrong login", "Use the login of a source system.", headers={"www-authenticate": 'Basic realm="events"'})


def _token(tokens: Mapping[Source, SecretStr], source: Source) -> str:
    token = tokens.get(source)
    return token.get_secret_value() if token is not None else _NO_ONE


def _basic(credentials: str) -> tuple[str, bytes]:
    try:
        name, _, password = base64.b64decode(credentials, validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return "", b""
    return name.decode("utf-8", "replace"), password
