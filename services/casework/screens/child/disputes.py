"""What a child's page says of reasons that staff call wrong or outdated, and how it asks for that (`domain.md` §4.7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.catalogue import ITEMS
from contracts.ids import PersonId
from contracts.values import DisputeKind, Item
from contracts.words import DISPUTES, OWNER_ANSWERS
from infra.looking import Refused
from infra.pages import dates
from infra.work import UnitOfWork
from services.casework import cases, disputing
from services.casework.accesses import viewer_of
from services.casework.disputing import Asked
from services.casework.domain import wording
from services.casework.domain.dispute import Dispute, OwnersWord, Stands, open_on
from services.casework.domain.manual import tells_of_somebody
from services.casework.domain.policy import Action, Deny, Facts, Reason, decide
from services.casework.domain.review import Word
from services.casework.domain.wording import sensitive_kind
from services.casework.moved import Errors
from services.casework.screens.child.doubts import STANDS
from services.casework.screens.child.items import HIDDEN_ITEMS
from services.casework.screens.child.rows import Child
from services.casework.seeing import ActForm, Asking, Done, Mistake
from services.casework.sheets import Sheet
from services.casework.steps import Text

ASK, SEEN = "ask_owner", "owner_answer_seen"
WORDS_LENGTH = 500
MOST_ANSWERS = 2**31 - 1
"""The database counts no further."""
FIELDS = ("ask_item", "ask_kind", "ask_why", "ask_words")

NOT_THERE = "この理由は、いまはありません。画面を見直してください。"
BEING_LOOKED_INTO = "この理由については、もう確かめを頼んでいます。回答を待ってください。"
TELLS = "氏名、生年月日、番号は書けません。記録はもとの課に番号で伝わります。"
NO_ANSWER = "この回答は、いまはありません。画面を見直してください。"
OLD_PAGE = "画面を開いたあとに、新しい情報が届いています。内容を確かめてください。"


class AskForm(ActForm):
    """Which reason, what is said of it, and the page on which that was decided."""

    wrong: ClassVar = {
        "ask_item": "どの理由についてかを選んでください。",
        "ask_kind": "誤っているか、古くなっているかを選んでください。",
        "ask_why": "そう考えるわけを、2000文字までで書いてください。",
        "ask_words": f"もとの課に伝えることは、{WORDS_LENGTH}文字までで書いてください。",
    }
    key: UUID
    version: int
    ask_item: Item
    ask_kind: DisputeKind
    ask_why: Annotated[Text, StringConstraints(min_length=1)]
    ask_words: Annotated[Text, StringConstraints(max_length=WORDS_LENGTH)] = ""


class SeenForm(ActForm):
    """Of which dispute which answer was read."""

    wrong: ClassVar = {"dispute": NO_ANSWER, "answer": NO_ANSWER}
    dispute: UUID
    answer: Annotated[int, Field(ge=1, le=MOST_ANSWERS)]


@dataclass(frozen=True, slots=True)
class DisputeLine(Sheet):
    """A reason that somebody called wrong or outdated, and how that stands."""

    named_by = "item"
    item: str
    id: UUID
    number: str
    title: str
    kind: str
    stands: str
    known_wrong: bool
    asked: str
    written: tuple[tuple[str, str], ...]
    answers: tuple[tuple[str, str, str], ...]
    news: int


@dataclass(frozen=True, slots=True)
class AskOffer:
    """The form. Without `to_owner` nothing is written to the owner: what is said of a protected child may tell where it is."""

    items: tuple[tuple[str, str], ...]
    kinds: tuple[tuple[str, str], ...]
    to_owner: bool
    typed: Mapping[str, str]
    version: int
    is_open: bool
    longest: int = WORDS_LENGTH


def dispute_lines(disputes: Sequence[Dispute], latest: Word, *, shows_texts: bool, shows_sensitive: bool) -> tuple[DisputeLine, ...]:
    """Say how each stands, the newest first. What is sensitive is not named; texts are for whoever may know where the child is."""
    return tuple(_line(each, latest, shows_texts=shows_texts, shows_sensitive=shows_sensitive) for each in reversed(disputes))


def offer_to_ask(child: Child, asking: Asking[Any], *, shows_sensitive: bool) -> AskOffer | None:
    """Offer the form for the reasons that the page shows; nothing to whoever may not ask, or where there is none."""
    if isinstance(decide(viewer_of(asking.staff), Action.ASK_OWNER, child.facts), Deny):
        return None
    # Also one whose record has changed meanwhile is not asked about again before its owner has answered.
    waiting = {*open_on(child.disputes, child.latest), *(each.item for each in child.disputes if not each.is_settled)}
    shown = [each for each in child.latest.reasons if each.stands and (shows_sensitive or sensitive_kind(each.item) is None)]
    items = tuple((each.item.value, wording.title_of(each)) for each in shown if each.item not in waiting)
    mistake = asking.mistake if asking.mistake and asking.mistake.act == ASK else None
    typed = mistake.typed if mistake else {}
    kinds = tuple((kind.value, words) for kind, words in DISPUTES.items())
    if not items and mistake is None:
        return None
    return AskOffer(
        items, kinds, not child.protected, {name: typed.get(name, "") for name in FIELDS}, child.latest.version, is_open=mistake is not None
    )


async def ask(work: UnitOfWork, asking: Asking[Any], form: AskForm) -> Done | Mistake | Refused:
    """Ask the owner of the record behind a reason, decided on the locked row."""
    assert asking.person_id is not None  # noqa: S101 -- the address names a child
    child = await _locked(work, asking, asking.person_id)
    if isinstance(child, Refused):
        return child
    looked_at = await disputing.looked_at(work.db, asking.person_id)
    word = looked_at.word
    reason = next((each for each in word.reasons if each.item is form.ask_item and each.stands), None)
    if form.ask_words and tells_of_somebody(form.ask_words, looked_at.names):
        return _mistake(form, (("ask_words", TELLS),))
    if await disputing.was_asked(work.db, asking.person_id, form.key):
        return Done()
    if form.version != word.version:
        return _mistake(form, (("version", OLD_PAGE),), 412)
    if reason is None:
        return _mistake(form, (("ask_item", NOT_THERE),))
    said = disputing.Said(form.key, form.ask_kind, form.ask_why, form.ask_words)
    asked = await disputing.ask(work, asking.staff, asking.person_id, said, reason, word, protected=child.protected)
    return _mistake(form, (("ask_item", BEING_LOOKED_INTO),), 409) if asked is Asked.BEING_LOOKED_INTO else Done()


async def take_note(work: UnitOfWork, asking: Asking[Any], form: SeenForm) -> Done | Refused:
    """Take note of an answer: it is no news on the first page any more."""
    assert asking.person_id is not None  # noqa: S101 -- the address names a child
    child = await _locked(work, asking, asking.person_id)
    if isinstance(child, Refused):
        return child
    await disputing.take_note(work, asking.staff, asking.person_id, form.dispute, form.answer, protected=child.protected)
    return Done()


async def _locked(work: UnitOfWork, asking: Asking[Any], person_id: PersonId) -> Facts | Refused:
    review = await cases.lock_review(work.db, person_id)
    if review is None:
        return Refused(Reason.NO_REVIEW, hidden=True)
    decision = decide(viewer_of(asking.staff), Action.ASK_OWNER, review.facts)
    return Refused(decision.reason, decision.hidden) if isinstance(decision, Deny) else review.facts


def _mistake(form: AskForm, errors: Errors, status: int = 422) -> Mistake:
    typed = {"ask_item": form.ask_item.value, "ask_kind": form.ask_kind.value, "ask_why": form.ask_why, "ask_words": form.ask_words}
    return Mistake(errors, typed=typed, act=ASK, status=status)


def _line(dispute: Dispute, latest: Word, *, shows_texts: bool, shows_sensitive: bool) -> DisputeLine:
    kind, stands = sensitive_kind(dispute.item), dispute.stands(latest)
    is_named = kind is None or shows_sensitive
    written = (("わけ", dispute.why), *((("もとの課に伝えたこと", dispute.words),) if dispute.words else ()))
    return DisputeLine(
        item=dispute.item if is_named else HIDDEN_ITEMS,
        id=dispute.id,
        number=dispute.number,
        title=ITEMS[dispute.item].present if is_named else f"{kind}の項目",
        kind=DISPUTES[dispute.kind],
        stands=STANDS[stands],
        known_wrong=stands is Stands.KNOWN_WRONG,
        asked=f"{dates.era_date(dates.local_day(dispute.asked_at))}{f'　{dispute.asked_by}' if shows_texts else ''}",
        written=written if shows_texts and is_named else (),
        answers=tuple(_answer(each, shows=shows_texts and is_named) for each in reversed(dispute.answers)),
        news=dispute.news,
    )


def _answer(said: OwnersWord, *, shows: bool) -> tuple[str, str, str]:
    return dates.era_date(said.on), OWNER_ANSWERS[said.answer], said.words if shows else ""
