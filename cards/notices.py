"""Short things that people are told: what came of a decision, in the lead's thread; why a click
did nothing, privately; and what an admin should mend."""

from collections.abc import Mapping
from datetime import UTC, datetime

from cards.actions import Action
from cards.model import Actions, Button, Card, Heading, Mention, Paragraph, Words
from leads.lifecycle import HandoffState


def hand_over(*, by: Mention, to: Mention, is_undone: bool) -> Card:
    """In the thread of the lead's line: the offer went to a colleague."""
    return _say("hand_over", by=by, to=to, is_undone=is_undone)


def snooze_woke(name: str, accept_by: datetime) -> Card:
    """In the thread of the battle card: it wants a decision again."""
    return _say("snooze_woke", name=name, accept_by=accept_by)


def nobody_could(*, lead_id: int, name: str, company: str | None, to: str, why: str) -> Card:
    """To an admin: the fallback got a lead, and why nobody else could."""
    more = Button(label=_words("more"), action=Action.MORE, subject=str(lead_id))
    said = _words("nobody_could", name=name, company=company, to=to, why=why)
    return Card(
        summary=_words("nobody_could_summary", name=name, to=to),
        blocks=(
            Heading(text=_words("nobody_could_heading")),
            Paragraph(text=said),
            Actions(buttons=(more,)),
        ),
    )


def channel_missing(use: str) -> Card:
    """To an admin: the team file names no channel for `use`."""
    return _say("channel_missing", use=use)


def parked_delivery(*, where: str, error: str | None, lead: str | None) -> Card:
    """To an admin: a message was given up."""
    return _say("parked_delivery", where=where, error=error, lead=lead)


def refused(rep: str) -> Card:
    """To who clicked on a colleague's lead."""
    return _say("refused", rep=rep)


def gone() -> Card:
    """The lead of a button isn't there any more."""
    return _say("gone")


def already(name: str, state: HandoffState, *, by: str | None, at: datetime | None) -> Card:
    """Somebody decided first; `by` may be "you"."""
    return _say("already", name=name, state=state.value, by=by, at=at)


def went_on(name: str, to: str) -> Card:
    """The lead was taken on to somebody else, who may be "you"."""
    return _say("went_on", name=name, to=to)


def snoozed_already(name: str, until: datetime) -> Card:
    """It is snoozed."""
    return _say("snoozed_already", name=name, until=until)


def snoozed_enough(name: str, most: int) -> Card:
    """It can't be snoozed again."""
    return _say("snoozed_enough", name=name, most=most)


def no_colleague() -> Card:
    """There is nobody to pass a lead to."""
    return _say("no_colleague")


def not_for_yourself(name: str) -> Card:
    """Only a manager gives more time, and not to themselves."""
    return _say("not_for_yourself", name=name)


def no_clock(name: str) -> Card:
    """There is nothing to give more time for."""
    return _say("no_clock", name=name)


def reassign_worked(name: str) -> Card:
    """The lead was worked, so it stays with who worked it."""
    return _say("reassign_worked", name=name)


def accepted_for(name: str, rep: str, lead_id: int) -> Card:
    """To who accepted for somebody else: it is done."""
    more = Button(label=_words("more"), action=Action.MORE, subject=str(lead_id))
    said = _words("accepted_for", name=name, rep=rep)
    return Card(summary=said, blocks=(Paragraph(text=said), Actions(buttons=(more,))))


def undo_late(name: str) -> Card:
    """The ten minutes are over."""
    return _say("undo_late", name=name)


def undo_not_yours(name: str, by: str) -> Card:
    """Somebody else decided, so they take it back."""
    return _say("undo_not_yours", name=name, by=by)


def undo_worked(name: str) -> Card:
    """The lead was worked since it was accepted."""
    return _say("undo_worked", name=name)


def undo_began_anew(name: str) -> Card:
    """The lead became an MQL again since, and was offered anew."""
    return _say("undo_began_anew", name=name)


def undo_moved_on(name: str, by: str, state: HandoffState) -> Card:
    """The colleague who got it next has decided."""
    return _say("undo_moved_on", name=name, by=by, state=state.value)


def _say(macro: str, **values: object) -> Card:
    said = _words(macro, **values)
    return Card(summary=said, blocks=(Paragraph(text=said),))


def _words(macro: str, **values: object) -> Words:
    return Words("notices", macro, **values)


_AT = datetime(2026, 11, 20, 13, 2, tzinfo=UTC)
_ANA = Mention(name="Ana Ortiz", email="ana@acme.example")
_BEN = Mention(name="Ben Weber", email="ben@acme.example")
_MIA = Mention(name="Mia Chen", email="mia@acme.example", ping=True)
_NASTY = "<!channel> *Ada* [x](https://evil.example) <@U1> `&lt;` \u202e\u0000"
EXAMPLES: Mapping[str, Card] = {
    "hand_over": hand_over(by=_ANA, to=_BEN, is_undone=False),
    "snooze_woke": snooze_woke("Ada Byron", _AT),
    "nobody_could": nobody_could(
        lead_id=17,
        name="Ada Byron",
        company="Initech",
        to="Mia Chen",
        why="No rep can take it: Ana Ortiz is at capacity; Ben Weber is on leave.",
    ),
    "channel_missing": channel_missing("handoffs"),
    "parked_delivery": parked_delivery(where="#gtm", error="channel_not_found", lead="Ada Byron"),
    "refused": refused("Ana Ortiz"),
    "already": already("Ada Byron", HandoffState.ACCEPTED, by="Mia Chen", at=_AT),
    "already_by_you": already("Ada Byron", HandoffState.REJECTED, by="you", at=_AT),
    "not_for_yourself": not_for_yourself("Ada Byron"),
    "no_clock": no_clock("Ada Byron"),
    "reassign_worked": reassign_worked("Ada Byron"),
    "accepted_for": accepted_for("Ada Byron", "Ana Ortiz", 17),
    "went_on": went_on("Ada Byron", "Ben Weber"),
    "undo_late": undo_late("Ada Byron"),
    "undo_not_yours": undo_not_yours("Ada Byron", "Mia Chen"),
    "undo_moved_on": undo_moved_on("Ada Byron", "Ben Weber", HandoffState.ACCEPTED),
    "hostile": nobody_could(lead_id=17, name=_NASTY, company=_NASTY, to=_NASTY, why=_NASTY * 50),
}
