"""What the ladder says: to the rep that time runs, to a manager that somebody is late."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from cards.actions import Action
from cards.model import Actions, Block, Button, Card, Heading, Mention, Paragraph, Style, Words


class Settled(StrEnum):
    """Why nothing is asked for any more."""

    DECIDED = "decided"
    TOUCHED = "touched"
    CLOSED = "closed"
    MOVED = "moved"
    REOPENED = "reopened"
    MORE_TIME = "more_time"
    OVERTAKEN = "overtaken"


@dataclass(frozen=True, kw_only=True)
class LadderView:
    """A handoff whose clock has come to a step. `wants_touch` tells the clock to the first touch
    from the one to the decision; `to` is who has the lead now, where it `MOVED`."""

    handoff_id: int
    lead_id: int
    name: str
    company: str | None = None
    rep: Mention
    wants_touch: bool = False
    due: datetime
    is_late: bool = False
    settled: Settled | None = None
    to: Mention | None = None
    extended_by: Mention | None = None


def reminder(view: LadderView) -> Card:
    """To the rep, under the card of the lead: what is wanted by when, with the buttons for it."""
    known = {"name": view.name, "wants_touch": view.wants_touch, "due": view.due}
    if view.settled:
        return _settled(view)
    said = _words("reminder", **known, rep=view.rep, is_late=view.is_late)
    summary = _words("reminder_summary", **known, is_late=view.is_late)
    buttons = Actions(buttons=tuple(_to_act(view)))
    return Card(summary=summary, blocks=(Paragraph(text=said), buttons))


def escalation(view: LadderView) -> Card:
    """To a manager: who is late with which lead, and what can be done."""
    who = {"name": view.name, "company": view.company, "rep": view.rep}
    if view.settled:
        return _settled(view)
    what = {"wants_touch": view.wants_touch, "due": view.due, "is_late": view.is_late}
    blocks: tuple[Block, ...] = (
        Heading(text=_words("escalation_heading", is_late=view.is_late)),
        Paragraph(text=_words("escalation", **who, **what, extended_by=view.extended_by)),
        Actions(
            buttons=(
                _button(Action.REASSIGN, view.handoff_id, Style.PRIMARY),
                _button(Action.EXTEND, view.handoff_id),
                _button(Action.MORE, view.lead_id),
            )
        ),
    )
    return Card(summary=_words("escalation_summary", **who, **what), blocks=blocks)


def _settled(view: LadderView) -> Card:
    said = _words(
        "settled",
        how=view.settled.value if view.settled else "",
        name=view.name,
        rep=view.rep,
        to=view.to,
        wants_touch=view.wants_touch,
        due=view.due,
        extended_by=view.extended_by,
    )
    return Card(summary=said, blocks=(Paragraph(text=said),))


def _to_act(view: LadderView) -> Iterator[Button]:
    if view.wants_touch:
        yield _button(Action.TOUCH, view.handoff_id, Style.PRIMARY)
    else:
        yield _button(Action.ACCEPT, view.handoff_id, Style.PRIMARY)
        yield _button(Action.REJECT, view.handoff_id)
    yield _button(Action.MORE, view.lead_id)


def _button(action: Action, subject: int, style: Style = Style.PLAIN) -> Button:
    label = _words("button", action=action.name.lower())
    return Button(label=label, action=action, subject=str(subject), style=style)


def _words(macro: str, **values: object) -> Words:
    return Words("ladder", macro, **values)


_DUE = datetime(2026, 11, 20, 13, 2, tzinfo=UTC)
_ADA = LadderView(
    handoff_id=31,
    lead_id=17,
    name="Ada Byron",
    company="Initech",
    rep=Mention(name="Ana Ortiz", email="ana@acme.example", ping=True),
    due=_DUE,
)
_BEN = Mention(name="Ben Weber", email="ben@acme.example")
_MIA = Mention(name="Mia Chen", email="mia@acme.example")
_CALM = replace(_ADA, rep=Mention(name="Ana Ortiz", email="ana@acme.example"))
_NASTY = "<!channel> *Ada* [x](https://evil.example) <@U1> `&lt;` \u202e\u0000"

EXAMPLES: Mapping[str, Card] = {
    "reminder_to_decide": reminder(_ADA),
    "reminder_late": reminder(replace(_ADA, is_late=True)),
    "reminder_to_touch": reminder(replace(_ADA, wants_touch=True)),
    "reminder_settled": reminder(replace(_CALM, settled=Settled.DECIDED)),
    "escalation_to_decide": escalation(replace(_CALM, is_late=True)),
    "escalation_before_it_is_due": escalation(_CALM),
    "escalation_to_touch": escalation(
        replace(_CALM, is_late=True, wants_touch=True, company=None, extended_by=_MIA)
    ),
    "escalation_decided": escalation(replace(_CALM, settled=Settled.DECIDED)),
    "escalation_touched": escalation(replace(_CALM, settled=Settled.TOUCHED, wants_touch=True)),
    "escalation_closed": escalation(replace(_CALM, settled=Settled.CLOSED, wants_touch=True)),
    "escalation_moved": escalation(replace(_CALM, settled=Settled.MOVED, to=_BEN)),
    "escalation_reopened": escalation(replace(_CALM, settled=Settled.REOPENED, wants_touch=True)),
    "escalation_more_time": escalation(replace(_CALM, settled=Settled.MORE_TIME, extended_by=_MIA)),
    "escalation_overtaken": escalation(replace(_CALM, settled=Settled.OVERTAKEN)),
    "hostile": escalation(
        replace(
            _CALM,
            is_late=True,
            name=_NASTY * 50,
            company=_NASTY,
            rep=Mention(name=_NASTY, email="x@acme.example"),
        )
    ),
}
