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
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256
from typing import Annotated, Literal, Self
from uuid import UUID

import pyrage
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, ValidationInfo, field_validator
from pydantic.types import NonNegativeInt

from . import archive as zips
from .faults import Fault, NotTaken

MAGIC = b"TSUNAGU-MEDIA-1\n"
SIGNER_BYTES = 16
SIGNATURE_BYTES = 64
_HEAD = len(MAGIC) + SIGNER_BYTES + SIGNATURE_BYTES

BUNDLE_BYTES_MAX = 64 * 2**20
MANIFEST_BYTES_MAX = 2**20
SEQUENCE_MAX = 2**31 - 1
MADE_FROM, MADE_UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2088, 1, 1, tzinfo=UTC)
"""No batch is older than this format, and revisions are seconds since then in 32 bits."""

MANIFEST = "manifest.json"
_NAME = re.compile(r"(?P<type>[a-z_]{1,64}\.[a-z_]{1,64})(\.[A-Za-z0-9_-]{1,64})?\.csv")
# A date that every zip can hold, so that the same content makes the same archive.
_NO_DAY = (1980, 1, 1, 0, 0, 0)
_JST = timezone(timedelta(hours=9))

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
    school_year: Annotated[int, Field(ge=2000, le=2199)]
    encoding: Literal["utf-8", "utf-8-sig", "cp932"]
    made_at: Annotated[AwareDatetime, Field(ge=MADE_FROM, lt=MADE_UNTIL)]
    made_by: Code
    media_id: Code
    sequence: Annotated[int, Field(ge=1, le=SEQUENCE_MAX)]
    """Counted by the signer for each source, from 1: a batch that is lost or brought twice shows by it."""
    complete_through: date | None = None
    """The last day up to which the signer has said everything, where it says so: none that had not begun in Japan when it was made."""
    files: tuple[FileEntry, ...]

    @field_validator("complete_through")
    @classmethod
    def _has_begun(cls, day: date | None, told: ValidationInfo) -> date | None:
        made_at = told.data.get("made_at")
        if day is not None and made_at is not None and day > made_at.astimezone(_JST).date():
            raise ValueError("nobody has said everything of a day to come")
        return day


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
        self._archive = zips.opened(archive, files=zips.FILES_MAX + 1)
        names = set(self._archive.namelist())
        for name in names - {MANIFEST}:
            type_of(name)
        self.manifest = _manifest(self._content(MANIFEST, MANIFEST_BYTES_MAX))
        told = [each.name for each in self.manifest.files]
        says_nothing = not told and self.manifest.complete_through is None
        if sorted(told) != sorted(names - {MANIFEST}) or says_nothing:
            raise NotTaken(Fault("files_differ"))

    def verified(self) -> Iterator[tuple[FileEntry, bytes]]:
        """Yield each file once its hash is that of the manifest. Raises NotTaken."""
        for entry in self.manifest.files:
            content = self._content(entry.name, zips.FILE_BYTES_MAX)
            if sha256(content).hexdigest() != entry.sha256:
                raise NotTaken(Fault("wrong_hash", entry.name))
            yield entry, content

    def _content(self, name: str, most: int) -> bytes:
        content = zips.read(self._archive, name, most)
        if content is None:
            raise NotTaken(Fault("manifest" if name == MANIFEST else "bad_archive"))
        return content


def _manifest(content: bytes) -> Manifest:
    try:
        # Through json, which takes no NaN here and tells a key that stands twice.
        return Manifest.model_validate_json(json.dumps(json.loads(content, object_pairs_hook=_once)))
    except ValidationError as error:
        # A key that nobody declared may say anything.
        places = [each["loc"][0] for each in error.errors(include_input=False, include_context=False) if each["loc"]]
        raise NotTaken(Fault("manifest", detail=next((place for place in places if place in Manifest.model_fields), None))) from None
    except (ValueError, RecursionError):
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
