"""Whether an entry is its producer's word: by its signature, and the register of producers' keys. No database, no service."""

from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.audit.domain.leaf import signed_in
from services.audit.domain.note import NoteMalformed, decoded
from services.audit.domain.producers import Fault, RegisteredKey, Teller, may_be_unsigned, parse_register
from services.audit.domain.published.keys import SIGNATURE_BYTES, Kind


class Register:
    """The producers' keys. It can be handed to another process."""

    def __init__(self, keys: Sequence[RegisteredKey] = ()) -> None:
        self.keys = tuple(keys)
        self._by_id = {each.key.id.hex(): each for each in keys}

    @classmethod
    def read(cls, text: str) -> "Register":
        """The register in a file's text. Raises RegisterMalformed."""
        return cls(parse_register(text))

    @property
    def lines(self) -> tuple[str, ...]:
        """The keys, a line each, in the one form in which the log says that it took them."""
        return tuple(each.line for each in self.keys)

    @property
    def producers(self) -> frozenset[str]:
        """Who signs."""
        return frozenset(each.key.name for each in self.keys)

    def fault(self, told: Teller, leaf: bytes) -> Fault | None:
        """Why `leaf`, which says that it is told by `told`, is not known to be its word; None where it is. Raises LeafMalformed."""
        signed = signed_in(leaf)
        if signed is None:
            its_keys = [each for each in self.keys if each.key.name == told.producer]
            return None if may_be_unsigned(told, its_keys) else Fault.UNSIGNED
        known = self._by_id.get(signed.key)
        if known is None or known.key.name != told.producer:
            return Fault.KEY_UNKNOWN
        if known.until is not None and told.received >= known.until:
            return Fault.KEY_ENDED
        return None if _is_true(known.key.material, signed.signature, signed.message) else Fault.SIGNATURE_WRONG


def _is_true(material: bytes, signature: str, message: bytes) -> bool:
    try:
        value = decoded(signature)
        if len(value) != SIGNATURE_BYTES[Kind.ED25519]:
            return False
        _public_key(material).verify(value, message)
    except (InvalidSignature, NoteMalformed, ValueError):
        return False
    return True


@lru_cache(maxsize=256)
def _public_key(material: bytes) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(material)
