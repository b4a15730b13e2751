"""
The Merkle tree of an append-only log, over bytes (RFC 6962 §2.1, RFC 9162 §2.1).

Nothing here knows where hashes are kept: a proof is first asked for as *ranges* of leaves, whose roots the caller gives.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

HASH_BYTES = 32
"""Length of every hash of the tree (SHA-256)."""

EMPTY_ROOT = sha256(b"").digest()
"""The root of a tree without leaves."""


class ProofRejected(Exception):
    """A proof does not lead to the expected root, or is not a proof for these sizes at all."""


@dataclass(frozen=True, slots=True)
class Span:
    """The leaves `start` to `end` (exclusive) whose root is one element of a proof."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Subtree:
    """The root of 2**level leaves."""

    level: int
    digest: bytes


@dataclass(slots=True)
class Frontier:
    """
    The complete subtrees of a growing tree, largest first: all that is needed to append and to tell the root.

    The only mutable thing of this module, because a log of millions is folded through it leaf by leaf.
    """

    size: int = 0
    peaks: list[Subtree] = field(default_factory=list)

    def push(self, level: int, digest: bytes) -> None:
        """Append a complete subtree of 2**level leaves; the size must be a multiple of that (ValueError otherwise)."""
        if self.size % (1 << level):
            message = f"a subtree of level {level} cannot begin at leaf {self.size}"
            raise ValueError(message)
        self.size += 1 << level
        while self.peaks and self.peaks[-1].level == level:
            digest = node_hash(self.peaks.pop().digest, digest)
            level += 1
        self.peaks.append(Subtree(level, digest))

    def root(self) -> bytes:
        """The tree's root as it stands."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1].digest
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak.digest, root)
        return root


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf. The prefix keeps a leaf from being passed off as a node (RFC 6962 §2.1)."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def tree_root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over `leaf_hashes` in order."""
    frontier = Frontier()
    for digest in leaf_hashes:
        frontier.push(0, digest)
    return frontier.root()


def inclusion_spans(index: int, size: int) -> tuple[Span, ...]:
    """
    The spans whose roots prove that leaf `index` is in the tree of `size` leaves, in the proof's order (RFC 6962 §2.1.1).

    Raises ValueError if there is no such leaf.
    """
    if not 0 <= index < size:
        message = f"no leaf {index} in a tree of {size}"
        raise ValueError(message)
    spans = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            spans.append(Span(middle, end))
            end = middle
        else:
            spans.append(Span(start, middle))
            start = middle
    return tuple(reversed(spans))


def consistency_spans(old: int, new: int) -> tuple[Span, ...]:
    """
    The spans whose roots prove that the tree of `new` leaves begins with the tree of `old` leaves (RFC 6962 §2.1.2).

    Raises ValueError unless 0 < old <= new: a proof from the empty tree says nothing.
    """
    if not 0 < old <= new:
        message = f"no consistency proof from {old} to {new}"
        raise ValueError(message)
    spans = []
    start, end, known = 0, new, True
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            spans.append(Span(middle, end))
            end = middle
        else:
            spans.append(Span(start, middle))
            start, known = middle, False
    if not known:
        spans.append(Span(start, end))
    return tuple(reversed(spans))


def check_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Raise ProofRejected unless `proof` shows that the leaf hash `leaf` stands at `index` under `root` (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        message = f"no leaf {index} in a tree of {size}"
        raise ProofRejected(message)
    _expect_hashes(leaf, root, *proof)
    position, last, reached = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise ProofRejected("the proof is too long")
        if position & 1 or position == last:
            reached = node_hash(sibling, reached)
            position, last = _past_missing_siblings(position, last)
        else:
            reached = node_hash(reached, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ProofRejected("the proof is too short")
    _expect(reached, root)


def check_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Raise ProofRejected unless `proof` shows that the newer tree begins with the older one (RFC 9162 §2.1.4.2)."""
    if not 0 < old <= new:
        message = f"no consistency proof from {old} to {new}"
        raise ProofRejected(message)
    if old == new:
        if proof:
            raise ProofRejected("the same tree needs no proof")
        _expect(old_root, new_root)
        return
    _expect_hashes(old_root, new_root, *proof)
    # A complete old tree is itself the first node; the proof leaves it out because the verifier has it.
    path = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not path:
        raise ProofRejected("the proof is empty")
    _walk_consistency(old, new, path, old_root, new_root)


def _walk_consistency(old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    position, last = old - 1, new - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    older = newer = path[0]
    for sibling in path[1:]:
        if last == 0:
            raise ProofRejected("the proof is too long")
        if position & 1 or position == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            position, last = _past_missing_siblings(position, last)
        else:
            newer = node_hash(newer, sibling)
        position, last = position >> 1, last >> 1
    if last != 0:
        raise ProofRejected("the proof is too short")
    _expect(older, old_root)
    _expect(newer, new_root)


def _past_missing_siblings(position: int, last: int) -> tuple[int, int]:
    # On the right edge a subtree climbs without a sibling until it is a right child again.
    while position and not position & 1:
        position, last = position >> 1, last >> 1
    return position, last


def _split(size: int) -> int:
    return 1 << ((size - 1).bit_length() - 1)


def _expect_hashes(*digests: bytes) -> None:
    if any(len(digest) != HASH_BYTES for digest in digests):
        message = f"a hash has {HASH_BYTES} bytes"
        raise ProofRejected(message)


def _expect(got: bytes, expected: bytes) -> None:
    if got != expected:
        message = f"the proof leads to {got.hex()}, not to {expected.hex()}"
        raise ProofRejected(message)
