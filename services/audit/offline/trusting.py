"""Whether a note bears the signatures that count. The only module of the offline verification that touches keys."""

from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.audit.domain.merkle import EMPTY_ROOT
from services.audit.domain.note import Checkpoint, Note, NoteMalformed, parse_note, read_checkpoint
from services.audit.domain.published.keys import Claim, Key, Kind, claim_of


class NotTrusted(Exception):
    """No key that counts signed this, or a signature by one of them is wrong; the text says which."""


def opened(text: str, keys: Sequence[Key], origin: str | None = None) -> tuple[Checkpoint, Note]:
    """
    The checkpoint that one of the log's `keys` signed, and its whole note. Raises NotTrusted, NoteMalformed.

    The checkpoint must state `origin`; where none is given, the name of the key that signed it, as a log's key and the log itself have one
    name (tlog-policy, "Defining a log").
    """
    note = parse_note(text)
    signers = signers_of(note, keys)
    if not signers:
        raise NotTrusted("not signed by the log's key")
    checkpoint, _ = read_checkpoint(note.text)
    if checkpoint.origin not in ([origin] if origin is not None else [key.name for key in signers]):
        raise NotTrusted("the checkpoint names another log than the one whose key signed it")
    if not checkpoint.size and checkpoint.root != EMPTY_ROOT:
        raise NotTrusted("a log without entries has the root of an empty tree (RFC 6962 §2.1)")
    return checkpoint, note


def signers_of(note: Note, keys: Sequence[Key]) -> dict[Key, int | None]:
    """
    Which of `keys` signed, and at what time (POSIX seconds) where their kind says so; others count for nothing.

    Raises NotTrusted where a line names one of them and is not its signature (signed-note, "Signatures").
    """
    signed: dict[Key, int | None] = {}
    for signature in note.signatures:
        for key in keys:
            if key.made(signature):
                try:
                    claim = claim_of(key, note, signature)
                except NoteMalformed as error:
                    raise NotTrusted(str(error)) from error
                if not _is_true(key, claim):
                    raise NotTrusted(f"what claims to be the signature of {key.name} is not")
                signed[key] = claim.at
    return signed


def _is_true(key: Key, claim: Claim) -> bool:
    try:
        if key.kind is Kind.COSIGNATURE_ML_DSA_44:
            # Not in every build of the library: only who names such a key needs it.
            from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

            MLDSA44PublicKey.from_public_bytes(key.material).verify(claim.value, claim.message)
        else:
            Ed25519PublicKey.from_public_bytes(key.material).verify(claim.value, claim.message)
    except InvalidSignature:
        return False
    except (ImportError, UnsupportedAlgorithm) as error:
        raise NotTrusted(f"signatures of {key.name} cannot be checked with the cryptography library of this machine") from error
    return True
