"""The keys of staff and logins, each for one purpose, derived from the key that seals parked bodies (HKDF, RFC 5869)."""

import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Self
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from contracts.ids import StaffId
from infra.parking import ParkingBody

_KEY_BYTES = 32


class Keys:
    """Seals authenticators' secrets, and marks what is known or counted without writing it down."""

    def __init__(self, key: bytes) -> None:
        self._marks = _derived(key, b"tsunagu identity: marks")
        self._secrets = ParkingBody(_derived(key, b"tsunagu identity: authenticators' secrets"))
        self._journeys = ParkingBody(_derived(key, b"tsunagu identity: journeys"))

    def seal_journey(self, of: UUID, text: str) -> str:
        """Encrypt what a browser keeps on its way to the city's provider and back."""
        return urlsafe_b64encode(self._journeys.seal(of, text.encode())).decode()

    def open_journey(self, of: UUID, sealed: str) -> str:
        """Decrypt what `seal_journey` made. Raises InvalidTag, or ValueError, for anything else."""
        return self._journeys.open(of, urlsafe_b64decode(sealed.encode("ascii", "replace"))).decode()

    @classmethod
    def of(cls, parking_key: str) -> Self:
        """Return the keys that belong to a setting `parking_key` (hex)."""
        return cls(bytes.fromhex(parking_key))

    def mark(self, kind: str, *what: str) -> bytes:
        """Return 32 bytes that stand for `what`. Without the key they do not lead back, not even by trying all there is."""
        text = "\x1f".join((kind, *(f"{len(each)}:{each}" for each in what)))
        return hmac.digest(self._marks, text.encode("utf-8", "surrogatepass"), "sha256")

    def seal_secret(self, staff_id: StaffId, secret: str) -> bytes:
        """Encrypt an authenticator's secret, bound to its person."""
        return self._secrets.seal(staff_id, secret.encode())

    def open_secret(self, staff_id: StaffId, sealed: bytes) -> str:
        """Decrypt what `seal_secret` made. Raises cryptography.exceptions.InvalidTag where it was altered or is another person's."""
        return self._secrets.open(staff_id, sealed).decode()


def _derived(key: bytes, purpose: bytes) -> bytes:
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=purpose).derive(key)
