"""The forms of a decision: why a lead is rejected, until when it is put off, to whom it goes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import MappingProxyType

from cards.actions import Action
from cards.model import Choice, DateInput, Form, Input, Note, Option, TextInput, Words
from leads.agreement import Asks, Reason, Teaches

ANSWER_FIELDS: Mapping[Asks, str] = MappingProxyType(
    {
        Asks.NOTHING: "",
        Asks.DATE: "until",
        Asks.LEAD: "lead",
        Asks.PERSON: "person",
        Asks.TEXT: "text",
    }
)
"""The input that a reason asks for, by id."""


@dataclass(frozen=True, kw_only=True)
class Colleague:
    """A rep to choose; `open_leads` of `capacity` are shown where known."""

    email: str
    name: str
    open_leads: int | None = None
    capacity: int | None = None


@dataclass(frozen=True, kw_only=True)
class RejectFormView:
    """`chosen` is the code of the reason chosen so far. `action` is what the form does: reject an
    offer, or give back what was accepted (`is_qualified`: and qualified). A reason that teaches
    reach counts after so many `attempts`; `touches` were made."""

    handoff_id: int
    lead: str
    reasons: tuple[Reason, ...]
    chosen: str | None = None
    colleagues: tuple[Colleague, ...] = ()
    action: Action = Action.REJECT
    is_qualified: bool = False
    attempts: int = 0
    touches: int = 0


@dataclass(frozen=True, kw_only=True)
class SnoozeFormView:
    """`times` are the choices in order; `left` is how many snoozes remain after this one."""

    handoff_id: int
    lead: str
    times: Mapping[str, datetime]
    left: int
    chosen: str | None = None


@dataclass(frozen=True, kw_only=True)
class PassFormView:
    """Whom the lead may go to."""

    handoff_id: int
    lead: str
    colleagues: tuple[Colleague, ...]
    chosen: str | None = None


def reject_form(view: RejectFormView) -> Form:
    """One choice of the agreement's reasons, then only what the chosen one asks."""
    asked = {
        reason.code: inputs
        for reason in view.reasons
        if (inputs := _asked(reason.asks, view.colleagues))
    }
    reasons = Choice(
        id="reason",
        label=_words("reason"),
        options=tuple(
            Option(value=reason.code, label=_words("plain", text=reason.label))
            for reason in view.reasons
        ),
        initial=view.chosen if view.chosen in {one.code for one in view.reasons} else None,
        then=asked,
    )
    does = view.action.name.lower()
    about = _words(f"about_{does}", lead=view.lead)
    if view.is_qualified:
        about = _words("about_release_qualified", lead=view.lead)
    blocks: list[Note | Choice] = [Note(text=about), reasons]
    chosen = next((one for one in view.reasons if one.code == view.chosen), None)
    if chosen and chosen.teaches is Teaches.REACH and view.touches < view.attempts:
        early = too_early(
            chosen.label,
            attempts=view.attempts,
            touches=view.touches,
            is_accepted=view.action is Action.RELEASE,
        )
        blocks.append(Note(text=early))
    return Form(
        title=_words(f"{does}_title"),
        submit=_words(does),
        action=view.action,
        subject=str(view.handoff_id),
        blocks=tuple(blocks),
    )


def too_early(label: str, *, attempts: int, touches: int, is_accepted: bool) -> Words:
    """What to do before a lead counts as one that can't be reached."""
    return _words(
        "too_early", label=label, attempts=attempts, touches=touches, is_accepted=is_accepted
    )


def snooze_form(view: SnoozeFormView) -> Form:
    """Three moments to come back to it."""
    choice = Choice(
        id="until",
        label=_words("until_when"),
        options=tuple(
            Option(value=value, label=_words("time", choice=value)) for value in view.times
        ),
        initial=view.chosen if view.chosen in view.times else next(iter(view.times)),
        expanded=True,
    )
    moments = _words("moments", times=tuple(view.times.values()), left=view.left)
    return Form(
        title=_words("snooze_title"),
        submit=_words("snooze"),
        action=Action.SNOOZE,
        subject=str(view.handoff_id),
        blocks=(
            Note(text=_words("about_snooze", lead=view.lead)),
            choice,
            Note(text=moments),
        ),
    )


def pass_form(view: PassFormView) -> Form:
    """A colleague, and a word for them."""
    note = TextInput(
        id="note",
        label=_words("note"),
        optional=True,
        max_length=500,
        hint=_words("note_hint"),
    )
    return Form(
        title=_words("pass_title"),
        submit=_words("hand_over"),
        action=Action.PASS,
        subject=str(view.handoff_id),
        blocks=(
            Note(text=_words("about_pass", lead=view.lead)),
            _colleagues(view.colleagues, chosen=view.chosen),
            note,
        ),
    )


def mend(macro: str) -> Words:
    """What to mend in an answer: one of the last macros of `decision_forms.j2`."""
    return _words(macro)


def _asked(asks: Asks, colleagues: tuple[Colleague, ...]) -> tuple[Input, ...]:
    match asks:
        case Asks.NOTHING:
            return ()
        case Asks.DATE:
            return (DateInput(id="until", label=_words("back_when"), hint=_words("back_hint")),)
        case Asks.LEAD:
            return (
                TextInput(
                    id="lead", label=_words("which_lead"), hint=_words("lead_hint"), max_length=200
                ),
            )
        case Asks.PERSON:
            if not colleagues:
                return ()
            return (_colleagues(colleagues, optional=True),)
        case Asks.TEXT:
            return (TextInput(id="text", label=_words("what"), multiline=True),)


def _colleagues(
    colleagues: tuple[Colleague, ...], *, optional: bool = False, chosen: str | None = None
) -> Choice:
    return Choice(
        id="person",
        label=_words("whose" if optional else "to_whom"),
        options=tuple(
            Option(
                value=one.email,
                label=_words(
                    "colleague", name=one.name, open_leads=one.open_leads, capacity=one.capacity
                ),
            )
            for one in colleagues[:100]
        ),
        optional=optional,
        initial=chosen if chosen in {one.email for one in colleagues} else None,
    )


def _words(macro: str, **values: object) -> Words:
    return Words("decision_forms", macro, **values)


_REASONS = (
    Reason(code="too_small", label="Company too small", teaches=Teaches.FIT),
    Reason(code="not_now", label="Not now", teaches=Teaches.TIMING, asks=Asks.DATE),
    Reason(code="territory", label="Wrong territory", teaches=Teaches.ROUTING, asks=Asks.PERSON),
    Reason(code="duplicate", label="Duplicate", teaches=Teaches.DATA, asks=Asks.LEAD),
    Reason(code="other", label="Something else", teaches=Teaches.OTHER, asks=Asks.TEXT),
)
_UNREACHABLE = Reason(code="unreachable", label="Can't be reached", teaches=Teaches.REACH)
_TEAM = (
    Colleague(email="ben@acme.example", name="Ben Weber", open_leads=4, capacity=20),
    Colleague(email="cem@acme.example", name="Cem Aydin", open_leads=20, capacity=20),
)
_AT = datetime(2026, 11, 20, 14, 2, tzinfo=UTC)
_REJECT = RejectFormView(handoff_id=31, lead="Ada Byron", reasons=_REASONS, colleagues=_TEAM)
_NASTY = "<!channel> *Bob* <@U1> &amp; \u202e\u0000" * 40

EXAMPLES: Mapping[str, Form] = {
    "reject": reject_form(_REJECT),
    **{
        f"reject_{code}": reject_form(
            RejectFormView(
                handoff_id=31,
                lead="Ada Byron",
                reasons=_REASONS,
                chosen=code,
                colleagues=_TEAM,
            )
        )
        for code in ("not_now", "territory", "duplicate", "other")
    },
    "reject_too_early": reject_form(
        replace(_REJECT, reasons=(*_REASONS, _UNREACHABLE), chosen="unreachable", attempts=3)
    ),
    "release": reject_form(replace(_REJECT, action=Action.RELEASE)),
    "release_too_early": reject_form(
        replace(
            _REJECT,
            action=Action.RELEASE,
            reasons=(*_REASONS, _UNREACHABLE),
            chosen="unreachable",
            attempts=3,
            touches=1,
        )
    ),
    "release_qualified": reject_form(
        replace(
            _REJECT,
            action=Action.RELEASE,
            reasons=(_REASONS[1], _UNREACHABLE),
            is_qualified=True,
        )
    ),
    "snooze": snooze_form(
        SnoozeFormView(
            handoff_id=31,
            lead="Ada Byron",
            times={
                "1h": _AT,
                "3h": _AT.replace(hour=16),
                "morning": _AT.replace(day=23, hour=8),
            },
            left=1,
        )
    ),
    "pass": pass_form(PassFormView(handoff_id=31, lead="Ada Byron", colleagues=_TEAM)),
    "hostile": pass_form(
        PassFormView(
            handoff_id=31,
            lead=_NASTY,
            colleagues=(*_TEAM, Colleague(email="x@acme.example", name=_NASTY)),
        )
    ),
}
