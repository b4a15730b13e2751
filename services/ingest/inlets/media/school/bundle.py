"""
The bundle: manifest and files, signed as a whole (Ed25519), then encrypted as a whole to the city's key (age).

    age( magic | signer, 16 bytes | signature, 64 bytes | zip of manifest.json and the files )

The signature is over everything else, so nothing is parsed that a registered signer did not make: the archive is first opened after
it. The limits hold for what a signer's computer may send all the same. Bodies are never written to a disk in the clear.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date
from hashlib import sha256
from typing import Annotated, Literal, Self
from uuid import UUID

import pyrage
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic.types import NonNegativeInt, PositiveInt

from .faults import Fault, NotTaken

MAGIC = b"TSUNAGU-MEDIA-1\n"
SIGNER_BYTES = 16
SIGNATURE_BYTES = 64
_HEAD = len(MAGIC) + SIGNER_BYTES + SIGNATURE_BYTES

BUNDLE_BYTES_MAX = 64 * 2**20
FILE_BYTES_MAX = 128 * 2**20
FILES_BYTES_MAX = 256 * 2**20
FILES_MAX = 64
MANIFEST_BYTES_MAX = 2**20
RATIO_MAX = 100
"""A month of a school's attendance, which repeats itself, is some 20 times smaller in the archive."""

MANIFEST = "manifest.json"
_NAME = re.compile(r"(?P<type>[a-z_]{1,64}\.[a-z_]{1,64})(\.[A-Za-z0-9_-]{1,64})?\.csv")
# A date that every zip can hold, so that the same content makes the same archive.
_NO_DAY = (1980, 1, 1, 0, 0, 0)

Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
"""A name for a person, a medium or a place that tells nobody's name."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FileEntry(_Model):
    """One file of a batch. `rows` are those below the heading."""

    name: str
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
    rows: NonNegativeInt
    columns: tuple[str, ...]

    @property
    def event_type(self) -> str:
        """The kind of event that each of its rows is."""
        return type_of(self.name)


class Manifest(_Model):
    """What a batch is (`domain.md` §6.4, "Media batch")."""

    batch_id: UUID
    source: Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,64}$")]
    school_year: PositiveInt
    encoding: Literal["utf-8", "utf-8-sig", "cp932"]
    made_at: AwareDatetime
    made_by: Code
    media_id: Code
    sequence: PositiveInt
    """Counted by the signer for each source, from 1: a batch that is lost or brought twice shows by it."""
    complete_through: date | None = None
    """The last day up to which the signer has said everything, where it says so."""
    files: tuple[FileEntry, ...]


def type_of(name: str) -> str:
    """Return the event type that a file's name begins with. Raises NotTaken for a name that is not `<event type>[.more].csv`."""
    found = _NAME.fullmatch(name)
    if found is None:
        raise NotTaken(Fault("bad_name"))
    return found["type"]


def signer_id(key: Ed25519PublicKey) -> str:
    """Return the name of a signer's key: the first half of its SHA-256, in hex."""
    return sha256(key.public_bytes_raw()).hexdigest()[: 2 * SIGNER_BYTES]


def sealed(manifest: Manifest, files: Mapping[str, bytes], *, signer: Ed25519PrivateKey, recipient: str) -> bytes:
    """Return the bundle of `files`. Raises NotTaken where it would be refused, ValueError for a recipient that is no age key."""
    within = io.BytesIO()
    with zipfile.ZipFile(within, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in ((MANIFEST, manifest.model_dump_json(indent=1).encode()), *files.items()):
            archive.writestr(zipfile.ZipInfo(name, _NO_DAY), content, zipfile.ZIP_DEFLATED)
    Opened(manifest.source, within.getvalue(), b"")
    return encrypted(signed(within.getvalue(), signer), recipient)


def signed(archive: bytes, signer: Ed25519PrivateKey) -> bytes:
    """Return an archive with its signer and signature before it."""
    public = signer.public_key()
    name = bytes.fromhex(signer_id(public))
    return b"".join((MAGIC, name, signer.sign(MAGIC + name + archive), archive))


def encrypted(content: bytes, recipient: str) -> bytes:
    """Encrypt to an age recipient (`age1…`). Raises ValueError if it is none, NotTaken where the result would be too large."""
    try:
        bundle: bytes = pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(recipient)])
    except pyrage.RecipientError as error:
        raise ValueError("this is no age recipient (age1…)") from error
    if len(bundle) > BUNDLE_BYTES_MAX:
        raise NotTaken(Fault("too_large"))
    return bundle


class Unverified:
    """A decrypted bundle whose signature nobody has looked at: it tells its signer, and nothing else."""

    def __init__(self, bundle: bytes, identity: str) -> None:
        """Decrypt with an age identity. Raises NotTaken."""
        if len(bundle) > BUNDLE_BYTES_MAX:
            raise NotTaken(Fault("too_large"))
        try:
            content: bytes = pyrage.decrypt(bundle, [pyrage.x25519.Identity.from_str(identity)])
        except (pyrage.DecryptError, ValueError, OSError):
            raise NotTaken(Fault("cannot_open")) from None
        if len(content) < _HEAD or not content.startswith(MAGIC):
            raise NotTaken(Fault("not_a_bundle"))
        self._content = content
        self.digest = sha256(bundle).digest()

    @property
    def signer(self) -> str:
        """Who says that they signed it."""
        return self._content[len(MAGIC) : len(MAGIC) + SIGNER_BYTES].hex()

    def opened(self, key: Ed25519PublicKey) -> "Opened":
        """Return what is in it, once its signature is the key's. Raises NotTaken."""
        head, archive = self._content[: len(MAGIC) + SIGNER_BYTES], self._content[_HEAD:]
        try:
            key.verify(self._content[len(head) : _HEAD], head + archive)
        except InvalidSignature:
            raise NotTaken(Fault("bad_signature")) from None
        return Opened(self.signer, archive, self.digest)


class Opened:
    """An archive that was signed by whom it says: manifest and files, within the limits. No file was read yet."""

    def __init__(self, signer: str, archive: bytes, digest: bytes) -> None:
        """Look at the archive's table and read the manifest. Raises NotTaken."""
        self.signer = signer
        self.digest = digest
        self._archive = _archive(archive)
        self._names = _names(self._archive, len(archive))
        self.manifest = _manifest(self._content(MANIFEST, MANIFEST_BYTES_MAX))
        told = [each.name for each in self.manifest.files]
        says_nothing = not told and self.manifest.complete_through is None
        if sorted(told) != sorted(self._names - {MANIFEST}) or says_nothing:
            raise NotTaken(Fault("files_differ"))

    def verified(self) -> Iterator[tuple[FileEntry, bytes]]:
        """Yield each file once its hash is that of the manifest. Raises NotTaken."""
        for entry in self.manifest.files:
            content = self._content(entry.name, FILE_BYTES_MAX)
            if sha256(content).hexdigest() != entry.sha256:
                raise NotTaken(Fault("wrong_hash", entry.name))
            yield entry, content

    def _content(self, name: str, most: int) -> bytes:
        try:
            with self._archive.open(name) as file:
                # What the table says of its length is the packer's word; no more is ever unpacked than it said.
                content = file.read(most + 1)
        except (zipfile.BadZipFile, KeyError, NotImplementedError, EOFError, RuntimeError, OSError, ValueError):
            raise NotTaken(Fault("manifest" if name == MANIFEST else "bad_archive")) from None
        except Exception as error:
            if type(error).__name__ != "error":  # zlib.error has no better name
                raise
            raise NotTaken(Fault("bad_archive")) from None
        if len(content) > most:
            raise NotTaken(Fault("too_large", None if name == MANIFEST else name))
        return content


def _archive(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        raise NotTaken(Fault("bad_archive")) from None


def _names(archive: zipfile.ZipFile, packed: int) -> set[str]:
    """Return the names in an archive whose table keeps the limits. Names are never used as paths; no file is ever written."""
    entries = archive.infolist()
    if len(entries) > FILES_MAX + 1:
        raise NotTaken(Fault("too_many_files"))
    names = {entry.filename for entry in entries}
    for entry in entries:
        if entry.filename != MANIFEST:
            type_of(entry.filename)
        if entry.flag_bits & 0x1 or entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise NotTaken(Fault("bad_archive"))
        if entry.file_size > FILE_BYTES_MAX:
            raise NotTaken(Fault("too_large", entry.filename))
    if len(names) != len(entries):
        raise NotTaken(Fault("bad_archive"))
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > FILES_BYTES_MAX:
        raise NotTaken(Fault("too_large"))
    if unpacked > RATIO_MAX * packed:
        raise NotTaken(Fault("ratio"))
    return names


def _manifest(content: bytes) -> Manifest:
    try:
        # Through json, which takes no NaN here and tells a key that stands twice.
        return Manifest.model_validate_json(json.dumps(json.loads(content, object_pairs_hook=_once)))
    except (ValidationError, ValueError, RecursionError):
        raise NotTaken(Fault("manifest")) from None


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


class Signer:
    """A signing key as it is kept on the school side, and what of it is given to the city."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self.key = key

    @classmethod
    def drawn(cls) -> Self:
        """Draw a new one."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def of_hex(cls, text: str) -> Self:
        """Read one as `hex` wrote it. Raises ValueError."""
        return cls(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(text.strip())))

    @property
    def hex(self) -> str:
        """The secret, in hex."""
        return self.key.private_bytes_raw().hex()

    @property
    def public_hex(self) -> str:
        """What the city registers, in hex."""
        return self.key.public_key().public_bytes_raw().hex()

    @property
    def name(self) -> str:
        """What the key is called."""
        return signer_id(self.key.public_key())


def public_key_of(text: str) -> Ed25519PublicKey:
    """Read a public key in hex. Raises ValueError."""
    return Ed25519PublicKey.from_public_bytes(bytes.fromhex(text.strip()))
