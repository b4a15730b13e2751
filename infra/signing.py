"""
The key with which a service signs what it tells the audit (Ed25519). Whoever has not got it cannot speak for the service: neither somebody
with the bus, nor with the database, nor with the log.
"""

from base64 import b64encode
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.canonical import canonical, key_id, key_line
from contracts.messages import SignedMessage
from contracts.values import ServiceName
from infra.settings import Settings

M = TypeVar("M", bound=SignedMessage)


class ProducerKey:
    """The raw 32-byte private key of a service. Raises ValueError on a key of another length."""

    def __init__(self, producer: ServiceName, private_key: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(private_key)
        public_key = self._key.public_key().public_bytes_raw()
        self.id = key_id(producer, public_key)
        self.line = key_line(producer, public_key)

    def signed(self, message: M) -> M:
        """Return `message` with the signature over what it tells. The same message is signed alike. Raises NotCanonical."""
        signature = b64encode(self._key.sign(canonical(message.told()))).decode()
        return message.model_copy(update={"key": self.id, "signature": signature})


def producer_key_of(service: ServiceName, settings: Settings) -> ProducerKey | None:
    """Return the service's key, or None where it was given none."""
    secret = settings.producer_key
    return None if secret is None else ProducerKey(service, bytes.fromhex(secret.get_secret_value()))
