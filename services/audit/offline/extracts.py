"""The verification of a part of the log that left it under its signature: one file (zip), and the log's key."""

import struct
import zipfile
import zlib
from hashlib import sha256
from pathlib import Path

from services.audit.domain.extracts import ENTRIES_MOST, MANIFEST, Manifest, ManifestMalformed, entry_name, parse_manifest, proof_name
from services.audit.domain.note import NoteMalformed, parse_note
from services.audit.domain.published.bundles import LARGEST_ENTRY
from services.audit.domain.published.proofs import parse_proof
from services.audit.domain.soundness.findings import FindingKind, Findings
from services.audit.offline.folder import LARGEST_NOTE, NotReadable
from services.audit.offline.log import Trust, verify_proof
from services.audit.offline.trusting import NotTrusted, signers_of

LARGEST_PART, LARGEST_EXTRACT = 8 * LARGEST_NOTE, 64 * LARGEST_NOTE
"""Bytes of a part, and of all parts together: the largest that the log makes has a quarter of that."""
_PACKINGS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_PARTS_MOST = 2 * ENTRIES_MOST + 10


def verify_extract(file: Path, trust: Trust) -> tuple[Manifest | None, Findings]:
    """
    Check that the log signed what stands in `file`, that every part is what it signed, and that each entry is in the log.

    Raises NotReadable where it is no such file.
    """
    found = Findings()
    parts = _parts(file)
    text = parts.pop(MANIFEST, None)
    if text is None:
        found.add(FindingKind.FILE_MISSING, f"there is no {MANIFEST}")
        return None, found
    manifest = _opened(text, trust, found)
    if manifest is not None:
        _compare(manifest, parts, found)
        for index in sorted(manifest.indices):
            _prove(index, parts, trust, found)
    return manifest, found


def _parts(file: Path) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(file) as archive:
            listed = archive.infolist()
            if len(listed) > _PARTS_MOST or len({each.filename for each in listed}) != len(listed):
                raise NotReadable(f"{file} is no extract: too many parts, or one twice")
            if any(each.file_size > LARGEST_PART for each in listed) or sum(each.file_size for each in listed) > LARGEST_EXTRACT:
                raise NotReadable(f"{file} is no extract: a part is too large, or all of them are")
            if any(each.compress_type not in _PACKINGS for each in listed):
                raise NotReadable(f"{file} is no extract: a part is packed in another way")
            return {each.filename: _unpacked(archive, each) for each in listed}
    except (OSError, zipfile.BadZipFile, zlib.error, struct.error, ValueError, NotImplementedError, RuntimeError, EOFError) as error:
        raise NotReadable(f"{file} cannot be read as an extract: {error}") from error


def _unpacked(archive: zipfile.ZipFile, listed: zipfile.ZipInfo) -> bytes:
    # Asked for so many bytes, Python unpacks no more; asked for all, it unpacks what is there and cuts it to what is listed.
    with archive.open(listed) as part:
        return part.read(listed.file_size + 1)


def _opened(text: bytes, trust: Trust, found: Findings) -> Manifest | None:
    try:
        note = parse_note(text.decode())
        manifest = parse_manifest(note.text)
        signers = signers_of(note, trust.log)
    except (UnicodeDecodeError, NoteMalformed, ManifestMalformed) as error:
        found.add(FindingKind.FILE_MALFORMED, f"the manifest: {error}")
        return None
    except NotTrusted as error:
        found.add(FindingKind.CHECKPOINT_FORGED, f"the manifest: {error}")
        return None
    if manifest.origin not in ([trust.origin] if trust.origin is not None else [key.name for key in signers]):
        found.add(FindingKind.CHECKPOINT_FORGED, "the manifest is not signed by the log's key")
        return None
    return manifest


def _compare(manifest: Manifest, parts: dict[str, bytes], found: Findings) -> None:
    for name, digest in manifest.parts.items():
        if name not in parts:
            found.add(FindingKind.FILE_MISSING, f"{name} is not there")
        elif sha256(parts[name]).hexdigest() != digest:
            found.add(FindingKind.HASH_DIFFERS, f"{name} is not what was signed")
    for name in parts.keys() - manifest.parts.keys():
        found.add(FindingKind.HASH_DIFFERS, f"{name} was never signed")


def _prove(index: int, parts: dict[str, bytes], trust: Trust, found: Findings) -> None:
    leaf, proof = parts.get(entry_name(index)), parts.get(proof_name(index))
    if leaf is None or proof is None or len(leaf) > LARGEST_ENTRY:
        found.add(FindingKind.FILE_MISSING, f"entry {index} has no proof", index)
        return
    try:
        named = parse_proof(text := proof.decode()).index
    except (UnicodeDecodeError, NoteMalformed) as error:
        found.add(FindingKind.FILE_MALFORMED, f"the proof of entry {index}: {error}", index)
        return
    if named != index:
        found.add(FindingKind.HASH_DIFFERS, f"the proof of entry {index} is of another", index)
        return
    for each in verify_proof(text, leaf, trust).found.kept:
        found.add(each.kind, each.text, index)
