"""A proof that an entry is in a log, as text that is checked offline (C2SP tlog-proof)."""

import re
from base64 import b64encode
from dataclasses import dataclass

from services.audit.domain.merkle import HASH_BYTES
from services.audit.domain.note import LARGEST_SIZE, NoteMalformed, decoded

HEADER = "c2sp.org/tlog-proof@v1"
LONGEST_PATH = 63
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class PublishedProof:
    """That entry `index` is in the log that the note `checkpoint` is about. `extra` is authenticated by nobody."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None


def proof_text(proof: PublishedProof) -> str:
    """The proof as it is handed out."""
    lines = [HEADER]
    if proof.extra is not None:
        lines.append(f"extra {b64encode(proof.extra).decode()}")
    lines += [f"index {proof.index}", *(b64encode(each).decode() for each in proof.path), ""]
    return "\n".join(lines) + "\n" + proof.checkpoint


def parse_proof(text: str) -> PublishedProof:
    """What a proof says; nothing of it is checked yet. Raises NoteMalformed."""
    head, separator, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or lines.pop(0) != HEADER:
        raise NoteMalformed(f"a proof begins with {HEADER}")
    extra = decoded(lines.pop(0).removeprefix("extra ")) if lines and lines[0].startswith("extra ") else None
    found = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if found is None or int(found.group(1)) > LARGEST_SIZE:
        raise NoteMalformed("a proof names the index of its entry")
    path = tuple(map(decoded, lines))
    if len(path) > LONGEST_PATH or any(len(each) != HASH_BYTES for each in path):
        raise NoteMalformed(f"a proof has at most {LONGEST_PATH} hashes of {HASH_BYTES} bytes")
    return PublishedProof(int(found.group(1)), path, checkpoint, extra)
