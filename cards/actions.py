"""Every action that a button or a form may carry. A button holds this id and a subject, no more."""

from enum import StrEnum


class Action(StrEnum):
    """`lead.*` take the id of a handoff unless the comment says otherwise."""

    ACCEPT = "lead.accept"
    REJECT = "lead.reject"  # button: asks the form; form: rejects
    SNOOZE = "lead.snooze"
    PASS = "lead.pass"  # noqa: S105
    UNDO = "lead.undo"
    MORE = "lead.more"  # opens the full page; subject is a lead id
    TOUCH = "lead.touch"
    QUALIFY = "lead.qualify"
    OPPORTUNITY = "lead.opportunity"
    WIN = "lead.win"
    LOSE = "lead.lose"
    NOTE = "lead.note"  # subject is a lead id
    CAMPAIGN_EDIT = "campaign.edit"  # subject is a campaign name
    ASK = "ask.run"  # subject is a question, as after /leads; answered privately
    SHARE = "ask.share"  # subject is a question; the answer is posted where it was asked
