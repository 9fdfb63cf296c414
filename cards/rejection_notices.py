"""What somebody is told privately when an answer, a dispute or a verdict can't be kept."""

from collections.abc import Mapping
from datetime import UTC, datetime

from cards.actions import Action
from cards.model import Actions, Block, Button, Card, Paragraph, Words
from leads.rejection import RejectionAnswer, Verdict

_TEMPLATE = "rejection_notices"


def gone(*, was_undone: bool) -> Card:
    """The rejection of a button was taken back, or isn't there."""
    return _notice(_words("gone", was_undone=was_undone))


def not_yours_to_answer(lead: str, owner: str) -> Card:
    """Somebody who isn't of marketing wants to answer or contest."""
    return _notice(_words("not_yours_to_answer", lead=lead, owner=owner))


def not_yours_to_judge(lead: str, judges: tuple[str, ...]) -> Card:
    """Somebody who is no manager wants to decide."""
    return _notice(_words("not_yours_to_judge", lead=lead, judges=judges))


def judge_of_own(lead: str, judges: tuple[str, ...], *, rejected: bool) -> Card:
    """Who rejected, or who contests, wants to decide."""
    return _notice(_words("judge_of_own", lead=lead, judges=judges, rejected=rejected))


def contests_own(lead: str) -> Card:
    """Who rejected wants to contest it."""
    return _notice(_words("contests_own", lead=lead))


def no_judge(lead: str) -> Card:
    """There is nobody who could decide a dispute."""
    return _notice(_words("no_judge", lead=lead))


def already_answered(lead: str, *, by: str, at: datetime, answer: RejectionAnswer) -> Card:
    """Somebody answered first; `by` may be "you"."""
    return _notice(_words("already_answered", lead=lead, by=by, at=at, answer=answer.value))


def already_contested(lead: str, *, by: str, at: datetime) -> Card:
    """It is contested, and that is done once."""
    return _notice(_words("already_contested", lead=lead, by=by, at=at))


def not_contested(lead: str) -> Card:
    """There is nothing to decide."""
    return _notice(_words("not_contested", lead=lead))


def already_decided(lead: str, *, by: str, at: datetime, verdict: Verdict, lead_id: int) -> Card:
    """Somebody decided first; `by` may be "you"."""
    words = _words("already_decided", lead=lead, by=by, at=at, verdict=verdict.value)
    return _notice(words, _more(lead_id))


def moved_on(
    lead: str, *, to: str | None, at: datetime | None, lead_id: int, judging: bool
) -> Card:
    """The lead isn't where the rejection left it: it was offered to `to` since."""
    return _notice(_words("moved_on", lead=lead, to=to, at=at, judging=judging), _more(lead_id))


def not_to_be_undone(lead: str, *, by: str, contested: bool) -> Card:
    """Marketing has answered or contested the rejection that somebody wants to take back."""
    return _notice(_words("not_to_be_undone", lead=lead, by=by, contested=contested))


def nothing_to_give_back(lead: str, lead_id: int) -> Card:
    """The lead is further than a lead can be given back from."""
    return _notice(_words("nothing_to_give_back", lead=lead), _more(lead_id))


def _more(lead_id: int) -> Button:
    return Button(label=_words("more"), action=Action.MORE, subject=str(lead_id))


def _notice(text: Words, button: Button | None = None) -> Card:
    blocks: tuple[Block, ...] = (Paragraph(text=text),)
    if button:
        blocks = (*blocks, Actions(buttons=(button,)))
    return Card(summary=text, blocks=blocks)


def _words(macro: str, **values: object) -> Words:
    return Words(_TEMPLATE, macro, **values)


_AT = datetime(2026, 11, 20, 13, 2, tzinfo=UTC)
_NASTY = "<!channel> *Ada* [x](https://evil.example) <@U1> `&lt;` \u202e\u0000"

EXAMPLES: Mapping[str, Card] = {
    "taken_back": gone(was_undone=True),
    "gone": gone(was_undone=False),
    "not_yours_to_answer": not_yours_to_answer("Ada Byron", "Max Stein"),
    "not_yours_to_judge": not_yours_to_judge("Ada Byron", ("Mia Chen", "Adam Root")),
    "judge_of_own_rejection": judge_of_own("Ada Byron", ("Adam Root",), rejected=True),
    "judge_of_own_dispute": judge_of_own("Ada Byron", (), rejected=False),
    "contests_own": contests_own("Ada Byron"),
    "no_judge": no_judge("Ada Byron"),
    "already_answered": already_answered(
        "Ada Byron", by="Max Stein", at=_AT, answer=RejectionAnswer.DISAGREE
    ),
    "already_answered_by_you": already_answered(
        "Ada Byron", by="you", at=_AT, answer=RejectionAnswer.FIXED
    ),
    "already_contested": already_contested("Ada Byron", by="Max Stein", at=_AT),
    "not_contested": not_contested("Ada Byron"),
    "already_decided": already_decided(
        "Ada Byron", by="Mia Chen", at=_AT, verdict=Verdict.OVERTURNED, lead_id=17
    ),
    "moved_on": moved_on("Ada Byron", to="Ben Weber", at=_AT, lead_id=17, judging=True),
    "moved_on_elsewhere": moved_on("Ada Byron", to=None, at=None, lead_id=17, judging=False),
    "not_to_be_undone": not_to_be_undone("Ada Byron", by="Max Stein", contested=False),
    "nothing_to_give_back": nothing_to_give_back("Ada Byron", 17),
    "hostile": already_decided(_NASTY * 30, by=_NASTY, at=_AT, verdict=Verdict.UPHELD, lead_id=17),
}
