"""What casework hears: who people are and who may see them, what the scorer says, and what became of every request to look."""

from collections.abc import Sequence

from contracts.deeds import casework as deeds
from contracts.deeds.deed import ThingKind
from contracts.ids import PersonId, ReviewId
from contracts.messages import (
    EvaluationOverdue,
    FeedState,
    FeedWatermark,
    HouseholdChanged,
    PersonChanged,
    PersonIdentified,
    PersonsMerged,
    PersonSplit,
    ProtectionChanged,
    ReviewBasisChanged,
    ReviewNeeded,
)
from contracts.messages import Thing as AuditThing
from infra.identifiers import caused
from infra.work import UnitOfWork
from services.casework import handing, sampling, store
from services.casework.domain.review import Kind, heard
from services.casework.domain.sampling import Sampling


async def hear_persons(
    work: UnitOfWork,
    *,
    measures: Sequence[ProtectionChanged],
    persons: Sequence[PersonChanged],
    names: Sequence[PersonIdentified],
    households: Sequence[HouseholdChanged],
    aliases: Sequence[PersonsMerged | PersonSplit],
) -> None:
    """
    Save what is known of persons, measures first, and work out who may see them.

    Of two who are one person, reviews and cases stay as they are, and each shows the other: which of them goes on is for people.
    """
    touched = await store.save_measures(work.db, measures) if measures else set()
    if aliases:
        touched |= await store.save_aliases(work.db, aliases)
    if persons:
        await store.save_persons(work.db, persons)
        touched.update(PersonId(each.person_id) for each in persons)
    # Before names: a name is never in the table without the wall around it.
    if touched:
        await store.refresh_access(work.db, touched)
        await handing.follow_the_register(work, touched)
    if names:
        await store.save_names(work.db, names)
    if households:
        await store.save_households(work.db, households)


async def hear_words(work: UnitOfWork, told: Sequence[ReviewNeeded | ReviewBasisChanged], drawing: Sampling) -> None:
    """
    Keep what the scorer said, bring reviews up to date, and write what became of every request to look.

    Of those that are kept quiet, `drawing` draws some for a person to look at all the same, once: when they are heard.
    """
    if not told:
        return
    await store.save_words(work.db, told)
    persons = {PersonId(each.person_id) for each in told}
    words, closures = await store.words_of(work.db, persons), await store.closures_of(work.db, persons)
    amounts = {person_id: heard((word for _, word in said), closures.get(person_id, ())) for person_id, said in words.items()}

    named = {
        person_id: (ReviewId(caused(person_id, f"review:{amount.open.opened_version}")), amount.open)
        for person_id, amount in amounts.items()
        if amount.open is not None
    }
    dispositions = [
        (event_id, person_id, amounts[person_id].became[word.version])
        for person_id, said in words.items()
        for event_id, word in said
        if word.kind is Kind.NEEDED
    ]

    if named:
        await store.save_reviews(work.db, named)
    if closures:
        # Asked for again: from now on it is the ward's where the child lives, and not the one's that closed the last case.
        await store.refresh_access(work.db, closures)
    if dispositions:
        await store.save_dispositions(work.db, dispositions)
        await sampling.draw(work, dispositions, {each.event_id for each in told}, drawing)
    for each in told:
        if isinstance(each, ReviewNeeded):
            _keep_reception(work, each)


async def hear_overdue(work: UnitOfWork, told: Sequence[EvaluationOverdue]) -> None:
    """Keep for whom the scorer has no answer of today."""
    if told:
        await store.save_overdue(work.db, told)


async def hear_feeds(work: UnitOfWork, told: Sequence[FeedWatermark]) -> None:
    """Keep up to which day sources have delivered."""
    if told:
        await store.save_feeds(work.db, told)


async def hear_feed_states(work: UnitOfWork, told: Sequence[FeedState]) -> None:
    """Keep how feeds stand."""
    if told:
        await store.save_feed_states(work.db, told)


def _keep_reception(work: UnitOfWork, needed: ReviewNeeded) -> None:
    work.keep(
        deeds.REVIEW_RECEIVED,
        actor=work.service_actor(),
        thing=AuditThing(kind=ThingKind.CHILD, id=str(needed.person_id)),
        cause=needed.event_id,
        reason_code=needed.ruleset,
    )
