"""
Bundles of removable media with something wrong in them, drawn from a seed and a number: the same again, but for the keys that age draws.

They are made here byte by byte, by the format's description and not by the program that schools have: whoever means harm has another one.
"""

import csv
import io
import json
import struct
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contracts.catalogue import EVENT_TYPES, WATERMARK_TYPE, EventType, example_event
from contracts.values import Source
from infra.city.fuzzing.mutating import MARK
from infra.city.fuzzing.odd import CELLS, damaged

MEDIUM, WITHDRAWN = "usb-fuzz", "usb-gone"
CASES_OF_A_SIGNER = 100
"""Its batches are all looked at when the next one comes."""

TAKEN = "taken"
ANY: frozenset[str] = frozenset()
"""Taken, or refused by whatever name."""

SOURCES = (Source.SCHOOL_AFFAIRS, Source.PUPIL_REGISTRY, Source.LIFESTYLE_LEARNING_SURVEY, Source.SCHOOL_AID, Source.SCHOOL_LUNCH_FEE)
_KINDS = {source: [kind for kind in EVENT_TYPES if kind.source is source and kind.type != WATERMARK_TYPE] for source in SOURCES}
_MAGIC = b"TSUNAGU-MEDIA-1\n"
_PLACES = (0, 1, 15, 16, 17, 31, 32, 95, 96, 97)
_BROKEN = frozenset({"cannot_open", "too_large"})
_FORGED = frozenset({"not_a_bundle", "bad_signature", "unknown_signer"})
_ROWS_OF_A_BOMB = 4_000_000


@dataclass(frozen=True, slots=True)
class Step:
    """A bundle that is brought, by two persons; `expects` are the names of what may come of it (ANY: whatever has a name)."""

    content: bytes
    expects: frozenset[str]
    people: tuple[str, str] = ("fuzz-1", "fuzz-2")
    gap: str | None = "fuzz"
    marks: tuple[str, ...] = ()
    """Of its rows."""


@dataclass(frozen=True, slots=True)
class BundleCase:
    """One case: what is brought one after the other."""

    number: int
    kind: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class City:
    """What the drawer knows of the city: its public key, and what time it is there."""

    recipient: str
    now: datetime


def signer(seed: int, name: str) -> Ed25519PrivateKey:
    """Return a key that is always the same."""
    return Ed25519PrivateKey.from_private_bytes(sha256(f"fuzz signer {seed} {name}".encode()).digest())


def signer_of(seed: int, number: int) -> Ed25519PrivateKey:
    """Return the registered key that signs the case of a number."""
    return signer(seed, f"school {number // CASES_OF_A_SIGNER}")


def drawn(seed: int, number: int, city: City) -> BundleCase:
    """Draw the case of a number."""
    draw = Random(f"fuzz bundles {seed} {number}")
    kind = draw.choices(tuple(_WEIGHTS), tuple(_WEIGHTS.values()))[0]
    hand = _Hand(draw, seed, number, city)
    steps = getattr(hand, kind)()
    return BundleCase(number, kind, tuple(replace(step, marks=step.marks or tuple(hand.marks)) for step in steps))


class _Hand:
    """Whoever makes one case."""

    def __init__(self, draw: Random, seed: int, number: int, city: City) -> None:
        self._draw = draw
        self._seed = seed
        self._number = number
        self._city = city
        self._key = signer_of(seed, number)
        self._source = SOURCES[0]
        self.marks: list[str] = []

    # -- what is whole ------------------------------------------------------------------------------------------------

    def honest(self) -> Sequence[Step]:
        said = {"complete_through": self._draw.choice((None, self._city.now.date().isoformat()))}
        bundle = self._bundle(self._files(), **said)
        again = (Step(bundle, frozenset({TAKEN})),) if self._draw.random() < 0.3 else ()  # noqa: PLR2004
        return (Step(bundle, frozenset({TAKEN})), *again)

    # -- what is broken without a key ------------------------------------------------------------------------------------

    def envelope(self) -> Sequence[Step]:
        """The age file is damaged, is none, or is somebody else's."""
        whole = self._bundle(self._files())
        other = str(pyrage.x25519.Identity.generate().to_public())
        make: Callable[[], bytes] = self._draw.choice(
            (
                *(lambda: self._another(whole),) * 6,
                lambda: whole[: self._draw.choice((0, 1, 20, 22, 100, 200, len(whole) - 1))],
                lambda: whole.replace(b"X25519", self._draw.choice((b"X25518", b"scrypt", b"ssh-rsa")), 1),
                lambda: b"age-encryption.org/v1\n" * self._draw.choice((1, 2, 10_000)),
                lambda: b"-----BEGIN AGE ENCRYPTED FILE-----\n" + whole,
                lambda: pyrage.passphrase.encrypt(b"x", "x") if self._draw.random() < 0.02 else whole[::-1],  # noqa: PLR2004
                lambda: pyrage.encrypt(self._signed(self._archive(self._files())), [pyrage.x25519.Recipient.from_str(other)]),
                lambda: self._draw.randbytes(self._draw.choice((1, 100, 100_000))),
                lambda: bytes(64 * 2**20 + 1) if self._draw.random() < 0.05 else bytes(1000),  # noqa: PLR2004
            )
        )
        return (Step(make(), _BROKEN),)

    def forged(self) -> Sequence[Step]:
        """Encrypted anew by somebody who has no key that signs: the city's own key is public."""
        plain = self._signed(self._archive(self._files()))
        place = self._draw.choice((*_PLACES, self._draw.randrange(len(plain))))
        flipped = bytearray(plain)
        flipped[place] ^= 1 << self._draw.randrange(8)
        other = self._signed(self._archive(self._files()))
        head = len(_MAGIC) + 16 + 64
        content = self._draw.choice(
            (
                *(bytes(flipped),) * 4,
                self._another(plain),
                plain[: self._draw.randrange(len(plain))],
                plain[:head] + other[head:],
                other[: head - 64] + plain[head - 64 : head] + other[head:],
                plain + b"\x00",
                plain[:head] + b"\x00" + plain[head:],
                _MAGIC + plain,
                b"",
                b"PK\x03\x04" + plain,
            )
        )
        return (Step(self._encrypted(content), _FORGED),)

    def stranger(self) -> Sequence[Step]:
        """Signed, and by somebody who may not."""
        archive = self._archive(self._files())
        stranger, revoked = signer(self._seed, f"stranger {self._number}"), signer(self._seed, "revoked")
        content, name = self._draw.choice(
            (
                (self._signed(archive, stranger), "unknown_signer"),
                (self._signed(archive, revoked), "revoked_signer"),
                (self._signed(archive, stranger, named=self._key), "bad_signature"),
                (self._signed(archive, named=stranger), "unknown_signer"),
                (self._signed(archive, signer(self._seed, "nothing")), "not_their_source"),
            )
        )
        return (Step(self._encrypted(content), frozenset({name})),)

    def people(self) -> Sequence[Step]:
        """One person alone."""
        alone = self._draw.choice((("a", "a"), ("a", "A "), ("ａ", "a"), ("", "a"), ("a", ""), (" ", " "), ("ｱ", "ア")))
        return (Step(self._bundle(self._files()), frozenset({"same_person"}), alone),)

    # -- what is wrong in what a registered key signs -----------------------------------------------------------------

    def bytes_of_archive(self) -> Sequence[Step]:
        """A zip that is damaged, before it is signed."""
        archive = self._archive(self._files())
        return (Step(self._encrypted(self._signed(self._damaged_zip(archive))), ANY),)

    def shape_of_archive(self) -> Sequence[Step]:
        """A zip of names, numbers and sizes that none has that means well."""
        files = self._files()
        first = next(iter(files))
        entries: Sequence[tuple[str | zipfile.ZipInfo, bytes]] = self._draw.choice(
            (
                [(self._path(first), b"x")],
                [(self._path(first), b"x")],
                [(first, b"x")],
                [("manifest.json", b"{}")],
                [(f"{first[:-4]}.more.csv", b"x")],
                [(f"{first[:-4]}.n{number}.csv", b"x") for number in range(self._draw.choice((64, 65, 66, 300)))],
                [(_link(first), b"/etc/passwd")],
                [(f"{first[:-4]}.zip.csv", self._zipped([("a", b"x")]))],
            )
        )
        archive = self._zipped([("manifest.json", self._manifest(files)), *files.items(), *entries])
        if self._draw.random() < 0.2:  # noqa: PLR2004
            archive = self._draw.choice((self._zipped([]), self._zipped(list(files.items())), b"", _zip64(archive)))
        return (Step(self._encrypted(self._signed(archive)), _REFUSED),)

    def bomb(self) -> Sequence[Step]:
        """What unpacks to more than anybody should keep."""
        archive = self._draw.choice((_of_zeros, _of_entries, self._of_rows, self._of_cells, self._of_lines, self._of_manifest))()
        return (Step(self._encrypted(self._signed(archive)), _REFUSED),)

    def manifest(self) -> Sequence[Step]:
        """A manifest that says something else than is there, or than can be."""
        files = self._files()
        said = json.loads(self._manifest(files))
        for _ in range(self._draw.choice((1, 1, 2))):
            self._said_otherwise(said)
        text = json.dumps(said, ensure_ascii=self._draw.random() < 0.5).encode("utf-8", "replace")  # noqa: PLR2004
        if self._draw.random() < 0.2:  # noqa: PLR2004
            text = self._another(text)
        return (Step(self._encrypted(self._signed(self._zipped([("manifest.json", text), *files.items()]))), ANY),)

    def order(self) -> Sequence[Step]:
        """A number or a name that was used for something else, a gap that nobody spoke for, a medium nobody knows."""
        number, name = self._sequence(), self._batch_id(0)
        files = self._files()
        first = Step(self._bundle(files), frozenset({TAKEN}), marks=tuple(self.marks))
        other = self._files(again=True)
        replayed, later = frozenset({"replayed"}), tuple(self.marks[len(first.marks) :])
        return self._draw.choice(
            (
                lambda: (first, Step(self._bundle(other, batch_id=self._batch_id(1)), replayed, marks=later)),
                lambda: (first, Step(self._bundle(other, batch_id=name, sequence=number + 50_000), replayed, marks=later)),
                lambda: (first, Step(self._bundle(other, batch_id=name), replayed, marks=later)),
                lambda: (Step(self._bundle(files, sequence=1000 * (number + 1000)), frozenset({"sequence_gap"}), gap=None),),
                lambda: (Step(self._bundle(files, media_id="usb-nobody"), frozenset({"unknown_medium"})),),
                lambda: (Step(self._bundle(files, media_id=WITHDRAWN), frozenset({"withdrawn_medium"})),),
                lambda: (Step(self._bundle(files, made_at=self._at(timedelta(days=2))), frozenset({"made_ahead"})),),
                lambda: (Step(self._bundle(files, source="public_assistance"), frozenset({"not_by_media"})),),
                lambda: (Step(self._bundle(files, source="nobody"), frozenset({"not_by_media"})),),
            )
        )()

    def rows(self) -> Sequence[Step]:
        """Cells that say what no school would, in a batch that is otherwise as it must be."""
        files = {name: self._odd_rows(content) for name, content in self._files().items()}
        encoding = self._draw.choice(("utf-8", "utf-8", "utf-8-sig", "cp932"))
        written = {name: content.decode("utf-8", "replace").encode(encoding, "replace") for name, content in files.items()}
        declared = encoding if self._draw.random() < 0.8 else self._draw.choice(("utf-8", "utf-8-sig", "cp932"))  # noqa: PLR2004
        told = [_entry(name, content, encoding) for name, content in written.items()]
        return (Step(self._bundle(written, encoding=declared, files=told), ANY),)

    def swapped(self) -> Sequence[Step]:
        """Files under one another's names, or other files than those that were hashed."""
        files = self._files()
        names = list(files)
        told = self._manifest(files)
        turned = dict(zip(names, [*list(files.values())[1:], self._another(files[names[0]])], strict=True))
        archive = self._zipped([("manifest.json", told), *turned.items()])
        return (Step(self._encrypted(self._signed(archive)), _REFUSED),)

    # -- parts --------------------------------------------------------------------------------------------------------

    def _files(self, *, again: bool = False) -> dict[str, bytes]:
        """Good files of one source, `again` of the same one, each row with a mark where a name may stand."""
        self._source = source = self._source if again else self._draw.choice(SOURCES)
        kinds = self._draw.sample(_KINDS[source], self._draw.randint(1, len(_KINDS[source])))
        return {f"{kind.type}.csv": self._table(kind) for kind in kinds}

    def _table(self, kind: EventType) -> bytes:
        example = example_event(kind.source, kind.type)["data"]
        rows = []
        for _ in range(self._draw.choice((1, 1, 2, 5))):
            mark = f"{MARK} b{self._seed}/{self._number}/{len(self.marks)}."
            known = {"pupil_key": f"f{self._number}-{len(self.marks)}"} | dict.fromkeys(kind.in_parts, mark)
            self.marks.append(mark)
            rows.append({**example, **{name: value for name, value in known.items() if name in kind.by_name}})
        columns = list(dict.fromkeys(name for row in rows for name in row))
        return _csv([columns, *([_cell(row.get(name)) for name in columns] for row in rows)])

    def _odd_rows(self, content: bytes) -> bytes:
        rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
        for _ in range(self._draw.choice((1, 1, 2, 5))):
            row = self._draw.choice(rows) if self._draw.random() < 0.1 else self._draw.choice(rows[1:])  # noqa: PLR2004
            if row:
                place = self._draw.randrange(len(row))
                row[place] = self._draw.choice((*CELLS, self.marks[-1], row[place] + self.marks[-1]))
            if self._draw.random() > 0.2:  # noqa: PLR2004
                continue
            change = self._draw.choice(("shorter", "longer", "empty", "twice"))
            rows += [row] if change == "twice" else []
            row[:] = {"shorter": row[:-1], "longer": [*row, "x"], "empty": []}.get(change, row)
        return _csv(rows)

    def _manifest(self, files: Mapping[str, bytes], /, **said: Any) -> bytes:
        told: dict[str, Any] = {
            "batch_id": self._batch_id(0),
            "source": self._source.value,
            "school_year": 2026,
            "encoding": "utf-8",
            "made_at": self._at(timedelta(hours=-1)),
            "made_by": "fuzz",
            "media_id": MEDIUM,
            "sequence": self._sequence(),
            "complete_through": None,
            "files": [_entry(name, content) for name, content in files.items()],
        }
        return json.dumps(told | said).encode()

    def _said_otherwise(self, said: dict[str, Any]) -> None:
        inside = said
        if said.get("files") and isinstance(said["files"], list) and self._draw.random() < 0.4:  # noqa: PLR2004
            inside = said["files"][0] if isinstance(said["files"][0], dict) else said
        mark = self.marks[-1]
        names = list(inside)
        name = self._draw.choice(names) if names else "x"
        odd = self._draw.choice((*_VALUES, mark))
        self._draw.choice(
            (
                lambda: inside.update({name: odd}),
                lambda: inside.update({name: odd}),
                lambda: inside.update({name: _OF_FIELD[name][self._draw.randrange(len(_OF_FIELD[name]))] if name in _OF_FIELD else odd}),
                lambda: inside.pop(name),
                lambda: inside.update({mark: mark}),
                lambda: inside.update({"files": inside.get("files", [])}),
                lambda: said.update({"files": [*said.get("files", [])] * 2}) if isinstance(said.get("files"), list) else None,
            )
        )()

    def _archive(self, files: Mapping[str, bytes], /, **said: Any) -> bytes:
        return self._zipped([("manifest.json", self._manifest(files, **said)), *files.items()])

    def _bundle(self, files: Mapping[str, bytes], /, **said: Any) -> bytes:
        return self._encrypted(self._signed(self._archive(files, **said)))

    def _zipped(self, entries: Sequence[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
        within = io.BytesIO()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a name that stands twice
            with zipfile.ZipFile(within, "w", self._draw.choice((zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED))) as archive:
                for name, content in entries:
                    archive.writestr(name, content)
        return within.getvalue()

    def _signed(self, archive: bytes, key: Ed25519PrivateKey | None = None, *, named: Ed25519PrivateKey | None = None) -> bytes:
        key = key or self._key
        name = sha256((named or key).public_key().public_bytes_raw()).digest()[:16]
        return _MAGIC + name + key.sign(_MAGIC + name + archive) + archive

    def _encrypted(self, content: bytes) -> bytes:
        sealed: bytes = pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(self._city.recipient)])
        return sealed

    def _another(self, content: bytes) -> bytes:
        """Bytes that are not these."""
        changed = damaged(self._draw, content)
        return changed if changed != content else content + b"\x00"

    def _damaged_zip(self, archive: bytes) -> bytes:
        """A zip with bytes changed, most of them where its tables stand."""
        if self._draw.random() < 0.2:  # noqa: PLR2004
            return damaged(self._draw, archive)
        content = bytearray(archive)
        for _ in range(self._draw.choice((1, 1, 2, 4))):
            signature = self._draw.choice((b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06", b"PK\x01\x02"))
            places = [at for at in range(len(archive) - 3) if archive[at : at + 4] == signature]
            at, width = self._draw.choice(places or [0]) + self._draw.randrange(46), self._draw.choice((1, 2, 4, 8))
            content[at : at + width] = self._draw.choice((b"\x00" * width, b"\xff" * width, self._draw.randbytes(width)))
        return bytes(content)

    def _path(self, first: str) -> str:
        return self._draw.choice(
            (
                *(
                    "../x.csv",
                    "../../etc/passwd",
                    "/etc/passwd",
                    "C:\\x.csv",
                    "a\\b.csv",
                    "./" + first,
                    first + "/",
                    first.upper(),
                    "x.csv",
                ),
                *(
                    "名前.csv",
                    "CON",
                    ".",
                    "..",
                    " ",
                    first + " ",
                    first + "\n",
                    first[:-4],
                    "a" * 60_000,
                    "manifest.json/",
                    "MANIFEST.JSON",
                ),
                *("\u202e" + first, "\ufeff" + first, "~/" + first, "%2e%2e/" + first, first + "\x01", self.marks[-1]),
            )
        )

    def _sequence(self) -> int:
        return 1 + self._number % CASES_OF_A_SIGNER

    def _batch_id(self, nth: int) -> str:
        return str(UUID(bytes=sha256(f"fuzz batch {self._seed} {self._number} {nth}".encode()).digest()[:16]))

    def _at(self, after: timedelta) -> str:
        return (self._city.now + after).isoformat()

    # -- bombs ----------------------------------------------------------------------------------------------------------

    def _of_rows(self) -> bytes:
        """Millions of rows, told of or not."""
        self._source = Source.SCHOOL_AFFAIRS
        return self._padded(_many_rows(), rows=self._draw.choice((1, 299_998, _ROWS_OF_A_BOMB, 2**31)))

    def _of_cells(self) -> bytes:
        """A heading of millions of columns."""
        self._source = Source.SCHOOL_AFFAIRS
        return self._padded(_many_cells(), rows=0)

    def _of_lines(self) -> bytes:
        """A record that goes on over millions of lines."""
        self._source = Source.SCHOOL_AFFAIRS
        return self._padded(_many_lines(), rows=1)

    def _of_manifest(self) -> bytes:
        self._source = Source.SCHOOL_AFFAIRS
        files = {"attendance.month_reported.csv": b"month\r\n"}
        said = json.loads(self._manifest(files))
        name, value = self._draw.choice(
            (
                ("files", said["files"] * 5_000),
                ("made_by", "x" * 2**20),
                ("batch_id", "9" * 2**19),
                ("x" * 2**19, 1),
                ("sequence", 10**4_000),
            )
        )
        told = json.dumps(said | {name: value})
        deep = told[:-1] + ', "x": ' + "[" * 100_000
        return self._zipped([("manifest.json", self._draw.choice((told, deep)).encode()), *files.items()])

    def _padded(self, table: bytes, *, rows: int) -> bytes:
        """An archive of a table beside so much that cannot be made smaller that the whole does not seem to expand."""
        entry = {**_entry("attendance.month_reported.csv", table), "rows": rows, "columns": ["school_code"]}
        if rows > 1:
            entry["columns"] = list(_ATTENDANCE)
        pad = _padding()
        told = self._manifest({}, files=[entry, _entry("attendance.month_reported.pad.csv", pad)])
        within = io.BytesIO()
        with zipfile.ZipFile(within, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, content in (("manifest.json", told), (entry["name"], table), ("attendance.month_reported.pad.csv", pad)):
                archive.writestr(name, content)
        return within.getvalue()


_WEIGHTS: Mapping[str, float] = {
    "honest": 6,
    "envelope": 14,
    "forged": 14,
    "stranger": 5,
    "people": 2,
    "bytes_of_archive": 18,
    "shape_of_archive": 8,
    "bomb": 0.6,
    "manifest": 15,
    "order": 8,
    "rows": 15,
    "swapped": 3,
}
KINDS = tuple(_WEIGHTS)

_REFUSED = frozenset(
    {
        *("too_large", "bad_archive", "too_many_files", "bad_name", "ratio", "manifest", "files_differ", "wrong_hash"),
        *("wrong_count", "unknown_column", "missing_column", "wrong_encoding", "not_csv", "no_heading", "forbidden_character"),
        *("repeated_column", "wrong_cells", "unknown_type", "not_taken", "has_bom"),
    }
)
"""Whatever is told of what lies in an archive."""

_VALUES: tuple[Any, ...] = (
    *(None, True, 0, -1, 1, 1.5, 2**31 - 1, 2**31, 2**63, 10**30, "", " ", "0", "null", "\x00", "../..", "山田 太郎", "2026-02-30"),
    *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00", "2026-01-01", "9999-12-31", "a\u0300" * 40),
    *([], {}, [[]], [None], {"": ""}, "\ud800", "x" * 5_000, "死にたい", "123456789018"),
)
_OF_FIELD: Mapping[str, Sequence[Any]] = {
    "sequence": (0, -1, 2**31, 2**31 - 1, 2**32, 2**63, 2**64, 10**30, 1.0, "1", 1.5, True),
    "made_at": ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1970-01-01T00:00:00Z", 0, 1e18, "2087-12-31T00:00:00Z", "now"),
    "complete_through": ("9999-12-31", "0001-01-01", "2027-01-01", 0, 10**12, "2026-02-30", "2026-04-01T00:00:00"),
    "school_year": (0, 1, 10**30, 2**31, "令和8年", 1999, 2200),
    "encoding": ("utf-16", "cp932", "utf-8-sig", "latin-1", "rot13", "zlib", "UTF-8"),
    "source": ("public_assistance", "resident_registry", "nobody", "school_affairs", "pupil_registry", "SCHOOL_AFFAIRS", ""),
    "media_id": ("usb-nobody", WITHDRAWN, "a" * 65, "../x", "山田", MEDIUM + "\n"),
    "made_by": ("山田 太郎", "a" * 65, "fuzz\n", "", "-"),
    "batch_id": ("0" * 32, "{" + "0" * 32 + "}", "urn:uuid:" + "0" * 32, "x", "f" * 32),
    "rows": (0, 1, 10**30, -1, 2**31, 2**63, 300_001),
    "sha256": ("0" * 64, "F" * 64, "", "0" * 65),
    "name": ("../x.csv", "manifest.json", "x.csv", "", "attendance.month_reported.csv", "pupil.registered.csv", "feed.watermark.csv"),
    "columns": ([], [""], ["a"] * 300, ["op"], ["school_code", "school_code"], ["password"], ["zq_field"]),
    "files": ([], None, {}, [{}], [None] * 100),
}
_ATTENDANCE = ("school_code", "pupil_key", "fiscal_year", "month", "school_days", "absent_days")


def _entry(name: str, content: bytes, encoding: str = "utf-8") -> dict[str, Any]:
    """What a manifest says of a file, as well as somebody can who has no good program."""
    text = content.decode(encoding, "replace")
    rows = [row for row in csv.reader(io.StringIO(text, newline="")) if row] if len(text) < 2**20 else [[]]
    columns = [cell.strip() for cell in rows[0]] if rows else []
    return {"name": name, "sha256": sha256(content).hexdigest(), "rows": max(len(rows) - 1, 0), "columns": columns}


def _csv(rows: Sequence[Sequence[Any]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    return text.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return ";".join(map(str, value))
    return str(value).lower() if isinstance(value, bool) else value


def _link(name: str) -> zipfile.ZipInfo:
    """A symbolic link, as archives of Unix have it."""
    entry = zipfile.ZipInfo(f"{name[:-4]}.link.csv")
    entry.create_system, entry.external_attr = 3, 0o120777 << 16
    return entry


def _zip64(archive: bytes) -> bytes:
    """A zip whose first entry says in 64 bits that it begins beyond any file."""
    table = archive.find(b"PK\x01\x02")
    if table < 0:
        return archive
    entry = bytearray(archive[table:])
    name_length, extra_length = struct.unpack_from("<HH", entry, 28)
    extra = struct.pack("<HHQQQ", 1, 24, 5, 5, 2**64 - 1)
    entry[20:28], entry[42:46] = b"\xff" * 8, b"\xff" * 4
    entry[30:32] = struct.pack("<H", extra_length + len(extra))
    entry[46 + name_length : 46 + name_length] = extra
    end = entry.rfind(b"PK\x05\x06")
    entry[end + 12 : end + 16] = struct.pack("<L", end)
    return archive[:table] + bytes(entry)


@cache
def _of_zeros() -> bytes:
    within = io.BytesIO()
    with zipfile.ZipFile(within, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("manifest.json", b"{}")
        archive.writestr("attendance.month_reported.csv", bytes(64 * 2**20))
    return within.getvalue()


@cache
def _of_entries() -> bytes:
    within = io.BytesIO()
    with zipfile.ZipFile(within, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"attendance.month_reported.n{number}.csv", b"")
    return within.getvalue()


@cache
def _many_rows() -> bytes:
    return ",".join(_ATTENDANCE).encode() + b"\r\n" + b",,,,,\r\n" * _ROWS_OF_A_BOMB


@cache
def _many_cells() -> bytes:
    return b"a," * (8 * 2**20) + b"\r\n"


@cache
def _many_lines() -> bytes:
    return b"school_code\r\n" + b'"\n",' * (4 * 2**20)


@cache
def _padding() -> bytes:
    return Random("padding").randbytes(2**20)


def prepare() -> None:
    """Make what is large and always the same, so that what a process holds later does not grow by it."""
    for made in (_of_zeros, _of_entries, _many_rows, _many_cells, _many_lines, _padding):
        made()
