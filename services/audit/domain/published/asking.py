"""What a log sends a witness, and how the answer follows (C2SP tlog-witness, "add-checkpoint")."""

import re
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from services.audit.domain.merkle import HASH_BYTES, ProofRejected, check_consistency
from services.audit.domain.note import LARGEST_SIZE, Checkpoint, NoteMalformed, decoded

MOST_HASHES = 63
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True, slots=True)
class Asked:
    """That `checkpoint` (a note) be cosigned, which continues the log of `old` entries by `proof`."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: str


def asked_text(asked: Asked) -> str:
    """The body of a request."""
    return "\n".join([f"old {asked.old}", *(b64encode(each).decode() for each in asked.proof), "", asked.checkpoint])


def parse_asked(text: str) -> Asked:
    """What a request asks. Raises NoteMalformed (400)."""
    head, separator, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    found = _OLD.fullmatch(lines[0])
    if not separator or found is None or int(found.group(1)) > LARGEST_SIZE:
        raise NoteMalformed("a request is an old size, a proof, an empty line and a checkpoint")
    proof = tuple(map(decoded, lines[1:]))
    if len(proof) > MOST_HASHES or any(len(each) != HASH_BYTES for each in proof):
        raise NoteMalformed(f"a proof has at most {MOST_HASHES} hashes of {HASH_BYTES} bytes")
    return Asked(int(found.group(1)), proof, checkpoint)


def check_continues(kept: Checkpoint | None, offered: Checkpoint, proof: Sequence[bytes]) -> None:
    """Raise ProofRejected (422) unless `offered` continues what was cosigned last; from nothing, anything follows without a proof."""
    if kept is None or not kept.size:
        if proof:
            raise ProofRejected("from the empty tree no proof is due")
        return
    if kept.size == offered.size and kept.root != offered.root:
        raise ProofRejected(f"two roots of {kept.size} entries")
    check_consistency(kept.size, offered.size, proof, kept.root, offered.root)
