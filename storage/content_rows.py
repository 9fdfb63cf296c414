"""Rows behind content and wins: what leads objected, what they were shown, who was won and how."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func
from sqlmodel import Session, col, select

from leads.lifecycle import HandoffState, Stage
from storage.tables import HandoffRow, LeadRow, TouchRow


@dataclass(frozen=True, kw_only=True)
class Objection:
    """What leads of some campaigns objected `n` times, `bare` of them met without content."""

    says: str
    n: int
    bare: int
    campaigns: tuple[str, ...]


def objections(session: Session, since: datetime, until: datetime) -> list[Objection]:
    """What was objected in touches of [since, until), the most frequent first."""
    rows = session.exec(
        select(
            TouchRow.objection,
            LeadRow.campaign,
            func.count(),
            func.sum(case((col(TouchRow.content).is_(None), 1), else_=0)),
        )
        .join(LeadRow, col(LeadRow.id) == col(TouchRow.lead_id))
        .where(col(TouchRow.objection).is_not(None), TouchRow.at >= since, TouchRow.at < until)
        .group_by(col(TouchRow.objection), col(LeadRow.campaign))
    ).all()
    by_text: dict[str, list[tuple[str | None, int, int]]] = {}
    for says, campaign, n, bare in rows:
        by_text.setdefault(says or "", []).append((campaign, n, bare))
    found = [
        Objection(
            says=says,
            n=sum(n for _, n, _ in parts),
            bare=sum(bare for _, _, bare in parts),
            campaigns=tuple(sorted({campaign for campaign, _, _ in parts if campaign})),
        )
        for says, parts in by_text.items()
    ]
    return sorted(found, key=lambda one: (-one.n, one.says))


def content_of(session: Session, lead_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The addresses of what each of these leads was shown, in the order they saw it."""
    rows = session.exec(
        select(TouchRow.lead_id, TouchRow.content)
        .where(col(TouchRow.lead_id).in_(lead_ids), col(TouchRow.content).is_not(None))
        .order_by(col(TouchRow.at), col(TouchRow.id))
    )
    found: dict[int, tuple[str, ...]] = {}
    for lead_id, content in rows:
        seen = found.get(lead_id, ())
        if content and content not in seen:
            found[lead_id] = (*seen, content)
    return found


def won(session: Session, since: datetime, until: datetime) -> list[LeadRow]:
    """Leads that were won in [since, until), in the order of their wins."""
    return list(
        session.exec(
            select(LeadRow)
            .where(
                col(LeadRow.won_at) >= since,
                col(LeadRow.won_at) < until,
                LeadRow.stage == Stage.WON.value,
            )
            .order_by(col(LeadRow.won_at), col(LeadRow.id))
        )
    )


def accepted_handoffs(session: Session, lead_ids: Sequence[int]) -> dict[int, HandoffRow]:
    """The newest handoff of each of these leads that was accepted."""
    accepted = (HandoffState.ACCEPTED.value, HandoffState.COMPLETED.value)
    rows = session.exec(
        select(HandoffRow)
        .where(col(HandoffRow.lead_id).in_(lead_ids), col(HandoffRow.state).in_(accepted))
        .order_by(col(HandoffRow.id))
    )
    return {row.lead_id: row for row in rows}
