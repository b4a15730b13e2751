"""`tsunagu audit verify WHAT`: any log in files, and whatever hostile hands make of one (C2SP tlog-tiles)."""

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import mldsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.audit.domain.leaf import columns_of, leaf_of
from services.audit.domain.published.keys import Key, Kind
from services.audit.domain.published.proofs import PublishedProof, proof_text
from services.audit.offline.command import main
from services.audit.offline.packing import pack
from tests.unit.audit import reference
from tests.unit.audit.builders import NOON, access, event_of

TESSERA = Path(__file__).with_name("vectors") / "tessera"
TESSERA_KEY = "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"
LEAVES = [f"entry {number}".encode() * (number % 5) for number in range(600)]
"""Two whole tiles, a part of a third, and entries without a byte."""


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("log") / "log"
    reference.write(root, LEAVES)
    return root


@pytest.fixture
def log(written: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(written, tmp_path / "log"))


class Verified:
    """What the command said of a log."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: object) -> None:
        self.code = main([*map(str, arguments), "--json"])
        self.told: dict[str, Any] = json.loads(capsys.readouterr().out or "{}")

    @property
    def places(self) -> list[tuple[str, int | None, int | None]]:
        return [(each["kind"], each["first"], each["last"]) for each in self.told["findings"]]


def verify(capsys: pytest.CaptureFixture[str], log: Path, *more: object, key: str = "") -> Verified:
    return Verified(capsys, "log", log, "--vkey", key or reference.vkey(), *more)


def flip(file: Path, place: int) -> None:
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)


def test_the_log_of_another_implementation_is_verified_from_each_of_its_checkpoints(capsys: pytest.CaptureFixture[str]) -> None:
    olds = [argument for size in range(16) for argument in ("--since", TESSERA / f"checkpoint.{size}")]

    found = verify(capsys, TESSERA, *olds, key=TESSERA_KEY)

    assert (found.code, found.told["size"], found.told["entries_verified"], found.places) == (0, 15, 15, [])


@pytest.mark.parametrize("size", range(16))
def test_each_size_that_the_log_of_another_implementation_had_is_verified(
    size: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = shutil.copytree(TESSERA, tmp_path / "log")
    shutil.copy(TESSERA / f"checkpoint.{size}", log / "checkpoint")

    assert verify(capsys, log, key=TESSERA_KEY).code == 0


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 511, 512, 513])
def test_a_log_of_any_size_is_verified(size: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reference.write(tmp_path, LEAVES[:size], "an extension line")

    found = verify(capsys, tmp_path)

    assert (found.code, found.told["entries_verified"]) == (0, size)


def test_a_changed_entry_is_named_by_its_index(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    flip(log / "tile/entries/001", 40)

    found = verify(capsys, log)

    assert found.code == 1
    assert [(kind, first) for kind, first, _ in found.places] == [("hash_differs", 258)]


def test_a_changed_entry_with_its_hash_is_named_by_the_tile_above(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    leaves = [*LEAVES[:260], b"another deed", *LEAVES[261:]]
    checkpoint = (log / "checkpoint").read_bytes()
    above = (log / "tile/1/000.p/2").read_bytes()
    reference.write(log, leaves)
    (log / "checkpoint").write_bytes(checkpoint)
    (log / "tile/1/000.p/2").write_bytes(above)

    found = verify(capsys, log)

    assert (found.code, found.places) == (1, [("subtree_differs", 256, 511)])


def test_a_log_that_was_rewritten_with_its_key_is_bounded_by_older_checkpoints(
    log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    olds: list[object] = []
    for size in (100, 300, 500):
        file = tmp_path / str(size)
        file.write_text(reference.note(reference.checkpoint(LEAVES[:size])), encoding="utf-8")
        olds += ["--since", file]
    reference.write(log, [*LEAVES[:342], b"another deed", *LEAVES[343:]])

    assert verify(capsys, log).code == 0
    found = verify(capsys, log, *olds)
    assert (found.code, found.places) == (1, [("history_changed", 300, 499)])


def test_a_log_cut_off_with_its_checkpoint_is_named_by_an_older_one(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(log / "checkpoint", tmp_path / "old")
    shutil.rmtree(log)
    reference.write(log, LEAVES[:597])

    found = verify(capsys, log, "--since", tmp_path / "old")

    assert (found.code, found.places) == (1, [("entries_cut_off", 597, 599)])


def test_entries_that_are_not_there_are_missing_and_not_altered(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (log / "tile/entries/000").unlink()
    (log / "tile/entries/001").unlink()

    found = verify(capsys, log)

    assert (found.code, found.places, found.told["entries_verified"]) == (2, [("file_missing", 0, 511)], 88)


@pytest.mark.parametrize("gone", ["tile/0/001", "tile/1/000.p/2", "tile/0/002.p/88", "checkpoint"])
def test_a_file_that_is_not_there_makes_the_log_incomplete(gone: str, log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (log / gone).unlink()

    assert verify(capsys, log).code == 2


def test_where_not_even_a_hash_is_there_no_root_is_told(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for gone in ("tile/entries/001", "tile/0/001", "tile/1/000.p/2"):
        (log / gone).unlink()

    found = verify(capsys, log)

    assert found.code == 2
    assert found.places == [("file_missing", 256, 511), ("file_missing", None, None)]


def test_a_wider_tile_stands_for_the_part_that_an_older_checkpoint_needs(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (log / "checkpoint").write_text(reference.note(reference.checkpoint(LEAVES[:300])), encoding="utf-8")

    assert (verify(capsys, log).code, verify(capsys, log).told["entries_verified"]) == (0, 300)


def _longer(file: Path) -> None:
    file.write_bytes(file.read_bytes() + b"\0\0")


def _shorter(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def _empty(file: Path) -> None:
    file.write_bytes(b"")


@pytest.mark.parametrize("spoil", [_longer, _shorter, _empty])
@pytest.mark.parametrize("name", ["tile/0/001", "tile/entries/001", "tile/1/000.p/2", "tile/entries/002.p/88"])
def test_a_file_of_a_wrong_length_is_altered(spoil: Any, name: str, log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoil(log / name)

    found = verify(capsys, log)

    assert found.code == 1
    assert "file_malformed" in [kind for kind, _, _ in found.places]


def test_a_file_of_monstrous_length_is_not_read_to_its_end(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.truncate(log / "tile/0/000", 10**12)
    os.truncate(log / "tile/entries/000", 10**12)

    assert verify(capsys, log).code == 1


def test_a_checkpoint_of_monstrous_size_is_answered_at_once(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = f"{reference.ORIGIN}\n{2**63 - 1}\n{'A' * 43}=\n"
    (log / "checkpoint").write_text(reference.note(text), encoding="utf-8")

    found = verify(capsys, log)

    assert found.code == 2
    assert found.told["size"] == 2**63 - 1


def test_links_and_pipes_are_not_followed(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.move(log / "tile/entries/000", tmp_path / "aside")
    (log / "tile/entries/000").symlink_to(tmp_path / "aside")
    (log / "tile/entries/001").unlink()
    os.mkfifo(log / "tile/entries/001")
    shutil.move(log / "tile/1", tmp_path / "elsewhere")
    (log / "tile/1").symlink_to(tmp_path / "elsewhere")

    found = verify(capsys, log)

    assert found.code == 2
    assert ("file_missing", 0, 511) in found.places


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "no note",
        reference.note("other.example/log\n1\n"),
        reference.note(reference.checkpoint(LEAVES)).replace("600", "599"),
        reference.note(reference.checkpoint(LEAVES), Ed25519PrivateKey.from_private_bytes(bytes(32))),
        reference.note(reference.checkpoint(LEAVES, origin="another.example/log")),
        reference.checkpoint(LEAVES) + "\n" + "\N{EM DASH} other.example/log AAAA\n" * 101,
        reference.note(f"{reference.ORIGIN}\n0\n{'A' * 43}=\n"),
    ],
)
def test_a_checkpoint_that_the_key_did_not_sign_is_forged(text: str, log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (log / "checkpoint").write_text(text, encoding="utf-8")

    found = verify(capsys, log)

    assert (found.code, [kind for kind, _, _ in found.places]) == (1, ["checkpoint_forged"])


def test_signatures_of_others_do_no_harm_and_do_not_count(log: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(31) + b"\7")
    text = reference.checkpoint(LEAVES)
    note = reference.note(text) + reference.cosignature(text, stranger, "stranger.example", 5) + "\N{EM DASH} junk AAAAAAA=\n"
    (log / "checkpoint").write_text(note, encoding="utf-8")

    witness = reference.vkey(Ed25519PrivateKey.from_private_bytes(bytes(32)), "witness.example", b"\4")

    assert verify(capsys, log).code == 0
    found = verify(capsys, log, "--witness", witness)
    assert (found.code, found.places) == (2, [("cosignature_missing", None, None)])
    assert verify(capsys, log, "--witness", witness, "--quorum", 0).code == 0


def test_a_log_whose_name_is_not_its_keys_is_verified_where_one_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reference.write(tmp_path, LEAVES[:3])
    (tmp_path / "checkpoint").write_text(reference.note(reference.checkpoint(LEAVES[:3], origin="shard 7")), encoding="utf-8")

    assert verify(capsys, tmp_path).code == 1
    assert verify(capsys, tmp_path, "--origin", "shard 7").code == 0


def test_a_cosignature_of_the_newer_kind_counts_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key, name, at = mldsa.MLDSA44PrivateKey.from_seed_bytes(bytes(32)), "pq.example/w", 1_700_000_000
    material = key.public_key().public_bytes_raw()
    text, size = reference.checkpoint(LEAVES[:5]), 5
    message = b"subtree/v1\n\0" + bytes([len(name)]) + name.encode() + at.to_bytes(8, "big") + bytes([len(reference.ORIGIN)])
    message += reference.ORIGIN.encode() + bytes(8) + size.to_bytes(8, "big") + reference.mth(LEAVES[:5])
    line = b64encode(reference.key_id(b"\6" + material, name) + at.to_bytes(8, "big") + key.sign(message)).decode()
    reference.write(tmp_path, LEAVES[:5])
    (tmp_path / "checkpoint").write_text(f"{reference.note(text)}\N{EM DASH} {name} {line}\n", encoding="utf-8")

    found = verify(capsys, tmp_path, "--witness", Key(name, Kind.COSIGNATURE_ML_DSA_44, material).line)

    assert (found.code, found.told["cosigned"]) == (0, {name: at})


@pytest.mark.parametrize(
    "wrong", [(), ("log",), ("log", "/nowhere", "--vkey", "no key"), ("log", "/nowhere", "--vkey", TESSERA_KEY), ("what",)]
)
def test_an_order_that_cannot_be_understood_says_nothing_about_a_log(wrong: tuple[str, ...]) -> None:
    assert main(wrong) == 3


def test_a_proof_holds_for_its_leaf_and_for_no_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    note = reference.note(reference.checkpoint(LEAVES))
    (tmp_path / "proof").write_text(proof_text(PublishedProof(342, tuple(reference.path(342, LEAVES)), note)), encoding="utf-8")
    (tmp_path / "leaf").write_bytes(LEAVES[342])
    (tmp_path / "other").write_bytes(LEAVES[341])

    def checked(leaf: str) -> Verified:
        return Verified(capsys, "proof", tmp_path / "proof", "--leaf", tmp_path / leaf, "--vkey", reference.vkey())

    assert checked("leaf").code == 0
    found = checked("other")
    assert (found.code, found.places) == (1, [("hash_differs", 342, 342)])


def test_what_differs_from_the_hashes_that_a_witness_kept_is_named(log: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = tmp_path / "kept"
    shutil.copytree(log / "tile/0", kept / "tile/0")
    assert Verified(capsys, "diff", log, kept).told["entries_compared"] == 600

    shutil.rmtree(log)
    reference.write(log, [*LEAVES[:7], b"another", *LEAVES[8:597]])
    found = Verified(capsys, "diff", log, kept)

    assert found.code == 1
    assert found.places == [("hash_differs", 7, 7), ("entries_cut_off", 597, 599)]


OWN = [leaf_of(event_of(access(number)), NOON) for number in range(1, 7)]


def table(*rows: dict[str, Any]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def test_a_table_that_says_something_else_than_the_leaf_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reference.write(tmp_path / "log", OWN)
    names = ("ts", "received", "actor", "action", "thing_id", "sequence", "count", "event_id")
    rows: list[dict[str, Any]] = [
        {"idx": index} | {name: getattr(columns_of(leaf), name) for name in names} for index, leaf in enumerate(OWN)
    ]

    def checked(*told: dict[str, Any]) -> Verified:
        (tmp_path / "table").write_text(table(*told), encoding="utf-8")
        return Verified(capsys, "columns", tmp_path / "log", "--csv", tmp_path / "table", "--vkey", reference.vkey())

    assert (checked(*rows).code, checked(*rows).told["rows_compared"]) == (0, 6)
    rows[3]["action"], rows[4]["ts"] = "casework.list_opened", NOON
    found = checked(*rows, rows[0] | {"idx": 9})
    assert (found.code, found.places) == (1, [("column_differs", 3, 3), ("column_differs", 4, 4), ("index_repeated", 9, 9)])


def test_a_number_that_no_entry_has_is_a_gap_of_its_producer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reference.write(tmp_path, [*OWN[:2], *OWN[4:]])

    found = Verified(capsys, "producers", tmp_path, "--vkey", reference.vkey())

    assert (found.code, [kind for kind, _, _ in found.places]) == (2, ["sequence_gap"])
    assert "the numbers 3 to 4" in found.told["findings"][0]["text"]
    assert found.told["lanes"] == {"casework/0": {"entries": 4, "last": 6}}


def test_entries_of_another_system_have_no_producers(written: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert Verified(capsys, "producers", written, "--vkey", reference.vkey()).code == 1


def test_the_verifier_is_one_file_that_runs_with_one_package_alone(log: Path, tmp_path: Path) -> None:
    pack(tmp_path / "verifier.pyz")
    pack(tmp_path / "again.pyz")
    assert (tmp_path / "verifier.pyz").read_bytes() == (tmp_path / "again.pyz").read_bytes()
    bare = tmp_path / "bare"
    bare.mkdir()
    import cryptography

    for name in ("cryptography", "cffi", "pycparser", "_cffi_backend*"):
        for found in Path(cryptography.__file__).parents[1].glob(name):
            (bare / found.name).symlink_to(found)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        # Isolated, and without any installed package but those above.
        where, file = str(bare), str(tmp_path / "verifier.pyz")
        start = f"import sys, runpy; sys.path.append({where!r}); sys.argv[0] = 'verifier'; runpy.run_path({file!r}, run_name='__main__')"
        return subprocess.run(
            [sys.executable, "-I", "-S", "-c", start, *arguments], capture_output=True, text=True, check=False, cwd=tmp_path, env={}
        )

    key = ("--vkey", reference.vkey())
    assert run("log", "log", *key).returncode == 0
    flip(log / "tile/entries/000", 30)
    done = run("log", "log", *key)
    assert (done.returncode, "hash_differs: entry" in done.stdout) == (1, True)
    assert "usage" in run("log", "--help").stdout
    assert run("producers", "log", *key).returncode == 1
