"""One record that staff of a ward call wrong or outdated: which it is, what they say, and the owner's answer."""

from contracts.catalogue import ITEMS
from contracts.catalogue import source as entry_of
from contracts.deeds import ingest as deeds
from contracts.deeds.deed import ThingKind
from contracts.values import OwnerAnswer
from contracts.words import DISPUTES, LEADING, OWNER_ANSWERS
from infra.pages.dates import era_date, moment
from infra.work import UnitOfWork
from services.ingest import disputing
from services.ingest.deciders import Decider
from services.ingest.disputing import Dispute
from services.ingest.domain.denial import denies_text
from services.ingest.seeing import NOTHING_THERE, Act, Asking, Done, Form, Mistake, Question, Result, Said, Screen, thing_named
from services.ingest.wording import kind_of

WORDS_LENGTH = 500
CONFLICT = 409
ANSWERED = "回答しました。区の画面に出ます。"
NO_ANSWER = "回答を選んでください。"
DENIED = "集めてはいけない項目か、個人番号とみられる番号があるため、送れません。その部分を除いてください。"
LONG = f"{WORDS_LENGTH}文字までで書いてください。"
SINCE_ANSWERED = "画面を開いたあとに、ほかの職員が回答しました。内容を確かめてください。"


class AnswerForm(Form):
    """What is so, and the version of the last answer that was seen."""

    version: str = ""
    answer: str = ""
    words: str = ""


async def read(work: UnitOfWork, asking: Asking[Question]) -> Dispute | None:
    """Read the one that the address names, whosever it is: what may be seen of it is decided on what was read."""
    key = asking.id_named("dispute")
    return await disputing.one(work.db, key) if key is not None else None


def show(dispute: Dispute, _asking: Asking[Question]) -> Said:
    """Say it on a page."""
    entry = entry_of(dispute.source)
    return Said(
        {
            "key": str(dispute.id),
            "number": dispute.number,
            "facts": (
                ("連携元システム", entry.system),
                ("保有・管理主体", entry.data_owner),
                ("依頼の日", era_date(dispute.asked_on)),
                ("何について", ITEMS[dispute.item].present),
                ("区の職員の見方", f"記録が{DISPUTES[dispute.kind]}"),
                ("伝えられたこと", dispute.words or f"書かれていません。番号を伝えて、{LEADING}に照会してください。"),
            ),
            "rests_on": dispute.rests_on,
            "records": [(kind_of(dispute.source, each.event_type), each.record_id) for each in dispute.records],
            "answers": [(moment(each.at), OWNER_ANSWERS[each.answer], each.words, each.by) for each in reversed(dispute.answers)],
            "choices": tuple((answer.value, words) for answer, words in OWNER_ANSWERS.items()),
            "version": dispute.version,
            "longest": WORDS_LENGTH,
        },
        fields=("record_ids", "words_to_owner"),
        count=len(dispute.records),
    )


async def answer(work: UnitOfWork, asking: Asking[Question], form: AnswerForm) -> Result:
    """Answer it: for one's own sources only, and on what was seen."""
    key = asking.id_named("dispute")
    dispute = await disputing.one(work.db, key) if key is not None else None
    if dispute is None or dispute.source not in asking.sources:
        return NOTHING_THERE
    if (errors := _errors(form)) != {}:
        return Mistake(errors)
    seen = int(form.version) if form.version.isascii() and form.version.isdigit() and len(form.version) < len("1000000000") else -1
    given = OwnerAnswer(form.answer)
    if not await disputing.answer(work, Decider.at_a_page(asking.staff), dispute, seen, given, form.words):
        return Mistake({"": SINCE_ANSWERED}, CONFLICT)
    return Done()


def _errors(form: AnswerForm) -> dict[str, str]:
    errors: dict[str, str] = {}
    if form.answer not in set(OwnerAnswer):
        errors["answer"] = NO_ANSWER
    if len(form.words) > WORDS_LENGTH:
        errors["words"] = LONG
    elif denies_text(form.words):
        errors["words"] = DENIED
    return errors


SCREENS = (
    Screen(
        name="dispute",
        address="/disputes/{dispute}",
        deed=deeds.DISPUTE_OPENED,
        read=read,
        show=show,
        source_of=lambda dispute: dispute.source,
        thing=thing_named(ThingKind.DISPUTE, "dispute"),
        under="disputes",
        acts=(Act("answer", deeds.DISPUTE_ANSWERED, AnswerForm, answer, ANSWERED),),
    ),
)
