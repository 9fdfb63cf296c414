"""Who is away, and the form to say so."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from cards.actions import Action
from cards.asking import Asking, answer
from cards.model import (
    Block,
    Bullets,
    Button,
    Card,
    Choice,
    DateInput,
    Form,
    Heading,
    Note,
    Option,
    Paragraph,
    Words,
)
from leads.agreement import OnLeave
from leads.days_away import LONGEST_DAYS, Trouble

_WORDS = "leave"


@dataclass(frozen=True, kw_only=True)
class Absence:
    """Days of one person. `leave_id` is an entry among them that the reader may take back; None
    where they may not, or where the days are in the team file. `by` is who said so, where that was
    somebody else; `source` is chat, slack or ics, and None for the team file."""

    name: str
    first: date
    last: date
    source: str | None = "chat"
    by: str | None = None
    is_now: bool = False
    leave_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class MovedLead:
    """A lead that went to somebody else; `to` is the name."""

    lead_id: int
    name: str
    company: str | None
    to: str


class Done(StrEnum):
    """What has just happened to the days on the card."""

    NOTHING = "nothing"
    TAKEN = "taken"
    TAKEN_ALREADY = "taken_already"
    ENDED = "ended"
    NOT_AWAY = "not_away"
    IN_FILE = "in_file"


@dataclass(frozen=True, kw_only=True)
class AwayView:
    """The leave of `name` (`is_own`: of the reader) and who else is away soon. `days` are those
    just taken or ended, `back` the first working day after them."""

    asking: Asking
    name: str
    email: str
    is_own: bool = True
    takes_leads: bool = True
    done: Done = Done.NOTHING
    days: Absence | None = None
    back: date | None = None
    open_leads: int = 0
    moved: tuple[MovedLead, ...] = ()
    own: tuple[Absence, ...] = ()
    team: tuple[Absence, ...] = ()
    more: int = 0
    on_leave: OnLeave = OnLeave.PAUSE
    may_take: bool = True


def away_card(view: AwayView) -> Card:
    """What has changed, the person's days, the team's, and a button for more."""
    blocks: list[Block] = []
    if view.done is not Done.NOTHING:
        blocks.append(Paragraph(text=_words("done", view=view)))
        blocks += _what_it_does(view)
    blocks.append(Heading(text=_words("own_heading", view=view)))
    blocks += [_line(one) for one in view.own] or [Paragraph(text=_words("no_days", view=view))]
    if view.team:
        blocks.append(Heading(text=_words("team_heading")))
        blocks += [_line(one, named=True) for one in view.team]
    if view.more:
        blocks.append(Note(text=_words("more", n=view.more)))
    if view.done is Done.NOTHING:
        blocks.append(Note(text=_words("rule", view=view)))
    button = Button(
        label=_words("take", is_own=view.is_own, name=view.name),
        action=Action.AWAY,
        subject=view.email,
    )
    return answer(
        view.asking,
        summary=_words("summary", view=view),
        blocks=tuple(blocks),
        further=(button,) if view.may_take else (),
    )


def _what_it_does(view: AwayView) -> list[Block]:
    if view.done is Done.TAKEN and view.takes_leads:
        moved = tuple(_words("moved", lead=lead) for lead in view.moved)
        told: list[Block] = [Paragraph(text=_words("effect", view=view))]
        return [*told, Bullets(lines=moved)] if moved else told
    return []


def _line(one: Absence, *, named: bool = False) -> Paragraph:
    button = None
    if one.leave_id is not None:
        button = Button(
            label=_words("end", is_now=one.is_now),
            action=Action.LEAVE_END,
            subject=str(one.leave_id),
        )
    return Paragraph(text=_words("line", one=one, named=named), button=button)


@dataclass(frozen=True, kw_only=True)
class AwayFormView:
    """`people` are those for whom the asker may say it, by e-mail; `chosen` is whom it is about."""

    email: str
    today: date
    people: Mapping[str, str]
    chosen: str
    first: date | None = None
    last: date | None = None
    on_leave: OnLeave = OnLeave.PAUSE


def away_form(view: AwayFormView) -> Form:
    """First and last day, and for managers whose."""
    blocks: list[Block | Choice | DateInput] = []
    if len(view.people) > 1:
        blocks.append(
            Choice(
                id="person",
                label=_words("who"),
                options=tuple(
                    Option(value=email, label=_words("name", name=name))
                    for email, name in view.people.items()
                ),
                initial=view.chosen,
            )
        )
    first = view.first or view.today
    blocks += [
        DateInput(id="first", label=_words("first"), initial=first),
        DateInput(id="last", label=_words("last"), initial=view.last or first),
        Note(text=_words("about", on_leave=view.on_leave)),
    ]
    return Form(
        title=_words("form_title"),
        submit=_words("form_submit"),
        action=Action.AWAY,
        subject=view.email,
        blocks=tuple(blocks),
    )


def mend(trouble: Trouble) -> Words:
    """Beside a day of the form that can't be."""
    return _words("trouble", kind=trouble, text="", longest=LONGEST_DAYS)


def not_read(asking: Asking, trouble: Trouble, text: str) -> Card:
    """The days after `away` make no sense: which, why, and how to write them."""
    said = _words("trouble", kind=trouble, text=text, longest=LONGEST_DAYS)
    return answer(
        asking, summary=said, blocks=(Paragraph(text=said), Note(text=_words("how_to_write")))
    )


def unknown_person(asking: Asking, text: str, near: tuple[str, ...]) -> Card:
    """Nobody on the team, or more than one, is called so; `near` are full names."""
    said = _words("unknown_person", text=text, near=near)
    return answer(asking, summary=said, blocks=(Paragraph(text=said),))


def may_not(asking: Asking, name: str) -> Card:
    """Only managers and admins say it for others."""
    said = _words("may_not", name=name)
    return answer(asking, summary=said, blocks=(Paragraph(text=said),))


def gone(asking: Asking) -> Card:
    """The days of a button are over, or taken back already."""
    said = _words("gone")
    return answer(asking, summary=said, blocks=(Paragraph(text=said),))


@dataclass(frozen=True, kw_only=True)
class BegunView:
    """A leave that began, and what became of the leads that waited for a decision."""

    name: str
    is_own: bool
    days: Absence
    moved: tuple[MovedLead, ...]
    kept: int
    """Leads that stay: accepted ones."""


def begun_card(view: BegunView) -> Card:
    """To the person and to their manager: which leads went to whom."""
    return Card(
        summary=_words("begun_summary", view=view),
        blocks=(
            Paragraph(text=_words("begun", view=view)),
            Bullets(lines=tuple(_words("moved", lead=lead) for lead in view.moved)),
            *([Note(text=_words("kept", view=view))] if view.kept else []),
        ),
    )


@dataclass(frozen=True, kw_only=True)
class ToldView:
    """What somebody else or a status said about the reader's leave."""

    own: tuple[Absence, ...]
    on_leave: OnLeave
    takes_leads: bool


def told_card(view: ToldView) -> Card:
    """To the person, who didn't say it here: the days as Baton knows them, to be taken back."""
    return Card(
        summary=_words("told_summary", view=view),
        blocks=(
            Paragraph(text=_words("told", view=view)),
            *(_line(one) for one in view.own),
            Note(text=_words("told_note", view=view)),
        ),
    )


def _words(macro: str, **values: object) -> Words:
    return Words(_WORDS, macro, **values)


_DEC, _JAN = date(2026, 12, 24), date(2027, 1, 2)
_OWN = Absence(name="Ana Ortiz", first=_DEC, last=_JAN, leave_id=7)
_BEN = Absence(
    name="Ben Weber", first=date(2026, 11, 23), last=date(2026, 11, 25), source="slack", is_now=True
)
_LIA = Absence(name="Lia Sommer", first=_DEC, last=_DEC, source=None)
_NASTY = "<!channel> *Ada* [x](https://evil.example) <@U1> `&lt;` \u202e\u0000"
_MOVED = (
    MovedLead(lead_id=17, name="Ada Byron", company="Initech", to="Ben Weber"),
    MovedLead(lead_id=18, name="Bo Lind", company=None, to="Mia Chen"),
)
_VIEW = AwayView(
    asking=Asking(question="away"),
    name="Ana Ortiz",
    email="ana@acme.example",
    own=(_OWN,),
    team=(_BEN, _LIA),
)
_TAKEN = replace(
    _VIEW, done=Done.TAKEN, days=_OWN, back=date(2027, 1, 4), open_leads=3, own=(_OWN,), team=()
)
_FORM = AwayFormView(
    email="ana@acme.example",
    today=date(2026, 11, 23),
    people={"ana@acme.example": "Ana Ortiz"},
    chosen="ana@acme.example",
)
_BEGUN = BegunView(
    name="Ana Ortiz", is_own=False, days=replace(_OWN, is_now=True), moved=_MOVED, kept=1
)

EXAMPLES: Mapping[str, Card | Form] = {
    "nobody_away": away_card(replace(_VIEW, own=(), team=())),
    "team": away_card(replace(_VIEW, on_leave=OnLeave.MOVE, more=2)),
    "manager_sees": away_card(replace(_VIEW, team=(replace(_BEN, leave_id=9, by="Mia Chen"),))),
    "of_somebody_else": away_card(
        replace(_VIEW, name="Ben Weber", is_own=False, own=(_BEN,), team=(), may_take=False)
    ),
    "taken": away_card(_TAKEN),
    "taken_for_somebody": away_card(replace(_TAKEN, is_own=False)),
    "taken_and_moved": away_card(
        replace(_TAKEN, on_leave=OnLeave.MOVE, moved=_MOVED, days=replace(_OWN, is_now=True))
    ),
    "taken_will_move": away_card(replace(_TAKEN, on_leave=OnLeave.MOVE, open_leads=1)),
    "taken_by_a_marketer": away_card(replace(_TAKEN, takes_leads=False, open_leads=0)),
    "taken_already": away_card(replace(_TAKEN, done=Done.TAKEN_ALREADY)),
    "back": away_card(replace(_VIEW, done=Done.ENDED, own=(), team=())),
    "back_but_never_away": away_card(replace(_VIEW, done=Done.NOT_AWAY)),
    "back_but_in_the_file": away_card(replace(_VIEW, done=Done.IN_FILE, own=(_LIA,), team=())),
    "form": away_form(_FORM),
    "form_for_others": away_form(
        replace(
            _FORM,
            people={**_FORM.people, "ben@acme.example": "Ben Weber"},
            on_leave=OnLeave.MOVE,
        )
    ),
    **{
        f"trouble_{trouble}": not_read(Asking(question="away"), trouble, "31 feb")
        for trouble in Trouble
    },
    "unknown_person": unknown_person(Asking(question="away"), "anna", ("Ana Ortiz",)),
    "may_not": may_not(Asking(question="away"), "Ben Weber"),
    "gone": gone(Asking(question="away")),
    "begun": begun_card(_BEGUN),
    "begun_own": begun_card(replace(_BEGUN, is_own=True, kept=0)),
    "told": told_card(
        ToldView(
            own=(replace(_OWN, source="slack", is_now=True), replace(_OWN, by="Mia Chen")),
            on_leave=OnLeave.PAUSE,
            takes_leads=True,
        )
    ),
    "told_ended": told_card(ToldView(own=(), on_leave=OnLeave.MOVE, takes_leads=True)),
    "hostile": away_card(
        replace(
            _TAKEN,
            name=_NASTY,
            is_own=False,
            own=(replace(_OWN, name=_NASTY, by=_NASTY),),
            team=(replace(_BEN, name=_NASTY * 20, by=_NASTY),),
            moved=(replace(_MOVED[0], name=_NASTY, company=_NASTY, to=_NASTY),),
            on_leave=OnLeave.MOVE,
        )
    ),
}
