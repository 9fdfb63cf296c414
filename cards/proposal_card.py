"""The card on which both sides decide about the next version of the criteria, in every state."""

from collections.abc import Iterator
from datetime import timedelta
from typing import assert_never

from cards.actions import Action
from cards.asking import ask_button
from cards.charts import Pair, PairsChart
from cards.model import (
    Actions,
    Block,
    Bullets,
    Button,
    Card,
    Heading,
    Note,
    Paragraph,
    Picture,
    Style,
    Words,
)
from cards.proposal_view import ChangeLine, ExampleLead, Examples, ProposalView, TrialView
from leads.proposals import Proof, ProposalState, monday_of_week

EXAMPLES_ON_CARD = 3
"""Leads of a kind that the card names; its page names more."""


def proposal_card(view: ProposalView) -> Card:
    """What is proposed and what it would bring, or what became of it."""
    heading = Heading(text=_words("heading", view=view), short=_words("short", view=view))
    return Card(summary=_words("summary", view=view), blocks=(heading, *_blocks(view)))


def change_lines(
    changes: tuple[ChangeLine, ...], threshold_before: int, threshold: int
) -> Iterator[Block]:
    """What differs between two versions, rule by rule."""
    lines = [_words("change_line", line=line) for line in changes]
    if threshold != threshold_before:
        lines.append(_words("threshold", before=threshold_before, after=threshold))
    yield Bullets(lines=tuple(lines)) if lines else Paragraph(text=_words("nothing_changes"))


def example_lines(leads: tuple[ExampleLead, ...]) -> Iterator[Block]:
    """Leads by name, each with a button that opens it."""
    for lead in leads:
        opens = Button(label=_words("open"), action=Action.MORE, subject=str(lead.lead_id))
        yield Paragraph(text=_words("example", lead=lead), button=opens)


def tried(proof: Proof, learned_from: int) -> Note:
    """On which decisions."""
    first = monday_of_week(proof.first_week)
    last = monday_of_week(proof.last_week + 1) - timedelta(days=1)
    told = _words("tried", proof=proof, learned_from=learned_from, first=first, last=last)
    return Note(text=told)


def accepted_by_score(proof: Proof, version: int) -> Picture:
    """Whether leads with more points are accepted more often."""
    chart = PairsChart(
        title=f"Accepted, by score under version {version}",
        first="expected",
        second="accepted",
        pairs=tuple(
            Pair(label=f"{one.low} to {one.high}", first=one.expected, second=one.accepted)
            for one in proof.calibration
        ),
        are_shares=True,
    )
    return Picture(chart=chart, alt=_words("chart_alt", proof=proof))


def _blocks(view: ProposalView) -> Iterator[Block]:
    match view.state:
        case ProposalState.ASKED | ProposalState.WORKING:
            yield Paragraph(text=_words("working", view=view))
            if view.edited_by:
                yield from _changes(view)
        case ProposalState.OPEN:
            yield from _argument(view)
            yield from _approvals(view)
            yield from _decide(view)
        case ProposalState.RUNNING:
            yield from _trial(view)
            yield from _changes(view)
            yield from _approvals(view)
            yield from _decide_trial(view)
        case ProposalState.ACTIVATED:
            yield Paragraph(text=_words("activated", view=view))
            yield from (Paragraph(text=_words("approved", given=one)) for one in view.given)
            yield from _changes(view)
            yield from _afterwards(view)
        case ProposalState.DECLINED:
            yield Paragraph(text=_words("declined", view=view))
            if view.trial:
                yield from _arms(view, view.trial)
            yield from _changes(view)
            yield from _row(*_backtest(view))
        case ProposalState.STALE:
            yield Paragraph(text=_words("stale", view=view))
            yield from _row(*_instead(view), *_backtest(view))
        case ProposalState.NOTHING:
            yield Paragraph(text=_words("nothing", view=view))
            yield from _row(*_backtest(view))
        case _:
            assert_never(view.state)


def _argument(view: ProposalView) -> Iterator[Block]:
    proof = view.proof
    if view.restores is not None:
        yield Paragraph(text=_words("restores", view=view))
    if proof:
        yield Paragraph(text=_words("effect", proof=proof))
        yield tried(proof, view.learned_from)
    elif view.restores is None:
        yield Paragraph(text=_words("no_proof"))
    yield from _changes(view)
    if proof and proof.calibration:
        yield accepted_by_score(proof, view.version)
    yield from _named("moves_in", view.moves_in)
    if proof:
        yield from _named("avoided", view.avoided)
        yield from _named("lost", view.lost, also_none=True)
        if proof.unknown_below is not None:
            yield Note(text=_words("unknown", below=proof.unknown_below))
        yield Note(text=_words("ranks", proof=proof))
    else:
        yield from _named("moves_out", view.moves_out)


def _changes(view: ProposalView) -> Iterator[Block]:
    yield Paragraph(text=_words("changes_heading", view=view))
    yield from change_lines(view.changes, view.threshold_before, view.threshold)


def _named(macro: str, found: Examples, *, also_none: bool = False) -> Iterator[Block]:
    if found.n or also_none:
        yield Paragraph(text=_words(macro, n=found.n))
        yield from example_lines(found.leads[:EXAMPLES_ON_CARD])


def _approvals(view: ProposalView) -> Iterator[Block]:
    yield from (Paragraph(text=_words("approved", given=one)) for one in view.given)
    if view.needed:
        yield Paragraph(text=_words("needed", needed=view.needed))


def _decide(view: ProposalView) -> Iterator[Block]:
    buttons: list[Button] = []
    if view.may_decide:
        buttons += [_approve(view), _button(view, "decline", Action.DECLINE_PROPOSAL)]
        if view.restores is None:
            buttons += [
                _button(view, "edit", Action.EDIT_PROPOSAL),
                _button(view, "challenge", Action.CHALLENGE_PROPOSAL),
            ]
    yield from _row(*buttons, *_backtest(view))


def _decide_trial(view: ProposalView) -> Iterator[Block]:
    buttons: list[Button] = []
    if view.may_decide:
        buttons += [_approve(view), _button(view, "end", Action.END_TRIAL)]
    yield from _row(*buttons, *_backtest(view))


def _afterwards(view: ProposalView) -> Iterator[Block]:
    """One tap takes it back, as long as nothing newer is in force."""
    buttons: list[Button] = []
    if view.may_decide and view.is_in_force:
        label = _words("take_back", base=view.base)
        buttons.append(Button(label=label, action=Action.ROLL_BACK, subject=str(view.base)))
    yield from _row(*buttons, *_backtest(view), ask_button(Words("criteria", "ask"), "criteria"))


def _instead(view: ProposalView) -> Iterator[Button]:
    """What there is to do about one that is out of date."""
    if not view.may_decide:
        return
    if view.again:
        yield ask_button(_words("newest"), "retune status")
    elif view.restores is None:
        yield ask_button(_words("ask"), "retune")


def _trial(view: ProposalView) -> Iterator[Block]:
    if view.trial:
        yield Paragraph(text=_words("trial", trial=view.trial))
        yield from _arms(view, view.trial)
        yield Paragraph(text=_words("result", trial=view.trial))


def _arms(view: ProposalView, trial: TrialView) -> Iterator[Block]:
    lines = (
        _words("arm", version=view.version, rate=trial.challenger),
        _words("arm", version=view.base, rate=trial.in_force),
    )
    yield Bullets(lines=lines)


def _approve(view: ProposalView) -> Button:
    label = _words("approve", needed=view.needed, on_trial=view.state is ProposalState.RUNNING)
    return Button(
        label=label, action=Action.APPROVE_PROPOSAL, subject=str(view.id), style=Style.PRIMARY
    )


def _backtest(view: ProposalView) -> Iterator[Button]:
    if view.proof:
        yield _button(view, "backtest", Action.BACKTEST)


def _button(view: ProposalView, macro: str, action: Action) -> Button:
    return Button(label=_words(macro), action=action, subject=str(view.id))


def _row(*buttons: Button) -> Iterator[Block]:
    if buttons:
        yield Actions(buttons=buttons)


def _words(macro: str, **values: object) -> Words:
    return Words("proposal", macro, **values)
