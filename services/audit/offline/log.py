"""The verification of a whole published log, and of its single papers: a checkpoint, a proof."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from services.audit.domain.merkle import ProofRejected, check_inclusion, leaf_hash
from services.audit.domain.note import Checkpoint, Note, NoteMalformed
from services.audit.domain.published.keys import Key
from services.audit.domain.published.proofs import parse_proof
from services.audit.domain.published.walking import OnEntry, Walk
from services.audit.domain.soundness.findings import FindingKind, Findings
from services.audit.offline.folder import Folder, NotReadable
from services.audit.offline.trusting import NotTrusted, opened, signers_of


@dataclass(frozen=True, slots=True)
class Trust:
    """Whose word counts: the log's keys, witnesses', and how many of them must have cosigned. `origin`: where it is not the key's name."""

    log: Sequence[Key]
    witnesses: Sequence[Key] = ()
    quorum: int = 0
    origin: str | None = None


@dataclass(slots=True)
class Verdict:
    """What was found of a log, and what it says of itself. `cosigned` tells each witness's time (POSIX seconds)."""

    found: Findings = field(default_factory=Findings)
    checkpoint: Checkpoint | None = None
    cosigned: dict[str, int] = field(default_factory=dict)
    entries: int = 0


def verify_checkpoint(text: str | None, trust: Trust, since: Sequence[str] = ()) -> Verdict:
    """Check a checkpoint's signatures, and that it goes no further back than those of `since`."""
    verdict = Verdict()
    if _open(text, trust, verdict) is not None:
        _compare_roots(verdict, None, _olds(since, trust, verdict))
    return verdict


def verify_proof(text: str, leaf: bytes, trust: Trust) -> Verdict:
    """Check that `leaf` is the entry that a proof (C2SP tlog-proof) speaks of."""
    verdict = Verdict()
    try:
        proof = parse_proof(text)
    except NoteMalformed as error:
        verdict.found.add(FindingKind.FILE_MALFORMED, f"the proof: {error}")
        return verdict
    said = _open(proof.checkpoint, trust, verdict)
    if said is not None:
        try:
            check_inclusion(leaf_hash(leaf), proof.index, said.size, proof.path, said.root)
            verdict.entries = 1
        except ProofRejected as error:
            verdict.found.add(FindingKind.HASH_DIFFERS, f"entry {proof.index} is not this leaf: {error}", proof.index)
    return verdict


def verify_log(folder: Folder, trust: Trust, since: Sequence[str] = (), on_entry: OnEntry | None = None) -> Verdict:
    """
    Derive a whole log again: entries, hashes, tiles, root; and hold it to its checkpoint and to older ones (`since`).

    Entries are told to `on_entry` as they come, before anything is known of them.
    """
    verdict = Verdict()
    try:
        text = folder.note()
    except NotReadable as error:
        verdict.found.add(FindingKind.FILE_MALFORMED, str(error))
        return verdict
    said = _open(text, trust, verdict)
    if said is None:
        return verdict
    olds = _olds(since, trust, verdict)
    walk = Walk(folder, said.size, [old.size for old in olds if old.size < said.size], on_entry, verdict.found)
    walk.go()
    for first, last in walk.lost:
        verdict.found.add(FindingKind.FILE_MISSING, f"{_entries(first, last)} not there", first, last)
    verdict.entries = said.size - sum(last - first + 1 for first, last in walk.lost)
    _compare_roots(verdict, walk, [*olds, said])
    return verdict


def _open(text: str | None, trust: Trust, verdict: Verdict) -> Checkpoint | None:
    if text is None:
        verdict.found.add(FindingKind.FILE_MISSING, "there is no checkpoint")
        return None
    try:
        said, note = opened(text, trust.log, trust.origin)
    except (NotTrusted, NoteMalformed) as error:
        verdict.found.add(FindingKind.CHECKPOINT_FORGED, f"the checkpoint: {error}")
        return None
    verdict.checkpoint = said
    _count_witnesses(note, said, trust, verdict)
    return said


def _count_witnesses(note: Note, said: Checkpoint, trust: Trust, verdict: Verdict) -> None:
    try:
        signed = signers_of(note, trust.witnesses)
    except NotTrusted as error:
        verdict.found.add(FindingKind.CHECKPOINT_FORGED, f"the checkpoint of {said.size} entries: {error}")
        return
    verdict.cosigned = {key.name: at or 0 for key, at in signed.items()}
    if len(signed) < trust.quorum:
        text = f"the checkpoint of {said.size} entries is cosigned by {len(signed)} of the {trust.quorum} witnesses that it needs"
        verdict.found.add(FindingKind.COSIGNATURE_MISSING, text)


def _olds(since: Sequence[str], trust: Trust, verdict: Verdict) -> list[Checkpoint]:
    olds = []
    for text in since:
        try:
            olds.append(opened(text, trust.log, trust.origin)[0])
        except (NotTrusted, NoteMalformed) as error:
            verdict.found.add(FindingKind.CHECKPOINT_FORGED, f"the older checkpoint: {error}")
    return sorted(olds, key=lambda old: old.size)


def _compare_roots(verdict: Verdict, walk: Walk | None, claims: Sequence[Checkpoint]) -> None:
    """Hold what was derived to what was signed, smallest first: the first that differs bounds the change."""
    said = verdict.checkpoint
    if said is None:
        return
    good = 0
    for old in claims:
        if old.origin != said.origin:
            verdict.found.add(FindingKind.CHECKPOINT_FORGED, f"the older checkpoint is of the log {old.origin}")
        elif old.size > said.size:
            text = f"{_entries(said.size, old.size - 1)} gone: an older checkpoint has {old.size}"
            verdict.found.add(FindingKind.ENTRIES_CUT_OFF, text, said.size, old.size - 1)
        elif (root := _root(walk, said, old.size)) is None:
            if walk is not None:
                where = "; ".join(f"{first} to {last}" for first, last in walk.unknown[:10])
                verdict.found.add(FindingKind.FILE_MISSING, f"the root over {old.size} entries cannot be told: no hash of {where}")
        elif root == old.root:
            good = old.size
        else:
            text = f"the root of {old.size} entries is not the one that was signed; the change lies in entries {good} to {old.size - 1}"
            verdict.found.add(FindingKind.HISTORY_CHANGED, text, good, old.size - 1)
            return


def _root(walk: Walk | None, said: Checkpoint, size: int) -> bytes | None:
    if walk is not None:
        return walk.root_at(size)
    # Without the log, two checkpoints can only be compared where they speak of the same size.
    return said.root if size == said.size else None


def _entries(first: int, last: int) -> str:
    return f"entry {first} is" if first == last else f"entries {first} to {last} are"
