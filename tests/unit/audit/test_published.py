"""A published log's paths, bundles, proofs and keys, against independent test data and definitions (C2SP, RFC 6962)."""

import json
import random
from base64 import b64decode
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contracts.deeds import audit as deeds
from services.audit.domain import explaining
from services.audit.domain.merkle import ProofRejected, check_consistency, check_inclusion, leaf_hash, tree_root
from services.audit.domain.note import NoteMalformed, read_checkpoint
from services.audit.domain.published.bundles import Malformed, bundle_of, entries_in, full_root, hashes_in
from services.audit.domain.published.keys import Kind, parse_key
from services.audit.domain.published.layout import ENTRIES, NoSuchResource, Resource, edge, grown, parse_path
from services.audit.domain.published.proofs import PublishedProof, parse_proof, proof_text
from services.audit.offline.trusting import NotTrusted, opened, signers_of
from tests.unit.audit import reference

VECTORS = Path(__file__).with_name("vectors")
sizes = st.integers(0, 2**40)


def vectors(kind: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = json.loads((VECTORS / "merkle.json").read_text(encoding="utf-8"))[kind]
    return told


def bytes_of(text: str | None) -> bytes:
    return b64decode(text or "")


def accepts_inclusion(told: dict[str, Any]) -> bool:
    path = [bytes_of(each) for each in told["proof"] or []]
    try:
        check_inclusion(bytes_of(told["leafHash"]), told["leafIdx"], told["treeSize"], path, bytes_of(told["root"]))
    except ProofRejected:
        return False
    return True


def accepts_consistency(told: dict[str, Any]) -> bool:
    path = [bytes_of(each) for each in told["proof"] or []]
    try:
        check_consistency(told["size1"], told["size2"], path, bytes_of(told["root1"]), bytes_of(told["root2"]))
    except ProofRejected:
        return False
    return True


def test_inclusion_proofs_of_another_implementation_are_judged_as_it_judges_them() -> None:
    told = vectors("inclusion")

    assert len(told) > 90
    assert [each for each in told if accepts_inclusion(each) is each["wantErr"]] == []


def test_consistency_proofs_of_another_implementation_are_judged_as_it_judges_them() -> None:
    told = vectors("consistency")

    # From an empty tree anything follows, without a proof: that is decided before one is looked at (tlog-witness, "add-checkpoint").
    proper = [each for each in told if each["size1"] > 0]
    assert len(proper) > 85
    assert [each for each in proper if accepts_consistency(each) is each["wantErr"]] == []


def test_ten_thousand_random_trees_have_the_roots_and_proofs_of_the_definition() -> None:
    chance = random.Random(20260411)  # noqa: S311 -- trees, not secrets
    for _ in range(10_000):
        leaves = [bytes([chance.randrange(256)]) for _ in range(chance.randrange(1, 24))]
        old, index = chance.randrange(1, len(leaves) + 1), chance.randrange(len(leaves))
        root = reference.mth(leaves)
        assert tree_root(map(leaf_hash, leaves)) == root
        check_inclusion(leaf_hash(leaves[index]), index, len(leaves), reference.path(index, leaves), root)
        check_consistency(old, len(leaves), reference.subproof(old, leaves), reference.mth(leaves[:old]), root)


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("tile/0/000", Resource(0, 0)),
        ("tile/1/x001/x234/067", Resource(1, 1_234_067)),
        ("tile/entries/x001/234.p/5", Resource(ENTRIES, 1234, 5)),
        ("tile/2/999.p/255", Resource(2, 999, 255)),
    ],
)
def test_a_path_and_what_it_names_say_the_same(path: str, resource: Resource) -> None:
    assert (resource.path, parse_path(path)) == (path, resource)


@pytest.mark.parametrize(
    "path",
    [
        *("", "tile/0/0", "tile/0/1234", "tile/00/000", "tile/64/000", "tile/-1/000", "tile/0/x000/001", "tile/0/001/002", "tile/0/x001"),
        *(
            "tile/0/000.p/0",
            "tile/0/000.p/256",
            "tile/0/000.p/01",
            "tile/0/000.p/1/",
            "/tile/0/000",
            "tile/0/000\n",
            "tile/entries/../0/000",
        ),
        *("tile/63/000", "tile/0/" + "x999/" * 6 + "999", "tile/0/" + "x001/" * 7 + "000", "tile/0/０００", "tile/data/000"),
    ],
)
def test_any_other_path_is_refused(path: str) -> None:
    with pytest.raises(NoSuchResource):
        parse_path(path)


@given(size=sizes)
def test_the_edge_of_a_tree_has_the_widths_that_the_specification_tells(size: int) -> None:
    told = {part.level: part.width for part in edge(size)}

    assert told == {level: width for level in range(8) if (width := size // 256**level % 256)}


def test_the_example_of_the_specification_has_its_tiles() -> None:
    parts = [part for part in grown(0, 70_000) if part.level != ENTRIES]

    assert [(level, sum(part.level == level and part.width == 256 for part in parts)) for level in range(3)] == [(0, 273), (1, 1), (2, 0)]
    assert [(part.level, part.width) for part in parts if part.width < 256] == [(0, 112), (1, 17), (2, 1)]
    assert [(part.level, part.width) for part in grown(0, 256) if part.level >= 0] == [(0, 256), (1, 1)]


@given(old=st.integers(0, 200_000), new=st.integers(0, 200_000))
def test_a_tree_grows_by_what_it_did_not_have(old: int, new: int) -> None:
    old, new = sorted((old, new))

    assert set(grown(old, new)) == set(grown(0, new)) - set(grown(0, old))


@given(entries=st.lists(st.binary(max_size=300), min_size=1, max_size=20))
def test_a_bundle_reads_back_and_any_cut_of_it_is_refused(entries: list[bytes]) -> None:
    bundle = bundle_of(entries)

    assert entries_in(bundle, len(entries)) == entries
    for width in (len(entries) - 1, len(entries) + 1):
        with pytest.raises(Malformed):
            entries_in(bundle, width)
    for length in range(len(bundle)):
        with pytest.raises(Malformed):
            entries_in(bundle[:length], len(entries))


def test_an_entry_too_long_for_its_length_and_a_tile_of_another_length_are_refused() -> None:
    assert entries_in(bundle_of([bytes(65535)]), 1) == [bytes(65535)]
    with pytest.raises(Malformed, match="at most 65535"):
        bundle_of([bytes(65536)])
    with pytest.raises(Malformed, match="has 64 bytes, got 63"):
        hashes_in(bytes(63), 2)
    with pytest.raises(Malformed, match="256 hashes"):
        full_root([bytes(32)] * 255)


@given(index=st.integers(0, 2**63 - 1), path=st.lists(st.binary(min_size=32, max_size=32), max_size=63), extra=st.none() | st.binary())
def test_a_proof_reads_back_as_it_was_written(index: int, path: list[bytes], extra: bytes | None) -> None:
    proof = PublishedProof(index, tuple(path), "log\n1\nroot\n\nsigned\n", extra)

    assert parse_proof(proof_text(proof)) == proof


@pytest.mark.parametrize(
    "text", ["", "c2sp.org/tlog-proof@v1\n\nx", "c2sp.org/tlog-proof@v1\nindex 01\n\nx", "c2sp.org/tlog-proof@v2\nindex 1\n\nx"]
)
def test_what_is_no_proof_is_refused(text: str) -> None:
    with pytest.raises(NoteMalformed):
        parse_proof(text)


def test_the_checkpoint_of_any_log_is_read_with_what_it_adds() -> None:
    text = reference.checkpoint([b"a"], "one line", "another")

    checkpoint, extensions = read_checkpoint(text)

    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == (reference.ORIGIN, 1, reference.mth([b"a"]))
    assert extensions == ("one line", "another")
    for wrong in (
        text.replace("\n1\n", "\n01\n"),
        text.replace("\n1\n", "\n9223372036854775808\n"),
        text + "\n",
        text.replace("one line", ""),
    ):
        with pytest.raises(NoteMalformed):
            read_checkpoint(wrong)


WITNESS = Ed25519PrivateKey.from_private_bytes(bytes(32))


def test_a_cosignature_counts_for_its_witness_at_its_time() -> None:
    text = reference.checkpoint([b"a"])
    cosigned = reference.note(text) + reference.cosignature(text, WITNESS, "witness.example/w1", 1_679_315_147)
    witness = parse_key(reference.vkey(WITNESS, "witness.example/w1", b"\4"))

    _, note = opened(cosigned, [parse_key(reference.vkey())])

    assert signers_of(note, [witness]) == {witness: 1_679_315_147}


def test_one_flipped_bit_in_a_cosigned_checkpoint_is_seen() -> None:
    text = reference.checkpoint([b"a", b"b"])
    cosigned = (reference.note(text) + reference.cosignature(text, WITNESS, "w", 9)).encode()
    keys = [parse_key(reference.vkey()), parse_key(reference.vkey(WITNESS, "w", b"\4"))]
    passed = []
    for place in range(len(cosigned) * 8):
        changed = bytearray(cosigned)
        changed[place // 8] ^= 1 << place % 8
        try:
            _, note = opened(changed.decode(), keys[:1])
            # Whoever exchanges a witness's name or key id takes its word away, and cannot put another in its place.
            passed += [place] if len(signers_of(note, keys)) == 2 else []
        except (NotTrusted, NoteMalformed, UnicodeDecodeError):
            continue
    assert passed == []


def test_the_key_of_a_cosigner_of_the_specification_has_the_id_that_its_signatures_have() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(32))
    lines = {kind: reference.vkey(key, "witness.example.com/w1", bytes([kind])) for kind in (Kind.ED25519, Kind.COSIGNATURE_ED25519)}

    assert {kind: parse_key(line).kind for kind, line in lines.items()} == {kind: kind for kind in lines}
    assert len({parse_key(line).id for line in lines.values()}) == 2
    assert [parse_key(line).line for line in lines.values()] == list(lines.values())


def test_the_verifier_that_runs_alone_knows_the_deeds_about_the_log_by_their_codes() -> None:
    told = [deeds.GAP_EXPLAINED.code, deeds.HISTORY_ACCEPTED.code, deeds.CONTRADICTION_KEPT.code]

    assert told == [explaining.GAP_EXPLAINED, explaining.HISTORY_ACCEPTED, explaining.CONTRADICTION_KEPT]
