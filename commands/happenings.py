"""Gathers what happened to a lead from every table that knows of it."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlmodel import col, select

from cards.timeline import Decided, Happened, Happening, LeadDid, Noted, Touched
from commands.context import Context
from commands.working import number
from leads.agreement import Asks
from leads.lead import EngagementEvent
from leads.person import Role
from storage.leads import lead_value
from storage.tables import FeedbackRow, HistoryRow, LeadRow, NoteRow, TouchRow

_TOLD_ELSEWHERE = frozenset({"touched", "noted", "accepted", "rejected", "passed", "undone"})
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
        yield Decided(
            at=row.decided_at,
            by=named(ctx, row.decided_by),
            decision=row.decision,
            reason=row.reason_label,
            answer=_answer(ctx, row.reason, row.answer),
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
        )


def _notes(ctx: Context, lead_id: int) -> Iterator[Happening]:
    rows = ctx.session.exec(
        select(NoteRow).where(NoteRow.lead_id == lead_id).order_by(col(NoteRow.id))
    )
    for row in rows:
        yield Noted(at=row.at, by=named(ctx, row.by), text=row.text)
