"""Every table. Times are UTC. Rows are made and read by `storage` queries and by commands."""

from storage.tables.chat import AccountRow, CopyRow, InboxRow, OutboxRow, OutboxState
from storage.tables.handoffs import FeedbackRow, HandoffRow, RejectionRow, TouchRow
from storage.tables.leads import CampaignRow, EventRow, HistoryRow, LeadRow, NoteRow
from storage.tables.learning import ApprovalRow, CriteriaRow, ProposalRow
from storage.tables.metadata import metadata
from storage.tables.people import LeaveRow, PreferenceRow
from storage.tables.work import JobRunRow, TallyRow

__all__ = [
    "AccountRow",
    "ApprovalRow",
    "CampaignRow",
    "CopyRow",
    "CriteriaRow",
    "EventRow",
    "FeedbackRow",
    "HandoffRow",
    "HistoryRow",
    "InboxRow",
    "JobRunRow",
    "LeadRow",
    "LeaveRow",
    "NoteRow",
    "OutboxRow",
    "OutboxState",
    "PreferenceRow",
    "ProposalRow",
    "RejectionRow",
    "TallyRow",
    "TouchRow",
    "metadata",
]
