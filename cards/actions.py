"""Every action that a button or a form may carry. A button holds this id and a subject, no more."""

from enum import StrEnum


class Action(StrEnum):
    """`lead.*` take the id of a handoff unless the comment says otherwise."""

    ACCEPT = "lead.accept"
    REJECT = "lead.reject"  # button: asks the form; form: rejects
    SNOOZE = "lead.snooze"
    PASS = "lead.pass"  # noqa: S105
    UNDO = "lead.undo"
    EXTEND = "lead.extend"  # of managers, as the next; button: asks the form; form: does it
    REASSIGN = "lead.reassign"
    MORE = "lead.more"  # opens the full page; subject is a lead id
    TOUCH = "lead.touch"
    QUALIFY = "lead.qualify"
    OPPORTUNITY = "lead.opportunity"
    WIN = "lead.win"
    LOSE = "lead.lose"
    RELEASE = "lead.release"  # button: asks the form; form: gives back what was accepted
    NOTE = "lead.note"  # subject is a lead id
    ANSWER_REJECTION = "rejection.answer"  # `rejection.*`: subject is a feedback id; forms
    CONTEST_REJECTION = "rejection.dispute"
    JUDGE_REJECTION = "rejection.verdict"
    AWAY = "away.take"  # subject is an e-mail; button: asks the form; form: keeps the days
    APPROVE_PROPOSAL = "proposal.approve"  # `proposal.*`: subject is a proposal id
    DECLINE_PROPOSAL = "proposal.decline"  # button: asks the form; form: declines
    EDIT_PROPOSAL = "proposal.edit"  # likewise, as the next two
    CHALLENGE_PROPOSAL = "proposal.challenge"
    END_TRIAL = "proposal.end"
    BACKTEST = "proposal.backtest"  # opens a page
    ROLL_BACK = "criteria.rollback"  # subject is a version
    LEAVE_END = "leave.end"  # subject is a leave id
    SETTINGS = "settings.keep"  # subject is an e-mail; button: asks the form; form: keeps it
    CAMPAIGN_EDIT = "campaign.edit"  # subject is a campaign name
    ASK = "ask.run"  # subject is a question, as after /leads; answered privately
    SHARE = "ask.share"  # subject is a question; the answer is posted where it was asked
