"""What somebody is told who decided on a proposal, or wanted to."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

from cards.asking import ask_button
from cards.model import Actions, Button, Card, Paragraph, Words
from cards.proposal_view import Needed
from leads.proposals import ProposalState, Side


def approved(version: int, side: Side, needed: Needed | None) -> Card:
    """One side's yes is kept, and whose is missing."""
    return _say("approved", version=version, side=side, needed=needed)


def activated(version: int) -> Card:
    """That was the second yes."""
    asks = ask_button(Words("criteria", "ask"), "criteria")
    return _say("activated", asks, version=version)


def already_approved(*, by: str, at: datetime, side: Side, needed: Needed | None) -> Card:
    """The side has approved already; `by` may be "you"."""
    return _say("already_approved", by=by, at=at, side=side, needed=needed)


def already_decided(
    state: ProposalState, *, by: str | None, at: datetime | None, version: int | None
) -> Card:
    """It waits for nothing any more; `by` may be "you"."""
    return _say("already_decided", state=state, by=by, at=at, version=version)


def stale(why: str, *, again: bool) -> Card:
    """It can't be decided on any more; `again` when another is made in its place."""
    return _say("stale", why=why, again=again)


def gone() -> Card:
    """There is no such proposal or version."""
    return _say("gone", ask_button(Words("criteria_versions", "ask"), "criteria history"))


def not_allowed() -> Card:
    """To those who speak for neither side."""
    return _say("not_allowed")


def not_yet() -> Card:
    """It is still being worked out."""
    return _say("not_yet")


def on_trial() -> Card:
    """What is on trial keeps its points."""
    return _say("on_trial")


def not_on_trial() -> Card:
    """There is no trial to end."""
    return _say("not_on_trial")


def other_trial() -> Card:
    """One trial at a time."""
    return _say("other_trial")


def asked(channel: str | None) -> Card:
    """Better criteria are looked for; `channel` is where the proposal will be."""
    return _say("asked", channel=channel)


def asked_already() -> Card:
    """They are looked for already."""
    return _say("asked_already")


def waits(version: int, card: Card) -> Card:
    """A proposal waits already: `card`."""
    return replace(card, blocks=(Paragraph(text=_words("waits", version=version)), *card.blocks))


def nothing_waits() -> Card:
    """Nothing waits for a decision."""
    return _say("nothing_waits", ask_button(Words("proposal", "ask"), "retune"))


def restoring(version: int, channel: str | None) -> Card:
    """Earlier rules are proposed again, in `channel`."""
    return _say("restoring", version=version, channel=channel)


def in_force_already(version: int) -> Card:
    """There is nothing to go back to."""
    return _say("in_force_already", version=version)


def _say(macro: str, *buttons: Button, **values: object) -> Card:
    said = _words(macro, **values)
    row = (Actions(buttons=buttons),) if buttons else ()
    return Card(summary=said, blocks=(Paragraph(text=said), *row))


def _words(macro: str, **values: object) -> Words:
    return Words("proposal_notices", macro, **values)


_AT = datetime(2026, 11, 23, 10, 2, tzinfo=UTC)
_SALES = Needed(side=Side.SALES, names=("Mia Keller", "Otto Brandt"), n=2)
_MARKETING = Needed(side=Side.MARKETING, names=("Noah Lind", "Ida Holm"), n=5)
_NASTY = "<!channel> *Ada* [x](https://evil.example) <@U1> `&lt;` \u202e\u0000"

EXAMPLES: Mapping[str, Card] = {
    "approved": approved(8, Side.MARKETING, _SALES),
    "activated": activated(8),
    "already_approved_by_me": already_approved(
        by="you", at=_AT, side=Side.MARKETING, needed=_SALES
    ),
    "already_approved_for_my_side": already_approved(
        by="Otto Brandt", at=_AT, side=Side.SALES, needed=_MARKETING
    ),
    "decided_activated": already_decided(
        ProposalState.ACTIVATED, by="Mia Keller", at=_AT, version=8
    ),
    "decided_declined": already_decided(
        ProposalState.DECLINED, by="Mia Keller", at=_AT, version=None
    ),
    "decided_stale": already_decided(ProposalState.STALE, by="baton", at=_AT, version=None),
    "stale": stale("newer_decisions", again=True),
    "stale_for_good": stale("newer_criteria", again=False),
    "gone": gone(),
    "not_allowed": not_allowed(),
    "not_yet": not_yet(),
    "on_trial": on_trial(),
    "not_on_trial": not_on_trial(),
    "other_trial": other_trial(),
    "asked": asked("#gtm"),
    "asked_already": asked_already(),
    "nothing_waits": nothing_waits(),
    "restoring": restoring(6, "#gtm"),
    "in_force_already": in_force_already(7),
    "hostile": already_approved(
        by=_NASTY,
        at=_AT,
        side=Side.SALES,
        needed=Needed(side=Side.MARKETING, names=(_NASTY, _NASTY), n=2),
    ),
}
