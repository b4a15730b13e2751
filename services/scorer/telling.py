"""What the ward is told of a child: that people should look, that the reasons changed, that its answers are of an older day."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import assert_never

from contracts.deeds import scorer as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import PersonId
from contracts.messages import EvaluationOverdue, IndicatorState, ReviewBasisChanged, ReviewNeeded, Thing
from infra.identifiers import caused
from infra.work import UnitOfWork
from services.scorer.domain.answer import Answer
from services.scorer.domain.indicators import SOURCE_OF
from services.scorer.domain.review import Announcement, Say
from services.scorer.domain.rulesets import Ruleset
from services.scorer.loading import Feeds

Known = Sequence[tuple[Answer, datetime]]
"""Answers, each with the instant since when it is known."""


def tell_review(work: UnitOfWork, person_id: PersonId, known: Known, news: Announcement, feeds: Feeds, ruleset: Ruleset) -> None:
    """Announce a review, or that its basis changed. Its id follows from child and version: a replay says the same one."""
    signal = news.signal
    needed = ReviewNeeded(
        event_id=caused(person_id, f"scorer.review.{signal.version}"),
        occurred_at=work.now,
        person_id=person_id,
        version=signal.version,
        ruleset=ruleset.name,
        as_of=work.today,
        groups=signal.groups,
        indicators=tuple(_state(answer, known_at, feeds) for answer, known_at in known),
        cool_down_days=ruleset.cool_down_days,
    )
    match news.say:
        case Say.REVIEW_NEEDED:
            work.announce(needed, key=str(person_id))
            _keep(work, needed)
        case Say.BASIS_CHANGED:
            work.announce(_basis_changed(needed, still_needed=signal.needed), key=str(person_id))
        case _:
            assert_never(news.say)


def _basis_changed(review: ReviewNeeded, *, still_needed: bool) -> ReviewBasisChanged:
    return ReviewBasisChanged(
        event_id=review.event_id,
        occurred_at=review.occurred_at,
        person_id=review.person_id,
        version=review.version,
        ruleset=review.ruleset,
        as_of=review.as_of,
        needed=still_needed,
        groups=review.groups,
        indicators=review.indicators,
        cool_down_days=review.cool_down_days,
    )


def _keep(work: UnitOfWork, review: ReviewNeeded) -> None:
    """Keep for the audit that a ruleset asked for a review."""
    thing = Thing(kind=ThingKind.CHILD, id=str(review.person_id))
    work.keep(deeds.REVIEW_NEEDED, actor=work.service_actor(), thing=thing, cause=review.event_id, reason_code=review.ruleset)


def tell_overdue(work: UnitOfWork, person_id: PersonId, since: date | None, version: int) -> None:
    """Tell the ward that a child's answers are of an older day, or (without `since`) that they are not any more."""
    event_id = caused(person_id, f"scorer.overdue.{version}")
    said = EvaluationOverdue(event_id=event_id, occurred_at=work.now, person_id=person_id, version=version, since=since)
    work.announce(said, key=str(person_id))


def _state(answer: Answer, known_at: datetime, feeds: Feeds) -> IndicatorState:
    source = SOURCE_OF[answer.item]
    return IndicatorState(
        item=answer.item,
        value=answer.value,
        klass=answer.klass,
        counted=answer.counted,
        valid_from=answer.valid_from,
        valid_to=answer.valid_to,
        known_at=known_at,
        reason_code=answer.reason_code,
        source=source,
        evidence=answer.evidence,
        detail=dict(answer.detail),
        fresh_through=feeds.watermarks.get(source),
        stale_since=answer.stale_since,
    )
