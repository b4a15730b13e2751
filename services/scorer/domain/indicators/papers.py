"""
City item: a handbook or a certificate of a disability is valid, of the child or of somebody who has it in care (`domain.md` §2.6).

Context: a disability is no sign of risk. What a record says that has no end stays; a mental health handbook without one holds two years
(§2.8-20).
"""

from collections.abc import Iterator
from enum import StrEnum

from contracts.facts import DisabilityCertificateChanged
from contracts.kinds import EventKind
from contracts.values import Item, Source
from services.scorer.domain.answer import Answer, Question
from services.scorer.domain.entitlement import Entitlement, Reasons, Standing, Term, Terms, entitled
from services.scorer.domain.facts import Told
from services.scorer.domain.indicator import Indicator
from services.scorer.domain.indicators.disability import is_open_ended_handbook, validity_of_paper
from services.scorer.domain.reach import Input, Reach
from services.scorer.domain.residence import Stay


class PaperReason(StrEnum):
    """What is known of handbooks and certificates."""

    VALID = "valid"
    ENDED = "ended"
    VALIDITY_UNKNOWN = "validity_unknown"
    NO_RECORD = "no_record"
    PROTECTED_SEPARATION = "protected_separation"


_PAPERS = Entitlement(
    Item.DISABILITY,
    Source.DISABILITY,
    Reasons(
        holds=PaperReason.VALID,
        ended=PaperReason.ENDED,
        no_record=PaperReason.NO_RECORD,
        separation=PaperReason.PROTECTED_SEPARATION,
        unsaid=PaperReason.VALIDITY_UNKNOWN,
    ),
)


def disability(question: Question) -> Answer:
    """TRUE while one is valid: the child's own, or of whoever has it in care."""
    facts = question.facts
    told = (*facts.told_as(DisabilityCertificateChanged), *facts.told_as(DisabilityCertificateChanged, Reach.GUARDIAN))
    return entitled(question, _PAPERS, told, facts.parted_as(DisabilityCertificateChanged), _terms(question))


def _terms(question: Question) -> Terms[DisabilityCertificateChanged]:
    def terms(paper: Told[DisabilityCertificateChanged]) -> Iterator[Term]:
        valid = validity_of_paper(question, paper)
        yield Term(valid)
        if is_open_ended_handbook(paper):
            # Whether it was renewed is not known.
            yield Term(Stay(valid.end, None), Standing.UNSAID)

    return terms


DISABILITY = Indicator(
    Item.DISABILITY,
    (Input(EventKind.DISABILITY_CERTIFICATE_CHANGED, Reach.CHILD), Input(EventKind.DISABILITY_CERTIFICATE_CHANGED, Reach.GUARDIAN)),
    PaperReason,
    disability,
)
