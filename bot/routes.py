"""What each deed does: the tables from an action or message to the command that carries it out.

To add an action: one line in `cards.actions`, one here for each way it can be done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cards.actions import Action
from commands import (
    accept_lead,
    add_note,
    answer,
    change_proposal,
    decide_proposal,
    extend_clock,
    follow_status,
    greet_stranger,
    keep_campaign,
    keep_settings,
    log_touch,
    lose_lead,
    open_opportunity,
    pass_lead,
    qualify_lead,
    reassign_lead,
    reject_lead,
    release_lead,
    show_home,
    show_lead,
    snooze_lead,
    take_leave,
    undo_decision,
    win_lead,
)
from commands.context import Context
from commands.rejections import answering, contesting, judging
from commands.reply import Reply

Handler = Callable[[Context, str, Mapping[str, str]], Reply]
"""A command as the router calls it: the subject, and the values of a form or message."""


class Subject(StrEnum):
    """What a button or form is about, and so what its subject must look like."""

    NUMBER = "number"
    NAME = "name"
    QUESTION = "question"


@dataclass(frozen=True)
class Route:
    """One command. `reads` means that it only looks: it runs beside the writer, not behind it."""

    handler: Handler
    reads: bool = False


@dataclass(frozen=True, kw_only=True)
class Routes:
    """Everything the router knows to do."""

    pressed: Mapping[Action, Route]
    changed: Mapping[Action, Route]
    submitted: Mapping[Action, Route]
    asked: Route
    said: Route
    opened_home: Route
    showed_status: Route
    stranger: Route


_OF_NUMBERS = ("lead.", "rejection.", "leave.", "proposal.", "criteria.")

SUBJECTS: Mapping[Action, Subject] = {
    action: Subject.NUMBER for action in Action if action.startswith(_OF_NUMBERS)
} | {
    Action.CAMPAIGN_EDIT: Subject.NAME,
    Action.AWAY: Subject.NAME,
    Action.SETTINGS: Subject.NAME,
    Action.ASK: Subject.QUESTION,
    Action.SHARE: Subject.QUESTION,
}

_FORMS: Mapping[Action, Route] = {
    Action.REJECT: Route(reject_lead.ask, reads=True),
    Action.SNOOZE: Route(snooze_lead.ask, reads=True),
    Action.PASS: Route(pass_lead.ask, reads=True),
    Action.EXTEND: Route(extend_clock.ask, reads=True),
    Action.REASSIGN: Route(reassign_lead.ask, reads=True),
    Action.TOUCH: Route(log_touch.ask, reads=True),
    Action.OPPORTUNITY: Route(open_opportunity.ask, reads=True),
    Action.WIN: Route(win_lead.ask, reads=True),
    Action.LOSE: Route(lose_lead.ask, reads=True),
    Action.RELEASE: Route(release_lead.ask, reads=True),
    Action.NOTE: Route(add_note.ask, reads=True),
    Action.ANSWER_REJECTION: Route(answering.ask, reads=True),
    Action.CONTEST_REJECTION: Route(contesting.ask, reads=True),
    Action.JUDGE_REJECTION: Route(judging.ask, reads=True),
    Action.AWAY: Route(take_leave.ask, reads=True),
    Action.SETTINGS: Route(keep_settings.ask, reads=True),
    Action.CAMPAIGN_EDIT: Route(keep_campaign.ask, reads=True),
    Action.DECLINE_PROPOSAL: Route(decide_proposal.ask_why, reads=True),
    Action.EDIT_PROPOSAL: Route(change_proposal.ask_points, reads=True),
    Action.CHALLENGE_PROPOSAL: Route(change_proposal.ask_trial, reads=True),
    Action.END_TRIAL: Route(decide_proposal.ask_end, reads=True),
}

PRESSED: Mapping[Action, Route] = {
    **_FORMS,
    Action.ACCEPT: Route(accept_lead.accept),
    Action.UNDO: Route(undo_decision.undo),
    Action.MORE: Route(show_lead.page, reads=True),
    Action.QUALIFY: Route(qualify_lead.qualify),
    Action.ASK: Route(answer.answer, reads=True),
    Action.SHARE: Route(answer.share),
    Action.LEAVE_END: Route(take_leave.end),
    Action.APPROVE_PROPOSAL: Route(decide_proposal.approve),
    Action.BACKTEST: Route(decide_proposal.backtest, reads=True),
    Action.ROLL_BACK: Route(decide_proposal.roll_back),
}

CHANGED: Mapping[Action, Route] = _FORMS

SUBMITTED: Mapping[Action, Route] = {
    Action.REJECT: Route(reject_lead.reject),
    Action.SNOOZE: Route(snooze_lead.snooze),
    Action.PASS: Route(pass_lead.hand_over),
    Action.EXTEND: Route(extend_clock.extend),
    Action.REASSIGN: Route(reassign_lead.reassign),
    Action.TOUCH: Route(log_touch.log),
    Action.OPPORTUNITY: Route(open_opportunity.open_opportunity),
    Action.WIN: Route(win_lead.win),
    Action.LOSE: Route(lose_lead.lose),
    Action.RELEASE: Route(release_lead.release),
    Action.NOTE: Route(add_note.add),
    Action.ANSWER_REJECTION: Route(answering.answer),
    Action.CONTEST_REJECTION: Route(contesting.contest),
    Action.JUDGE_REJECTION: Route(judging.judge),
    Action.AWAY: Route(take_leave.take),
    Action.SETTINGS: Route(keep_settings.choose),
    Action.CAMPAIGN_EDIT: Route(keep_campaign.keep),
    Action.DECLINE_PROPOSAL: Route(decide_proposal.decline),
    Action.EDIT_PROPOSAL: Route(change_proposal.edit),
    Action.CHALLENGE_PROPOSAL: Route(change_proposal.challenge),
    Action.END_TRIAL: Route(decide_proposal.end),
}

ROUTES = Routes(
    pressed=PRESSED,
    changed=CHANGED,
    submitted=SUBMITTED,
    asked=Route(answer.answer, reads=True),
    said=Route(add_note.from_thread),
    opened_home=Route(show_home.home, reads=True),
    showed_status=Route(follow_status.follow, reads=True),
    stranger=Route(greet_stranger.greet),
)
