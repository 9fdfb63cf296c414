"""What the outside was promised, read from the answers it got, and held against the database."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, col, select

from cards import slack
from cards.actions import Action
from leads.lifecycle import OPEN_STATES, HandoffState, Stage
from sandbox import Delivery, Sandbox
from storage.feedback import standing
from storage.tables import (
    CopyRow,
    FeedbackRow,
    HandoffRow,
    HistoryRow,
    InboxRow,
    LeadRow,
    NoteRow,
    OutboxRow,
    TallyRow,
    TouchRow,
)
from storage.tally import WEEK

_SETTLING = 2.0
"""Seconds between the moment that a delivery is dated and its commit on a busy machine."""
_WRITES = {Action.ACCEPT, Action.UNDO, Action.QUALIFY}
_DECIDES = {Action.REJECT: "rejected", Action.RELEASE: "rejected", Action.PASS: "passed"}


@dataclass(frozen=True, kw_only=True)
class Deed:
    """Something a person did and got an answer to. `silent` when the answer was that it is done."""

    by: str
    action: Action
    subject: str
    trigger: str
    silent: bool
    form: Mapping[str, object]


def answered_deeds(sandbox: Sandbox) -> list[Deed]:
    """Every button and form that changes something and was answered with 200."""
    emails = {one.id: one.email for one in sandbox.workspace.people}
    deeds = []
    for delivery in sandbox.deliveries:
        if not delivery.ok or delivery.kind not in {"block_actions", "view_submission"}:
            continue
        deed = _deed(delivery, emails)
        if deed is not None:
            deeds.append(deed)
    return deeds


def _deed(delivery: Delivery, emails: Mapping[str, str]) -> Deed | None:
    payload = delivery.payload
    values: Mapping[str, object] = {}
    if payload["type"] == "view_submission":
        form = slack.decode_view(payload["view"])
        action, subject, values = form.action, form.subject, form.values
    else:
        (pressed,) = payload["actions"]
        value = pressed.get("value") or (pressed.get("selected_option") or {}).get("value")
        if "view" in payload or not value:
            return None
        action, subject = slack.decode_button(value)
        if action not in _WRITES:
            return None
    return Deed(
        by=emails[payload["user"]["id"]],
        action=action,
        subject=subject,
        trigger=payload["trigger_id"],
        silent=not delivery.body.strip(),
        form=values,
    )


def rows(session: Session, table: type[Any]) -> list[Any]:
    """Everything in a table, oldest first."""
    return list(session.exec(select(table).order_by(col(table.id))))


def broken_promises(session: Session, sandbox: Sandbox) -> Iterator[str]:
    """A line for every answered deed that the database doesn't know of."""
    keys = set(session.exec(select(InboxRow.key)))
    feedback = rows(session, FeedbackRow)
    refused = {(str(r.handoff_id), r.by) for r in rows(session, HistoryRow) if r.act == "refused"}
    told = {(str(one.handoff_id), one.decision, one.decided_by) for one in feedback}
    decided = {str(one.handoff_id) for one in feedback}
    decided |= {str(r.handoff_id) for r in rows(session, HistoryRow) if r.act == "withdrawn"}
    noted = {one.note for one in rows(session, TouchRow)}
    for deed in answered_deeds(sandbox):
        if f"slack:{deed.trigger}" not in keys:
            yield f"{deed} was answered but never committed"
        if (deed.subject, deed.by) in refused:
            continue
        if deed.action is Action.ACCEPT and deed.subject not in decided:
            yield f"{deed} was answered, and the handoff is undecided"
        decision = _DECIDES.get(deed.action)
        if decision and deed.silent and (deed.subject, decision, deed.by) not in told:
            yield f"{deed} was answered, and there is no feedback"
        if deed.action is Action.TOUCH and deed.silent and deed.form.get("note") not in noted:
            yield f"{deed} was answered, and there is no touch"


def lost_notes(session: Session, sandbox: Sandbox) -> Iterator[str]:
    """Notes that were written in the thread of a line, taken, and are gone or there twice. (Until
    Baton knows that a line was posted, its thread is like any other thread to it.)"""
    kept = Counter(one.text for one in rows(session, NoteRow))
    known = {
        copy.message: row.sent_at
        for copy, row in session.exec(
            select(CopyRow, OutboxRow)
            .join(OutboxRow, col(OutboxRow.copy_id) == col(CopyRow.id))
            .where(OutboxRow.verb == "post", CopyRow.kind == "handoff_line")
        )
    }
    yield from (f"kept {n} times: {text}" for text, n in kept.items() if n > 1)
    for delivery in sandbox.deliveries:
        event = delivery.payload.get("event", {})
        said = event.get("text", "")
        if delivery.ok and said.startswith("Remember") and said not in kept:
            since = known.get(event["thread_ts"])
            if since and since.timestamp() + _SETTLING < float(event["ts"]):
                yield f"taken and not kept: {event}"


def lost_leads(session: Session, answered: Mapping[str, str]) -> Iterator[str]:
    """Leads that were taken and are gone, double, or above the threshold and with nobody."""
    found = {one.external_id: one for one in rows(session, LeadRow)}
    handed = {one.lead_id for one in rows(session, HandoffRow)}
    for external_id, lead_id in answered.items():
        lead = found.get(external_id)
        if lead is None or str(lead.id) != lead_id:
            yield f"{external_id} was answered as {lead_id} and is {lead}"
        elif lead.id not in handed:
            yield f"{external_id} qualified and was never offered"


def torn_leads(session: Session) -> Iterator[str]:
    """Leads whose stage, handoffs, copies and touches don't fit together."""
    handoffs, copies = rows(session, HandoffRow), rows(session, CopyRow)
    touches = Counter(one.handoff_id for one in rows(session, TouchRow))
    cards = Counter(one.subject for one in copies if one.kind == "battle_card")
    lines = Counter(one.lead_id for one in copies if one.kind == "handoff_line")
    opened: dict[int, list[HandoffRow]] = {}
    for one in handoffs:
        if one.state in OPEN_STATES:
            opened.setdefault(one.lead_id, []).append(one)
        if one.touches != touches[one.id]:
            yield f"handoff {one.id} counts {one.touches} touches and has {touches[one.id]}"
        if cards[str(one.id)] != 1:
            yield f"handoff {one.id} has {cards[str(one.id)]} battle cards"
    for lead in rows(session, LeadRow):
        held = opened.get(lead.id, [])
        if len(held) > 1:
            yield f"lead {lead.id} is with {[one.rep for one in held]}"
        if lines[lead.id] != 1:
            yield f"lead {lead.id} has {lines[lead.id]} lines"
        wanted = {Stage.MQL: HandoffState.OFFERED, Stage.SAL: HandoffState.ACCEPTED}
        state = wanted.get(Stage(lead.stage))
        if state and [one.state for one in held] != [state]:
            yield f"lead {lead.id} is {lead.stage} and its handoffs are {held}"
        if lead.stage in {Stage.RECYCLED, Stage.DISQUALIFIED} and held:
            yield f"lead {lead.id} is {lead.stage} and still with {held[0].rep}"


def wrong_tallies(session: Session) -> Iterator[str]:
    """Counts that aren't what the rows say when they are counted again."""
    kept: Counter[tuple[str, str, str]] = Counter()
    weekly: Counter[tuple[str, str, str]] = Counter()
    for one in session.exec(select(TallyRow)):
        dimension = one.dimension.removeprefix(WEEK)
        counts = kept if dimension == one.dimension else weekly
        counts[one.measure, dimension, one.value] += one.n
    counted = _recount(session)
    measures = {measure for measure, _, _ in counted}
    told = {key for key in kept if key[0] in measures and key[1] in _RECOUNTED}
    for key in told | counted.keys():
        if kept[key] != counted[key]:
            yield f"{key}: kept {kept[key]}, counted {counted[key]}"
    for key in weekly.keys() | {key for key in kept if key[1] != "all"}:
        if kept[key] != weekly[key]:
            yield f"{key}: {kept[key]} by day, {weekly[key]} by week"


_RECOUNTED = {"all", "campaign", "source", "rep", "reason"}
"""The dimensions that are counted again here; `tests/commands/recount.py` does it for all."""


def _recount(session: Session) -> Counter[tuple[str, str, str]]:  # noqa: C901 - one table
    counted: Counter[tuple[str, str, str]] = Counter()
    leads = {one.id: one for one in rows(session, LeadRow)}
    reasons = {
        one.handoff_id: one.reason
        for one in rows(session, FeedbackRow)
        if one.decision == "rejected"
    }

    def count(measure: str, lead: LeadRow, rep: str | None = None, reason: str = "") -> None:
        cells = {"campaign": lead.campaign, "source": lead.source, "rep": rep, "reason": reason}
        counted[measure, "all", ""] += 1
        for dimension, value in cells.items():
            if value:
                counted[measure, dimension, value] += 1

    for lead in leads.values():
        count("received", lead)
        count("mql", lead)
    newest = {
        one.lead_id: one.id
        for one in rows(session, HandoffRow)
        if one.state != HandoffState.WITHDRAWN
    }
    for one in rows(session, HandoffRow):
        lead = leads[one.lead_id]
        match HandoffState(one.state):
            case HandoffState.PASSED | HandoffState.WITHDRAWN:
                continue
            case HandoffState.REJECTED:
                count("rejected", lead, one.rep, reasons[one.id] or "")
                if lead.sal_at and one.id == newest[lead.id] and _was_accepted(session, one.id):
                    # Given back, and with nobody since: what it had reached stays.
                    count("reached_sal", lead, one.rep)
                    if lead.sql_at:
                        count("reached_sql", lead, one.rep)
            case HandoffState.ACCEPTED:
                count("accepted", lead, one.rep)
                count("reached_sal", lead, one.rep)
                if lead.stage == Stage.SQL:
                    count("reached_sql", lead, one.rep)
            case HandoffState.OFFERED | HandoffState.COMPLETED:
                pass  # still waiting, or closed: then it is counted under its stage
        count("offered", lead, one.rep)
    return counted


def _was_accepted(session: Session, handoff_id: int) -> bool:
    return any(one.decision == "accepted" for one in standing(session, handoff_id))


def as_text(findings: Iterable[str]) -> str:
    """For an assertion: empty when there is nothing."""
    return "\n".join(findings)
