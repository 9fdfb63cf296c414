"""A lead or an event came in: keep it once, score it, and hand it over when it is qualified."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from commands import counting, offer_lead
from commands.context import Context
from commands.criteria_in_force import InForce, challenger, scorer_for, scorer_in_force
from commands.deciding import UNDO_WITHIN
from commands.learning import exploring
from commands.recording import record
from leads.criteria import Score
from leads.lead import Company, EngagementEvent, Lead, Scalar
from leads.lifecycle import Stage, move_lead
from storage import outbox
from storage.leads import (
    company_key,
    events_of,
    find_lead,
    insert_events,
    insert_lead,
    lead_value,
    searched,
    unknown_events,
)
from storage.tables import HandoffRow, LeadRow


@dataclass(frozen=True, kw_only=True)
class IncomingLead:
    """A lead as a source tells it, checked and cleaned. None is "not told", and never overwrites
    what is known. At least one of `external_id` and `email` is set."""

    external_id: str | None = None
    email: str | None = None
    source: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    phone: str | None = None
    title: str | None = None
    company: Company = field(default_factory=Company)
    campaign: str | None = None
    interests: tuple[str, ...] = ()
    extra: Mapping[str, Scalar] = field(default_factory=dict)
    created_at: datetime | None = None
    events: tuple[EngagementEvent, ...] = ()


class Result(StrEnum):
    """What receiving did."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, kw_only=True)
class Received:
    """The lead after it was received."""

    lead_id: int
    result: Result
    score: int
    stage: Stage
    qualifies: bool
    """Whether it is new and scores at or above the threshold, but wasn't handed over."""


@dataclass(frozen=True, kw_only=True)
class UnknownLead(Exception):
    """Events came for somebody who was never received."""

    external_id: str | None
    email: str | None


@dataclass(frozen=True, kw_only=True)
class EmailTaken(Exception):
    """The lead with this external id can't get this e-mail: another lead has it. Nothing was
    kept."""

    lead_id: int


def receive(ctx: Context, incoming: IncomingLead, *, offer: bool = True) -> Received:
    """Keep `incoming` once, by external id, then e-mail; rescore it when anything is new, and
    hand it over at the threshold. With `offer=False` (bulk imports) nobody is offered anything.
    Raises EmailTaken."""
    row = find_lead(ctx.session, incoming.external_id, incoming.email, to_change=True)
    if row is None:
        return _keep_new(ctx, incoming, offer=offer)
    _check_email(ctx.session, row, incoming.email)
    changed = _update(ctx, row, incoming)
    changed = _add_events(ctx.session, row, incoming.events) or changed
    return _settle(ctx, row, Result.UPDATED if changed else Result.UNCHANGED, offer=offer)


def receive_events(
    ctx: Context,
    *,
    external_id: str | None,
    email: str | None,
    events: Sequence[EngagementEvent],
) -> Received:
    """Add `events` to the lead they belong to, each once by its id; UnknownLead when there is
    no such lead."""
    row = find_lead(ctx.session, external_id, email, to_change=True)
    if row is None:
        raise UnknownLead(external_id=external_id, email=email)
    changed = _add_events(ctx.session, row, events)
    return _settle(ctx, row, Result.UPDATED if changed else Result.UNCHANGED, offer=True)


def rescore(ctx: Context, row: LeadRow) -> Received:
    """Score a lead again under the criteria in force, and hand it over where it now earns that."""
    return _settle(ctx, row, Result.UPDATED, offer=True)


def _check_email(session: Session, row: LeadRow, email: str | None) -> None:
    if email is None or row.email == email:
        return
    holder = session.exec(select(LeadRow.id).where(LeadRow.email == email)).first()
    if holder is not None:
        raise EmailTaken(lead_id=holder)


def _keep_new(ctx: Context, incoming: IncomingLead, *, offer: bool) -> Received:
    """Keep somebody new with their score, and hand them over where they earn that."""
    lead = _lead(incoming, ctx.now)
    unknown = unknown_events(ctx.session, incoming.events)
    events = tuple(sorted(unknown, key=lambda event: event.at))
    in_force = scorer_in_force(ctx)
    score = in_force.score(lead, events, ctx.now)
    ready = score.points >= in_force.criteria.threshold
    # A trial goes by the lead's id: which criteria score it, is seen once it has one.
    is_tried = challenger(ctx.session) is not None
    stage = Stage.MQL if ready and offer and not is_tried else Stage.NEW
    mql_at = ctx.now if stage is Stage.MQL else None
    lead = insert_lead(ctx.session, lead, score, stage=stage, mql_at=mql_at, received_at=ctx.now)
    insert_events(ctx.session, lead.id, events)
    record(ctx, "received", lead_id=lead.id)
    counting.count_received(ctx, lead)
    if is_tried:
        row = ctx.session.get_one(LeadRow, lead.id)
        return _settle(ctx, row, Result.CREATED, offer=offer)
    if stage is Stage.MQL:
        mql = offer_lead.Mql(
            lead=lead,
            events=events,
            mql_at=mql_at,
            score=score,
            in_force=in_force,
            first_campaign=lead.campaign,
        )
        _tell_qualified(ctx, lead.id, mql, score.points, score.criteria_version)
        offer_lead.offer(ctx, mql)
    elif offer and _explore(ctx, lead.id, in_force):
        stage = Stage.MQL
    return Received(
        lead_id=lead.id,
        result=Result.CREATED,
        score=score.points,
        stage=stage,
        qualifies=ready and not offer,
    )


def _lead(incoming: IncomingLead, now: datetime) -> Lead:
    """The lead, before it has an id."""
    return Lead(
        id=0,
        source=incoming.source,
        external_id=incoming.external_id,
        email=incoming.email,
        first_name=incoming.first_name,
        last_name=incoming.last_name,
        phone=incoming.phone,
        title=incoming.title,
        company=incoming.company,
        campaign=incoming.campaign,
        interests=tuple(dict.fromkeys(incoming.interests)),
        extra=dict(incoming.extra),
        created_at=incoming.created_at or now,
    )


_IN_HANDS = frozenset({Stage.MQL, Stage.SAL, Stage.SQL, Stage.OPPORTUNITY})
"""While a lead is handed over and worked, the credit stays with the campaign and the source that
brought it: its tallies were begun under them."""


def _update(ctx: Context, row: LeadRow, incoming: IncomingLead) -> bool:
    """Write what `incoming` tells into `row`; whether anything changed."""
    company = incoming.company
    told: dict[str, object | None] = {
        "external_id": row.external_id or incoming.external_id,
        "email": incoming.email,
        "source": incoming.source,
        "first_name": incoming.first_name,
        "last_name": incoming.last_name,
        "phone": incoming.phone,
        "title": incoming.title,
        "company_name": company.name,
        "company_domain": company.domain,
        "company_industry": company.industry,
        "company_employees": company.employees,
        "company_country": company.country,
        "campaign": incoming.campaign,
        "interests": list(dict.fromkeys([*row.interests, *incoming.interests])),
        "extra": {**row.extra, **incoming.extra},
    }
    if row.stage in _IN_HANDS or _may_be_undone(ctx, row):
        del told["campaign"], told["source"]
    changed = False
    for name, value in told.items():
        if value is not None and value != getattr(row, name):
            setattr(row, name, value)
            changed = True
    if changed:
        value = lead_value(row)
        row.company_key = company_key(value.company)
        row.search = searched(value)
    return changed


def _may_be_undone(ctx: Context, row: LeadRow) -> bool:
    """Whether the last decision is so young that an undo may bring the lead back into hands."""
    if row.stage not in {Stage.RECYCLED, Stage.DISQUALIFIED}:
        return False
    young = select(HandoffRow.id).where(
        HandoffRow.lead_id == row.id, col(HandoffRow.decided_at) > ctx.now - UNDO_WITHIN
    )
    return ctx.session.exec(young.limit(1)).first() is not None


def _add_events(session: Session, row: LeadRow, events: Sequence[EngagementEvent]) -> bool:
    """Add the events that aren't known yet; whether there were any."""
    assert row.id is not None
    new = unknown_events(session, events)
    insert_events(session, row.id, new)
    return bool(new)


def _settle(ctx: Context, row: LeadRow, result: Result, *, offer: bool) -> Received:
    """Rescore a lead that changed, qualify it where it earns that, and tell what it is now."""
    assert row.id is not None
    in_force = scorer_for(ctx, row.id)
    if result is not Result.UNCHANGED:
        ctx.session.flush()
        scored = in_force.score(lead_value(row), events_of(ctx.session, row.id), ctx.now)
        _write_score(row, scored)
    ready = row.score >= in_force.criteria.threshold and _may_qualify(row, result)
    if ready and offer:
        qualify(ctx, row)
        offer_lead.offer(ctx, offer_lead.mql_of(ctx, row))
    elif result is Result.UPDATED and row.stage not in {Stage.NEW, Stage.DISQUALIFIED}:
        ctx.session.flush()
        outbox.update_copies(ctx.session, row.id, ctx.now)
    elif offer and row.stage == Stage.NEW and result is not Result.UNCHANGED:
        _explore(ctx, row.id, in_force)
    return Received(
        lead_id=row.id,
        result=result,
        score=row.score,
        stage=Stage(row.stage),
        qualifies=ready and not offer,
    )


def _may_qualify(row: LeadRow, result: Result) -> bool:
    """A new lead may; a recycled one without a date waits for news of it, and this is news."""
    if row.stage == Stage.NEW:
        return True
    return row.stage == Stage.RECYCLED and row.recycle_at is None and result is Result.UPDATED


def _explore(ctx: Context, lead_id: int, in_force: InForce) -> bool:
    """Offer a lead below the threshold, if chance will have it so and a rep can take it."""
    chance = exploring.chance_of(ctx, lead_id, in_force.criteria.version)
    if chance is None:
        return False
    row = ctx.session.get_one(LeadRow, lead_id)
    if not offer_lead.somebody_can(ctx, row):
        return False
    qualify(ctx, row, counts=False)
    offer_lead.offer(ctx, replace(offer_lead.mql_of(ctx, row), chance=chance))
    return True


def qualify(ctx: Context, row: LeadRow, *, counts: bool = True) -> None:
    """Make the lead an MQL from now on, recorded and, as one that marketing promised, counted."""
    assert row.id is not None
    row.stage = move_lead(Stage(row.stage), Stage.MQL).value
    row.mql_at = ctx.now
    row.sal_at = row.sql_at = row.opportunity_at = row.won_at = row.lost_at = None
    row.recycle_at = None
    _tell_qualified(ctx, row.id, row, row.score, row.criteria_version, counts=counts)


def _tell_qualified(
    ctx: Context,
    lead_id: int,
    mql: counting.Episode,
    points: int,
    version: int,
    *,
    counts: bool = True,
) -> None:
    why = f"{points} points under criteria {version}"
    record(ctx, "became_mql", lead_id=lead_id, why=why)
    if counts:
        counting.count_stage(ctx, mql, Stage.MQL)


def _write_score(row: LeadRow, result: Score) -> None:
    row.score = result.points
    row.score_fit = result.fit
    row.score_engagement = result.engagement
    row.criteria_version = result.criteria_version
