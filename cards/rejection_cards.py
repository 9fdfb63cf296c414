"""What follows a rejection, in the lead's thread and in the chats of those it waits for: the
notice with marketing's answer, a dispute, its verdict."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cards.actions import Action
from cards.handoff_view import AfterNo
from cards.model import Actions, Block, Button, Card, Heading, Mention, Paragraph, Style, Words
from leads.rejection import RejectionAnswer, Verdict


@dataclass(frozen=True, kw_only=True)
class Answered:
    """Marketing's answer; `is_late` when the promised time was over."""

    by: Mention
    at: datetime
    answer: RejectionAnswer
    text: str | None = None
    is_late: bool = False


@dataclass(frozen=True, kw_only=True)
class Contested:
    """Marketing contests the rejection."""

    by: Mention
    at: datetime
    evidence: str


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A manager has decided the dispute."""

    by: Mention
    at: datetime
    verdict: Verdict
    why: str | None = None


@dataclass(frozen=True, kw_only=True)
class RejectionView:
    """One rejection as it stands now. `owner` is to answer it, by `answer_by` where that is
    promised, and is None where nothing is asked of them; `gave_back` when the lead had been
    accepted before. What became of the lead is as in `handoff_view.Decision`."""

    feedback_id: int
    lead_id: int
    lead: str
    company: str | None = None
    by: Mention
    reason: str
    text: str | None = None
    campaign: str | None = None
    owner: Mention | None = None
    answer_by: datetime | None = None
    gave_back: bool = False
    then: AfterNo = AfterNo.UNKNOWN
    to: Mention | None = None
    until: datetime | None = None
    other: str | None = None
    is_undone: bool = False
    answered: Answered | None = None
    contested: Contested | None = None
    judged: Judged | None = None
    may_answer: bool = True
    may_contest: bool = True


def rejection(view: RejectionView) -> Card:
    """In the thread of the lead's line: who said no and why, where the lead goes now, and by when
    marketing answers; then what it answered."""
    if view.is_undone:
        return _say("undone", by=view.by, reason=view.reason)
    blocks: list[Block] = [
        Paragraph(
            text=_words(
                "rejection",
                by=view.by,
                reason=view.reason,
                gave_back=view.gave_back,
                then=view.then.value,
                to=view.to,
                until=view.until,
                other=view.other,
            )
        )
    ]
    if view.text:
        blocks.append(_quote(view.text))
    if view.answered:
        blocks += _answer(view.answered)
    elif view.owner:
        asked = _words("owner", owner=view.owner, campaign=view.campaign, answer_by=view.answer_by)
        blocks.append(Paragraph(text=asked))
    if view.contested:
        open_or_not = _words("contested", by=view.contested.by, is_open=view.judged is None)
        blocks.append(Paragraph(text=open_or_not))
    if view.judged:
        blocks.append(Paragraph(text=_verdict(view, view.judged)))
    if buttons := tuple(_buttons(view)):
        blocks.append(Actions(buttons=buttons))
    summary = _words("summary", by=view.by, reason=view.reason, gave_back=view.gave_back)
    return Card(summary=summary, blocks=tuple(blocks))


def answered(view: RejectionView) -> Card | None:
    """In the thread: the one who rejected hears the answer; None before there is one."""
    if view.answered is None:
        return None
    said = _words(
        "told_answer",
        rep=view.by,
        by=view.answered.by,
        answer=view.answered.answer.value,
        reason=view.reason,
        own=view.by.email == view.answered.by.email,
    )
    quote = (_quote(view.answered.text),) if view.answered.text else ()
    return Card(summary=said, blocks=(Paragraph(text=said), *quote))


def dispute(view: RejectionView, judges: tuple[Mention, ...]) -> Card | None:
    """In the thread, and in the chats of those who may decide: what speaks against the rejection,
    and whether it stands; None where nobody contests it."""
    if view.contested is None:
        return None
    blocks: list[Block] = [
        Paragraph(
            text=_words(
                "dispute",
                by=view.contested.by,
                lead=view.lead,
                company=view.company,
                rep=view.by,
                reason=view.reason,
                is_open=view.judged is None,
            )
        ),
        _quote(view.contested.evidence),
    ]
    if view.judged:
        blocks.append(Paragraph(text=_verdict(view, view.judged)))
        if view.judged.why:
            blocks.append(_quote(view.judged.why))
        buttons: tuple[Button, ...] = (_more(view),)
    else:
        blocks.append(Paragraph(text=_words("who_decides", judges=judges)))
        buttons = (_button(view, Action.JUDGE_REJECTION, Style.PRIMARY), _more(view))
    summary = _words("dispute_summary", by=view.contested.by, lead=view.lead)
    return Card(summary=summary, blocks=(*blocks, Actions(buttons=buttons)))


def verdict(view: RejectionView) -> Card | None:
    """In the thread: both sides hear what was decided; None before that."""
    if view.judged is None or view.contested is None:
        return None
    said = _words(
        "told_verdict",
        rep=view.by,
        marketer=view.contested.by,
        by=view.judged.by,
        verdict=view.judged.verdict.value,
        to=view.to,
    )
    quote = (_quote(view.judged.why),) if view.judged.why else ()
    return Card(summary=said, blocks=(Paragraph(text=said), *quote))


def waits(view: RejectionView) -> Card:
    """To the one who is to answer, before the time is over; afterwards what was answered."""
    blocks: list[Block] = [
        Heading(text=_words("waits_heading", is_open=view.answered is None)),
        Paragraph(
            text=_words(
                "waits",
                by=view.by,
                lead=view.lead,
                company=view.company,
                reason=view.reason,
                answer_by=view.answer_by if view.answered is None else None,
            )
        ),
    ]
    if view.text:
        blocks.append(_quote(view.text))
    if view.answered:
        blocks += _answer(view.answered)
    blocks.append(Actions(buttons=(*_buttons(view), _more(view))))
    return Card(
        summary=_words("waits_summary", lead=view.lead, reason=view.reason), blocks=tuple(blocks)
    )


def _buttons(view: RejectionView) -> Iterator[Button]:
    if view.answered is None and view.may_answer:
        yield _button(view, Action.ANSWER_REJECTION, Style.PRIMARY)
    if view.contested is None and view.may_contest:
        yield _button(view, Action.CONTEST_REJECTION)


def _answer(answer: Answered) -> Iterator[Block]:
    yield Paragraph(
        text=_words(
            "answered",
            by=answer.by,
            at=answer.at,
            answer=answer.answer.value,
            is_late=answer.is_late,
        )
    )
    if answer.text:
        yield _quote(answer.text)


def _verdict(view: RejectionView, judged: Judged) -> Words:
    return _words("verdict", by=judged.by, at=judged.at, verdict=judged.verdict.value, to=view.to)


def _quote(text: str) -> Paragraph:
    return Paragraph(text=_words("quote", text=text))


def _button(view: RejectionView, action: Action, style: Style = Style.PLAIN) -> Button:
    label = _words("button", action=action.name.lower())
    return Button(label=label, action=action, subject=str(view.feedback_id), style=style)


def _more(view: RejectionView) -> Button:
    return Button(label=_words("more"), action=Action.MORE, subject=str(view.lead_id))


def _say(macro: str, **values: object) -> Card:
    said = _words(macro, **values)
    return Card(summary=said, blocks=(Paragraph(text=said),))


def _words(macro: str, **values: object) -> Words:
    return Words("rejection_cards", macro, **values)


_AT = datetime(2026, 11, 20, 13, 2, tzinfo=UTC)
_ANA = Mention(name="Ana Ortiz", email="ana@acme.example")
_BEN = Mention(name="Ben Weber", email="ben@acme.example")
_MAX = Mention(name="Max Stein", email="max@acme.example")
_MIA = Mention(name="Mia Chen", email="mia@acme.example")
_ADAM = Mention(name="Adam Root", email="adam@acme.example")
_NASTY = "<!channel> *Ada* [x](https://evil.example) <@U1> `&lt;` \u202e\u0000"
_TOO_SMALL = RejectionView(
    feedback_id=41,
    lead_id=17,
    lead="Ada Byron",
    company="Initech",
    by=_ANA,
    reason="Company too small",
    campaign="Spring pricing",
    owner=replace(_MIA, ping=True),
    answer_by=_AT.replace(day=24),
    then=AfterNo.CLOSED,
)
_FIXED = Answered(
    by=_MIA, at=_AT.replace(day=23), answer=RejectionAnswer.FIXED, text="The size is right now."
)
_AGREED = replace(_FIXED, answer=RejectionAnswer.AGREED, text=None, is_late=True)
_SEEN_DIFFERENTLY = Contested(
    by=_MAX, at=_AT.replace(hour=15), evidence="Their site says 140 people, and 30 more to come."
)
_OPEN = replace(_TOO_SMALL, contested=_SEEN_DIFFERENTLY)
_OVERTURNED = replace(
    _OPEN,
    then=AfterNo.REROUTED,
    to=_BEN,
    judged=Judged(
        by=_MIA, at=_AT.replace(hour=16), verdict=Verdict.OVERTURNED, why="They are big enough."
    ),
)
_UPHELD = replace(_OPEN, judged=Judged(by=_MIA, at=_AT.replace(hour=16), verdict=Verdict.UPHELD))


def _said(card: Card | None) -> Card:
    assert card is not None
    return card


_PINGED = {"by": replace(_ANA, ping=True)}

EXAMPLES: Mapping[str, Card] = {
    "rejection": rejection(_TOO_SMALL),
    "rejection_without_promise": rejection(replace(_TOO_SMALL, answer_by=None)),
    "rejection_rerouted": rejection(
        replace(
            _TOO_SMALL,
            reason="Wrong territory",
            owner=None,
            then=AfterNo.REROUTED,
            to=_BEN,
            may_contest=False,
        )
    ),
    "rejection_waits": rejection(
        replace(_TOO_SMALL, reason="Not now", then=AfterNo.WAITS, until=_AT.replace(month=12))
    ),
    "rejection_in_words": rejection(
        replace(_TOO_SMALL, reason="Something else", text="Asked for a job, not for a product.")
    ),
    "rejection_undone": rejection(replace(_TOO_SMALL, is_undone=True)),
    "given_back": rejection(
        replace(_TOO_SMALL, reason="Can't be reached", gave_back=True, then=AfterNo.WAITS_FOR_NEWS)
    ),
    "rejection_answered": rejection(replace(_TOO_SMALL, answered=_FIXED)),
    "rejection_answered_late": rejection(replace(_TOO_SMALL, answered=_AGREED)),
    "rejection_contested": rejection(_OPEN),
    "rejection_overturned": rejection(replace(_OVERTURNED, answered=_FIXED)),
    "answered": _said(answered(replace(_TOO_SMALL, **_PINGED, answered=_FIXED))),  # type: ignore[arg-type]
    "answered_agreed": _said(answered(replace(_TOO_SMALL, **_PINGED, answered=_AGREED))),  # type: ignore[arg-type]
    "dispute": _said(dispute(_OPEN, (_MIA, _ADAM))),
    "dispute_overturned": _said(dispute(_OVERTURNED, ())),
    "dispute_upheld": _said(dispute(_UPHELD, ())),
    "verdict_overturned": _said(verdict(_OVERTURNED)),
    "verdict_upheld": _said(verdict(_UPHELD)),
    "waits": waits(replace(_TOO_SMALL, text="Two people and a dog.")),
    "waits_no_more": waits(replace(_TOO_SMALL, answered=_FIXED, may_contest=False)),
    "hostile": rejection(
        replace(
            _TOO_SMALL,
            reason=_NASTY,
            text=_NASTY * 200,
            campaign=_NASTY * 50,
            answered=replace(_FIXED, text=_NASTY * 50),
        )
    ),
    "hostile_dispute": _said(
        dispute(
            replace(
                _OVERTURNED,
                lead=_NASTY,
                company=_NASTY,
                reason=_NASTY,
                contested=replace(_SEEN_DIFFERENTLY, evidence=_NASTY * 200),
            ),
            (),
        )
    ),
}
