"""Logs in files by an implementation of its own: RFC 6962's recursive definition and the paths of tlog-tiles, as they stand there."""

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ORIGIN = "other.example/log"


def mth(leaves: Sequence[bytes]) -> bytes:
    """The Merkle tree hash (RFC 6962 §2.1)."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\0" + leaves[0]).digest()
    k = largest_power_below(len(leaves))
    return sha256(b"\1" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def path(m: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The audit path (RFC 6962 §2.1.1)."""
    if len(leaves) <= 1:
        return []
    k = largest_power_below(len(leaves))
    return [*path(m, leaves[:k]), mth(leaves[k:])] if m < k else [*path(m - k, leaves[k:]), mth(leaves[:k])]


def subproof(m: int, leaves: Sequence[bytes], *, whole: bool = True) -> list[bytes]:
    """The consistency proof (RFC 6962 §2.1.2)."""
    if m == len(leaves):
        return [] if whole else [mth(leaves)]
    k = largest_power_below(len(leaves))
    if m <= k:
        return [*subproof(m, leaves[:k], whole=whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], whole=False), mth(leaves[:k])]


def largest_power_below(n: int) -> int:
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def vkey(key: Ed25519PrivateKey = KEY, name: str = ORIGIN, kind: bytes = b"\1") -> str:
    public = kind + key.public_key().public_bytes_raw()
    return f"{name}+{key_id(public, name).hex()}+{b64encode(public).decode()}"


def key_id(public: bytes, name: str) -> bytes:
    return sha256(name.encode() + b"\n" + public).digest()[:4]


def note(text: str, key: Ed25519PrivateKey = KEY, name: str = ORIGIN) -> str:
    identity = key_id(b"\1" + key.public_key().public_bytes_raw(), name)
    return f"{text}\n\N{EM DASH} {name} {b64encode(identity + key.sign(text.encode())).decode()}\n"


def cosignature(text: str, key: Ed25519PrivateKey, name: str, at: int) -> str:
    identity = key_id(b"\4" + key.public_key().public_bytes_raw(), name)
    signed = key.sign(f"cosignature/v1\ntime {at}\n{text}".encode())
    return f"\N{EM DASH} {name} {b64encode(identity + at.to_bytes(8, 'big') + signed).decode()}\n"


def checkpoint(leaves: Sequence[bytes], *extensions: str, origin: str = ORIGIN) -> str:
    return "\n".join([origin, str(len(leaves)), b64encode(mth(leaves)).decode(), *extensions, ""])


def write(root: Path, leaves: Sequence[bytes], *extensions: str) -> None:
    """Write the log of these leaves, up to two levels of tiles (65,535 leaves)."""
    hashes = [sha256(b"\0" + leaf).digest() for leaf in leaves]
    _write_tiles(root / "tile/0", hashes)
    _write_tiles(root / "tile/1", [_tree(hashes[start : start + 256]) for start in range(0, len(hashes) // 256 * 256, 256)])
    for start in range(0, len(leaves), 256):
        part = leaves[start : start + 256]
        _file(root / "tile/entries", start // 256, len(part)).write_bytes(b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in part))
    root.mkdir(exist_ok=True)
    (root / "checkpoint").write_text(note(checkpoint(leaves, *extensions)), encoding="utf-8")


def _tree(hashes: Sequence[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    k = largest_power_below(len(hashes))
    return sha256(b"\1" + _tree(hashes[:k]) + _tree(hashes[k:])).digest()


def _write_tiles(folder: Path, hashes: Sequence[bytes]) -> None:
    for start in range(0, len(hashes), 256):
        part = hashes[start : start + 256]
        _file(folder, start // 256, len(part)).write_bytes(b"".join(part))


def _file(folder: Path, index: int, width: int) -> Path:
    name = f"{index:03d}" if index < 1000 else f"x{index // 1000:03d}/{index % 1000:03d}"
    file = folder / name if width == 256 else folder / f"{name}.p" / str(width)
    file.parent.mkdir(parents=True, exist_ok=True)
    return file
