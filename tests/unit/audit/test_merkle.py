"""The tree against a naive reading of RFC 6962, and against whoever flips a bit."""

from collections.abc import Sequence
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.audit.domain.merkle import (
    EMPTY_ROOT,
    Frontier,
    ProofRejected,
    check_consistency,
    check_inclusion,
    consistency_spans,
    inclusion_spans,
    leaf_hash,
    tree_root,
)
from services.audit.domain.tiles import KEPT_LEVELS, children, completed, runs, subtree_root

# The eight leaves and roots that Certificate Transparency implementations have tested against since 2012.
CT_LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

sizes = st.integers(1, 600)


def leaves(size: int) -> list[bytes]:
    return [leaf_hash(str(number).encode()) for number in range(size)]


def naive_root(hashes: Sequence[bytes]) -> bytes:
    if not hashes:
        return sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    half = _half(len(hashes))
    return sha256(b"\x01" + naive_root(hashes[:half]) + naive_root(hashes[half:])).digest()


def naive_path(index: int, hashes: Sequence[bytes]) -> list[bytes]:
    if len(hashes) == 1:
        return []
    half = _half(len(hashes))
    if index < half:
        return [*naive_path(index, hashes[:half]), naive_root(hashes[half:])]
    return [*naive_path(index - half, hashes[half:]), naive_root(hashes[:half])]


def naive_subproof(old: int, hashes: Sequence[bytes], known: bool) -> list[bytes]:
    if old == len(hashes):
        return [] if known else [naive_root(hashes)]
    half = _half(len(hashes))
    if old <= half:
        return [*naive_subproof(old, hashes[:half], known), naive_root(hashes[half:])]
    return [*naive_subproof(old - half, hashes[half:], False), naive_root(hashes[:half])]


def _half(size: int) -> int:
    half = 1
    while half * 2 < size:
        half *= 2
    return half


def inclusion(index: int, hashes: Sequence[bytes]) -> list[bytes]:
    return [tree_root(hashes[span.start : span.end]) for span in inclusion_spans(index, len(hashes))]


def consistency(old: int, hashes: Sequence[bytes]) -> list[bytes]:
    return [tree_root(hashes[span.start : span.end]) for span in consistency_spans(old, len(hashes))]


def flipped(value: bytes, bit: int) -> bytes:
    at = bit % (len(value) * 8)
    return value[: at // 8] + bytes([value[at // 8] ^ (1 << at % 8)]) + value[at // 8 + 1 :]


def test_the_roots_of_the_certificate_transparency_leaves_are_the_published_ones() -> None:
    hashes = [leaf_hash(bytes.fromhex(leaf)) for leaf in CT_LEAVES]

    roots = [tree_root(hashes[: size + 1]).hex() for size in range(len(hashes))]

    assert roots == CT_ROOTS
    assert tree_root([]) == EMPTY_ROOT


@given(size=st.integers(0, 300))
def test_the_frontier_tells_the_root_that_the_definition_tells(size: int) -> None:
    hashes = leaves(size)

    root = tree_root(hashes)

    assert root == naive_root(hashes)


@given(size=sizes, data=st.data())
def test_an_inclusion_proof_is_the_one_of_the_definition_and_is_accepted(size: int, data: st.DataObject) -> None:
    hashes, index = leaves(size), data.draw(st.integers(0, size - 1))

    proof = inclusion(index, hashes)

    assert proof == naive_path(index, hashes)
    check_inclusion(hashes[index], index, size, proof, naive_root(hashes))


@given(size=sizes, data=st.data())
def test_a_consistency_proof_is_the_one_of_the_definition_and_is_accepted(size: int, data: st.DataObject) -> None:
    hashes, old = leaves(size), data.draw(st.integers(1, size))

    proof = consistency(old, hashes)

    assert proof == naive_subproof(old, hashes, True)
    check_consistency(old, size, proof, naive_root(hashes[:old]), naive_root(hashes))


@given(size=st.integers(2, 300), data=st.data())
def test_one_flipped_bit_in_any_hash_of_an_inclusion_proof_is_rejected(size: int, data: st.DataObject) -> None:
    hashes, index = leaves(size), data.draw(st.integers(0, size - 1))
    parts = [hashes[index], naive_root(hashes), *inclusion(index, hashes)]
    at, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))

    parts[at] = flipped(parts[at], bit)

    with pytest.raises(ProofRejected):
        check_inclusion(parts[0], index, size, parts[2:], parts[1])


@given(size=st.integers(2, 300), data=st.data())
def test_one_flipped_bit_in_any_hash_of_a_consistency_proof_is_rejected(size: int, data: st.DataObject) -> None:
    hashes, old = leaves(size), data.draw(st.integers(1, size - 1))
    parts = [naive_root(hashes[:old]), naive_root(hashes), *consistency(old, hashes)]
    at, bit = data.draw(st.integers(0, len(parts) - 1)), data.draw(st.integers(0, 255))

    parts[at] = flipped(parts[at], bit)

    with pytest.raises(ProofRejected):
        check_consistency(old, size, parts[2:], parts[0], parts[1])


@given(size=st.integers(2, 300), data=st.data())
def test_a_proof_for_another_place_or_of_another_length_is_rejected(size: int, data: st.DataObject) -> None:
    hashes, index = leaves(size), data.draw(st.integers(0, size - 1))
    proof, root = inclusion(index, hashes), naive_root(hashes)
    other = data.draw(st.integers(0, size - 1).filter(lambda place: place != index))

    for wrong_index, wrong_proof in ((other, proof), (index, proof[:-1]), (index, [*proof, root]), (size, proof), (-1, proof)):
        with pytest.raises(ProofRejected):
            check_inclusion(hashes[index], wrong_index, size, wrong_proof, root)


def test_a_consistency_proof_from_nothing_or_backwards_is_rejected() -> None:
    hashes = leaves(5)
    root = naive_root(hashes)

    for old, new, proof in ((0, 5, []), (6, 5, []), (5, 5, [root]), (3, 5, []), (4, 5, [])):
        with pytest.raises(ProofRejected):
            check_consistency(old, new, proof, root, root)
    for old, new in ((0, 5), (6, 5)):
        with pytest.raises(ValueError, match="no consistency proof"):
            consistency_spans(old, new)


def test_what_is_no_hash_is_rejected_even_where_it_matches_itself() -> None:
    for leaf, root in ((b"", b""), (b"short", b"short")):
        with pytest.raises(ProofRejected, match="a hash has 32 bytes"):
            check_inclusion(leaf, 0, 1, [], root)
        with pytest.raises(ProofRejected, match="a hash has 32 bytes"):
            check_consistency(1, 2, [leaf], leaf, root)


def test_there_is_no_proof_for_a_leaf_that_is_not_there() -> None:
    with pytest.raises(ValueError, match="no leaf 5 in a tree of 5"):
        inclusion_spans(5, 5)


@given(size=st.integers(1, 3000), data=st.data())
def test_kept_subtrees_make_up_every_span_of_every_proof(size: int, data: st.DataObject) -> None:
    hashes = [str(number).encode() for number in range(size)]
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))

    for span in (*inclusion_spans(index, size), *consistency_spans(old, size)):
        pieces = [place for run in runs(span) for piece in range(run.start, run.end) for place in _leaves_of(run.level, piece)]

        assert pieces == list(range(span.start, span.end))
        assert hashes[span.start : span.end] == [hashes[place] for place in pieces]


def test_a_root_over_kept_subtrees_equals_the_root_over_leaves() -> None:
    size = 256 * 256 + 256 * 3 + 7
    hashes = leaves(size)
    kept: dict[tuple[int, int], bytes] = {(0, index): digest for index, digest in enumerate(hashes)}
    for level, index in completed(0, size):
        below = children(level, index)
        kept[level, index] = subtree_root([kept[below.level, child] for child in range(below.start, below.end)])

    frontier = Frontier()
    whole = inclusion_spans(size - 1, size)[-1]
    for run in runs(type(whole)(0, size)):
        for piece in range(run.start, run.end):
            frontier.push(run.level, kept[run.level, piece])

    assert frontier.root() == tree_root(hashes)
    assert {level for level, _ in kept} == {0, 8, 16}


@given(before=st.integers(0, 200_000), growth=st.integers(0, 1000))
def test_growth_completes_each_kept_subtree_exactly_once(before: int, growth: int) -> None:
    middle = before + growth // 2

    at_once = set(completed(before, before + growth))
    in_two = [*completed(before, middle), *completed(middle, before + growth)]

    assert sorted(in_two) == sorted(at_once)
    assert len(in_two) == len(at_once)
    assert {level for level, _ in at_once} <= set(KEPT_LEVELS)


def test_a_subtree_is_refused_where_it_cannot_begin() -> None:
    frontier = Frontier()
    frontier.push(0, leaf_hash(b""))

    with pytest.raises(ValueError, match="cannot begin"):
        frontier.push(8, leaf_hash(b""))
    with pytest.raises(ValueError, match="a tile has 256"):
        subtree_root(leaves(255))


def _leaves_of(level: int, index: int) -> range:
    return range(index << level, (index + 1) << level)
