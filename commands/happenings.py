"""Gathers what happened to a lead from every table that knows of it."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlmodel import col, select

from cards.timeline import (
    Answered,
    Contested,
    Decided,
    Happened,
    Happening,
    LeadDid,
    Noted,
    Touched,
)
from commands.context import Context
from commands.working import number
from leads.agreement import Asks
from leads.lead import EngagementEvent
from leads.person import Role
from storage import rejections
from storage.feedback import VERDICTS, gave_back
from storage.leads import lead_value
from storage.tables import FeedbackRow, HistoryRow, LeadRow, NoteRow, TouchRow

_TOLD_ELSEWHERE = frozenset(
    {
        *("touched", "noted", "accepted", "rejected", "released", "passed", "undone"),
        *("answered", "contested", "upheld", "overturned"),
    }
)
"""Acts of which a touch or a feedback tells more."""


def happenings_of(
    ctx: Context, lead_id: int, events: Sequence[EngagementEvent]
) -> tuple[Happening, ...]:
    """Everything about this lead, newest first: what it did, what colleagues did, decided, tried
    and wrote. Refused clicks are for managers and admins only."""
    found: list[Happening] = [
        LeadDid(at=event.at, type=event.type, name=event.name) for event in events
    ]
    found += _history(ctx, lead_id)
    found += _decisions(ctx, lead_id)
    found += _answers(ctx, lead_id)
    found += _touches(ctx, lead_id)
    found += _notes(ctx, lead_id)
    found.sort(key=lambda happening: happening.at)
    return tuple(reversed(found))


def named(ctx: Context, email: str) -> str:
    """What to call the colleague with this e-mail on a page that others may read too."""
    if email == "baton":
        return "Baton"
    person = ctx.setup.team.find(email)
    return person.name if person else email


def _history(ctx: Context, lead_id: int) -> Iterator[Happening]:
    shows_refusals = ctx.actor is not None and ctx.actor.has(Role.MANAGER)
    rows = ctx.session.exec(
        select(HistoryRow).where(HistoryRow.lead_id == lead_id).order_by(col(HistoryRow.id))
    )
    for row in rows:
        if row.act in _TOLD_ELSEWHERE or (row.act == "refused" and not shows_refusals):
            continue
        yield Happened(at=row.at, by=named(ctx, row.by), act=row.act, why=row.why)


def _decisions(ctx: Context, lead_id: int) -> Iterator[Happening]:
    rows = ctx.session.exec(
        select(FeedbackRow).where(FeedbackRow.lead_id == lead_id).order_by(col(FeedbackRow.id))
    )
    for row in rows:
        decision = row.decision
        if decision == "rejected" and gave_back(ctx.session, row):
            decision = "released"
        shown = decision not in VERDICTS  # what a verdict was about stands a few lines below
        yield Decided(
            at=row.decided_at,
            by=named(ctx, row.decided_by),
            decision=decision,
            reason=row.reason_label if shown else None,
            answer=_answer(ctx, row.reason if shown else None, row.answer),
        )


def _answer(ctx: Context, reason: str | None, answer: str | None) -> str | date | None:
    """The answer to what the reason asked: a day, a lead or a colleague by name, or the text."""
    if answer is None:
        return None
    known = ctx.setup.agreement.reason(reason) if reason else None
    asks = known.asks if known else Asks.TEXT
    if asks is Asks.DATE:
        try:
            return date.fromisoformat(answer)
        except ValueError:
            return answer
    if asks is Asks.LEAD and (lead_id := number(answer)):
        lead = ctx.session.get(LeadRow, lead_id)
        return lead_value(lead).name if lead else answer
    return named(ctx, answer)


def _answers(ctx: Context, lead_id: int) -> Iterator[Happening]:
    """What marketing answered to rejections and contested; the verdicts are among the decisions."""
    for row in rejections.of_lead(ctx.session, lead_id):
        if row.answered_by and row.answered_at and row.answer:
            yield Answered(
                at=row.answered_at,
                by=named(ctx, row.answered_by),
                answer=row.answer,
                text=row.answer_text,
                is_late=row.answer_by is not None and row.answered_at > row.answer_by,
            )
        if row.disputed_by and row.disputed_at:
            by = named(ctx, row.disputed_by)
            yield Contested(at=row.disputed_at, by=by, evidence=row.evidence or "")


def _touches(ctx: Context, lead_id: int) -> Iterator[Happening]:
    rows = ctx.session.exec(
        select(TouchRow).where(TouchRow.lead_id == lead_id).order_by(col(TouchRow.id))
    )
    for row in rows:
        yield Touched(
            at=row.at,
            by=named(ctx, row.by),
            kind=row.kind,
            outcome=row.outcome,
            note=row.note,
            objection=row.objection,
            content=row.content,
        )


def _notes(ctx: Context, lead_id: int) -> Iterator[Happening]:
    rows = ctx.session.exec(
        select(NoteRow).where(NoteRow.lead_id == lead_id).order_by(col(NoteRow.id))
    )
    for row in rows:
        yield Noted(at=row.at, by=named(ctx, row.by), text=row.text)
