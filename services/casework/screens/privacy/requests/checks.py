"""What is wrong with what somebody says was done with a request, and what is kept of it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from services.casework.domain.calendar import is_adult
from services.casework.domain.privacy_decision import Lack, Shield, lacks
from services.casework.domain.privacy_request import Capacity, Does, Ground, Request, Result
from services.casework.screens.privacy.requests import forms
from services.casework.screens.privacy.requests.words import LACKS

EVIDENCE_DAYS = 30
"""What proves a representative was made no longer ago than this before the request (個人情報の保護に関する法律施行令)."""
AHEAD = "きょうまでの日にしてください。"
BEFORE = "請求書を受け付けた日より前の日です。"
Wrong = Iterator[tuple[str, str]]
Check = Callable[[Request, Any, Shield, date], Wrong]


def received(form: forms.ReceiveForm, today: date) -> Wrong:
    """Say what is wrong with a request that came in."""
    if form.received_on > today:
        yield "received_on", AHEAD
    elif form.received_on < today - timedelta(days=366):
        yield "received_on", "1年より前の日です。日付を確かめてください。"
    if form.disclosed_on is not None and form.disclosed_on > form.received_on:
        yield "disclosed_on", "開示を受けた日が、請求の日より後です。"


def _on(request: Request, form: Any, _shield: Shield, today: date) -> Wrong:
    if form.on > today:
        yield "on", AHEAD
    elif form.on < request.received_on:
        yield "on", BEFORE


def _completed(request: Request, form: forms.CompletedForm, shield: Shield, today: date) -> Wrong:
    yield from _on(request, form, shield, today)
    asked = request.newest(Does.ASK_TO_COMPLETE)
    if asked is not None and form.on < date.fromisoformat(asked.details["on"]):
        yield "on", "補正を求めた日より前の日です。"


def _check(request: Request, form: forms.CheckForm, _shield: Shield, _today: date) -> Wrong:
    own = request.capacity is Capacity.SELF
    if own and form.evidence is not None:
        yield "evidence", "本人からの請求です。代理の書類は選ばないでください。"
    if not own:
        yield from _representative(request, form)
    if bool(form.person_no) != (form.birth_date is not None):
        yield "birth_date", "記録の本人の宛名番号と生年月日は、両方を入れてください。"


def _representative(request: Request, form: forms.CheckForm) -> Wrong:
    """A representative shows by which right, on a paper that is new; a parent represents who is not of age (76条2項)."""
    mandate = request.capacity is Capacity.AGENT
    if form.evidence is None or (form.evidence == "mandate") is not mandate:
        yield "evidence", "委任状を選んでください。" if mandate else "戸籍か、後見の書類を選んでください。"
    if form.issued_on is None:
        yield "issued_on", "書類の作成日を入れてください。"
    elif not request.received_on - timedelta(days=EVIDENCE_DAYS) <= form.issued_on <= request.received_on:
        yield "issued_on", "請求の日の前30日以内に作られた書類ではありません。補正を求めてください。"
    if form.evidence == "family_register" and form.birth_date is not None and is_adult(form.birth_date, request.received_on):
        yield "evidence", "記録の本人は成年です。親権者は代理人になれません。"
    if form.person_no and not form.requester_no:
        yield "requester_no", "代理人の宛名番号を入れてください。支援措置の相手方の側かどうかを確かめます。"


def _consult(request: Request, form: forms.ConsultForm, shield: Shield, today: date) -> Wrong:
    yield from _on(request, form, shield, today)
    if form.reply_by <= form.on:
        yield "reply_by", "照会した日より後の日にしてください。"


def _hear(request: Request, form: forms.HearForm, _shield: Shield, _today: date) -> Wrong:
    if all(word.version != form.of for word in request.unheard):
        yield "of", "どの照会かを選んでください。"


def _extend(request: Request, form: forms.ExtendForm, shield: Shield, today: date) -> Wrong:
    yield from _on(request, form, shield, today)
    if form.on > request.due_on(today):
        yield "on", "もとの期限を過ぎてからは延ばせません（83条2項・94条2項・102条2項）。"


def _propose(request: Request, form: forms.ProposeForm, shield: Shield, _today: date) -> Wrong:
    yield from (LACKS[lack] for lack in lacks(request, shield, form.result, form.grounds, form.words))


def _decide(request: Request, _form: forms.SaidForm, shield: Shield, _today: date) -> Wrong:
    """What was right when it was proposed may be so no more: a measure came meanwhile, or a third party was asked."""
    yield from (("words", f"この案では決定できません：{LACKS[lack][1]}差し戻してください。") for lack in still_lacks(request, shield))


def _carry_out(request: Request, form: forms.CarriedOutForm, shield: Shield, today: date) -> Wrong:
    yield from _on(request, form, shield, today)
    for lack in still_lacks(request, shield):
        yield "on", f"決定のあとで事情が変わりました。実施できません：{LACKS[lack][1]}決定をやり直してください。"
    given_out = form.how in {"inspection", "copy", "data"}
    if given_out and request.given_out_from is not None and form.on < request.given_out_from:
        yield "on", "反対意見書が出ています。決定の日から2週間は開示できません（86条3項）。"


def still_lacks(request: Request, shield: Shield) -> Iterator[Lack]:
    """Say what is wrong by now with the newest proposal."""
    if (proposal := request.proposal) is not None:
        said = proposal.details
        yield from lacks(request, shield, Result(said["result"]), tuple(map(Ground, said["grounds"])), said["words"])


CHECKS: Mapping[Does, Check] = {
    **dict.fromkeys((Does.ASK_TO_COMPLETE, Does.WITHDRAW, Does.TRANSFER), _on),
    Does.COMPLETE: _completed,
    Does.CHECK: _check,
    Does.CONSULT: _consult,
    Does.HEAR: _hear,
    Does.EXTEND: _extend,
    Does.PROPOSE: _propose,
    Does.DECIDE: _decide,
    Does.CARRY_OUT: _carry_out,
}
NOT_KEPT = frozenset({"request", "version", "person_no", "birth_date", "requester_no", "ground", "more"})
"""Which request it is stands beside; the numbers of people are looked up and forgotten."""


def details(does: Does, form: forms.OneForm, today: date) -> dict[str, Any]:
    """Return what is kept of a form."""
    kept = form.model_dump(mode="json", exclude=set(NOT_KEPT))
    if isinstance(form, forms.ProposeForm):
        kept["grounds"] = [ground.value for ground in form.grounds]
    return kept | ({"on": today.isoformat()} if does is Does.DECIDE else {})
