"""The forms of a manager: more time for somebody, or somebody else for a lead."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from cards.actions import Action
from cards.decision_forms import Colleague
from cards.model import Choice, Form, Note, Option, TextInput, Words

LONGEST_WHY = 500
BY_THE_RULES = "rules"
"""The choice of nobody in particular; not an e-mail."""


class MoreTime(StrEnum):
    """How much business time may be given."""

    ONE_HOUR = "1h"
    FOUR_HOURS = "4h"
    ONE_DAY = "1d"
    THREE_DAYS = "3d"


@dataclass(frozen=True, kw_only=True)
class ExtendFormView:
    """A lead whose clock runs; `times` is when it would be due then."""

    handoff_id: int
    lead: str
    rep: str
    wants_touch: bool
    times: Mapping[MoreTime, datetime]
    chosen: str | None = None
    why: str | None = None


@dataclass(frozen=True, kw_only=True)
class ReassignFormView:
    """A lead that may go to somebody else. `by_rules` is false when the rules find nobody."""

    handoff_id: int
    lead: str
    rep: str
    colleagues: Sequence[Colleague]
    by_rules: bool
    chosen: str | None = None


def extend_form(view: ExtendFormView) -> Form:
    """How long, and why."""
    choice = Choice(
        id="time",
        label=_words("how_long"),
        options=tuple(
            Option(value=one.value, label=_words("time", choice=one.value)) for one in view.times
        ),
        initial=view.chosen if view.chosen in set(view.times) else MoreTime.ONE_HOUR.value,
        expanded=True,
    )
    about = _words("about_extend", lead=view.lead, rep=view.rep, wants_touch=view.wants_touch)
    return Form(
        title=_words("extend_title"),
        submit=_words("extend"),
        action=Action.EXTEND,
        subject=str(view.handoff_id),
        blocks=(
            Note(text=about),
            choice,
            Note(text=_words("moments", times=tuple(view.times.values()))),
            TextInput(
                id="why",
                label=_words("why"),
                initial=view.why,
                hint=_words("why_hint"),
                max_length=LONGEST_WHY,
            ),
        ),
    )


def reassign_form(view: ReassignFormView) -> Form:
    """To whom, or by the rules; and a word for them."""
    rules = (Option(value=BY_THE_RULES, label=_words("by_rules")),) if view.by_rules else ()
    options = rules + tuple(
        Option(
            value=one.email,
            label=Words(
                "decision_forms",
                "colleague",
                name=one.name,
                open_leads=one.open_leads,
                capacity=one.capacity,
            ),
        )
        for one in view.colleagues[: 100 - len(rules)]
    )
    first = options[0].value if options else None
    return Form(
        title=_words("reassign_title"),
        submit=_words("reassign"),
        action=Action.REASSIGN,
        subject=str(view.handoff_id),
        blocks=(
            Note(text=_words("about_reassign", lead=view.lead, rep=view.rep)),
            Choice(
                id="person",
                label=_words("to_whom"),
                options=options,
                initial=view.chosen if view.chosen in {one.value for one in options} else first,
            ),
            TextInput(
                id="note",
                label=_words("note"),
                optional=True,
                hint=_words("note_hint"),
                max_length=LONGEST_WHY,
            ),
        ),
    )


def mend(macro: str) -> Words:
    """What to mend in an answer: one of the last macros of `ladder_forms.j2`."""
    return _words(macro)


def _words(macro: str, **values: object) -> Words:
    return Words("ladder_forms", macro, **values)


_AT = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
_TIMES = {
    MoreTime.ONE_HOUR: _AT,
    MoreTime.FOUR_HOURS: _AT.replace(day=23, hour=9),
    MoreTime.ONE_DAY: _AT.replace(day=23),
    MoreTime.THREE_DAYS: _AT.replace(day=25),
}
_TEAM = (
    Colleague(email="ben@acme.example", name="Ben Weber", open_leads=4, capacity=20),
    Colleague(email="cem@acme.example", name="Cem Aydin", open_leads=20, capacity=20),
)
_NASTY = "<!channel> *Bob* <@U1> &amp; \u202e\u0000" * 40

EXAMPLES: Mapping[str, Form] = {
    "extend": extend_form(
        ExtendFormView(
            handoff_id=31, lead="Ada Byron", rep="Ana Ortiz", wants_touch=False, times=_TIMES
        )
    ),
    "extend_touch": extend_form(
        ExtendFormView(
            handoff_id=31,
            lead="Ada Byron",
            rep="Ana Ortiz",
            wants_touch=True,
            times=_TIMES,
            chosen="3d",
            why="They are at a fair until Thursday.",
        )
    ),
    "reassign": reassign_form(
        ReassignFormView(
            handoff_id=31, lead="Ada Byron", rep="Ana Ortiz", colleagues=_TEAM, by_rules=True
        )
    ),
    "reassign_nobody_by_the_rules": reassign_form(
        ReassignFormView(
            handoff_id=31,
            lead="Ada Byron",
            rep="Ana Ortiz",
            colleagues=_TEAM,
            by_rules=False,
            chosen="cem@acme.example",
        )
    ),
    "hostile": reassign_form(
        ReassignFormView(
            handoff_id=31,
            lead=_NASTY,
            rep=_NASTY,
            colleagues=(*_TEAM, Colleague(email="x@acme.example", name=_NASTY)),
            by_rules=True,
        )
    ),
}
