"""Hands a lead to a rep: routed by the rules, or to whom a colleague named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Protocol

from sqlalchemy import bindparam, insert
from sqlalchemy import select as columns
from sqlmodel import col

from commands import counting, outgoing, running_clock, shares, snapshot
from commands.card_kind import CardKind
from commands.context import Context
from commands.criteria_in_force import InForce, scorer_for
from commands.quiet import good_moment
from commands.recording import record
from commands.running_clock import Clock
from leads import scoring
from leads.criteria import Score
from leads.lead import EngagementEvent, Lead
from leads.lifecycle import HandoffState
from leads.person import Person
from leads.routing import Candidate, Route, obstacle, route, why_nobody
from storage import handoffs
from storage.leads import company_key, events_of, lead_value
from storage.preferences import preferences_of
from storage.tables import HandoffRow, LeadRow
from storage.upsert import inserted_id

FIRST_RETRY = timedelta(minutes=5)
"""How soon a rep is looked for again when nobody could take a lead."""


class NoFallback(Exception):
    """The agreement's fallback isn't in the team file; the check at start refuses such files."""


@dataclass(frozen=True, kw_only=True)
class Mql:
    """An MQL with all that an offer needs to know of it."""

    lead: Lead
    events: tuple[EngagementEvent, ...]
    mql_at: datetime | None
    score: Score
    in_force: InForce
    first_campaign: str | None = None
    """The campaign that it came by first."""
    had_it: frozenset[str] = frozenset()
    """E-mails of those who were offered it already since it became an MQL this time."""
    chance: float | None = None
    """With what chance it is offered, when it is by chance; a handoff that follows another is what
    that was."""

    @property
    def campaign(self) -> str | None:
        """The campaign that is credited."""
        return self.lead.campaign

    @property
    def source(self) -> str | None:
        """The source that is credited."""
        return self.lead.source


def mql_of(ctx: Context, row: LeadRow) -> Mql:
    """What is known of a lead that is kept already."""
    ctx.session.flush()
    lead = lead_value(row)
    events = events_of(ctx.session, lead.id)
    in_force = scorer_for(ctx, lead.id)
    return Mql(
        lead=lead,
        events=events,
        mql_at=row.mql_at,
        score=in_force.score(lead, events, ctx.now),
        in_force=in_force,
        first_campaign=row.first_campaign,
        had_it=_had_it(ctx, row),
    )


def offer(
    ctx: Context,
    mql: Mql,
    *,
    prior_note: str = "",
    preferred: str | None = None,
    previous: int | None = None,
) -> int:
    """Route an MQL and offer it: to `preferred` (an e-mail) if that rep can take it, else to whom
    the rules say, else to the agreement's fallback. `prior_note` tells the rep how it came here,
    `previous` is the handoff it follows. Returns the id of the new handoff."""
    candidates = _candidates(ctx, mql)
    segment = _segments(ctx, mql.lead, mql.events)
    found = None
    if preferred:
        wished = [one for one in candidates if one.person.email == preferred]
        found = route(mql.lead, None, wished, ctx.now, segment)
    if found is None:
        owner = handoffs.company_owner(ctx.session, company_key(mql.lead.company))
        found = route(mql.lead, owner, candidates, ctx.now, segment)
    if found is None:
        why = why_nobody(mql.lead, candidates, ctx.now, segment)
        return _to_fallback(ctx, mql, why, previous)
    return _hand_over(
        ctx,
        mql,
        Route(rep=found.rep, why=_joined(prior_note, found.why)),
        previous,
        due_at=good_moment(ctx, found.rep, ctx.now),
    )


def hand_to(ctx: Context, mql: Mql, rep: Person, *, why: str, previous: int | None) -> int:
    """Offer an MQL to this person, whom a colleague chose. Returns the id of the new handoff."""
    due_at = good_moment(ctx, rep, ctx.now)
    return _hand_over(ctx, mql, Route(rep=rep, why=why), previous, due_at=due_at)


def hand_to_fallback(
    ctx: Context, mql: Mql, *, why: str, previous: int | None, retry_at: datetime | None = None
) -> int:
    """Offer an MQL to the agreement's fallback, who hears of it whatever the hour; from `retry_at`
    on it is offered to the first rep who can take it. Returns the id of the new handoff."""
    fallback = ctx.setup.team.find(ctx.setup.agreement.fallback)
    if fallback is None:
        raise NoFallback(ctx.setup.agreement.fallback)
    to = Route(rep=fallback, why=why)
    return _hand_over(ctx, mql, to, previous, due_at=ctx.now, retry_at=retry_at)


def somebody_can(ctx: Context, row: LeadRow) -> bool:
    """Whether the rules find a rep for this lead who hasn't had it. Neither its score nor whose
    turn it is are asked for: they take longer than all the rest."""
    open_leads, had_it = handoffs.open_counts(ctx.session), _had_it(ctx, row)
    lead = lead_value(row)
    segments = _segments(ctx, lead, events_of(ctx.session, lead.id))
    able = (
        Candidate(
            person=person,
            calendar=calendar,
            open_leads=open_leads.get(person.email, 0),
            prior=person.email in had_it,
        )
        for person, calendar in shares.crew(ctx)
    )
    return any(obstacle(one, lead, ctx.now, segments) is None for one in able)


def _to_fallback(ctx: Context, mql: Mql, why: str, previous: int | None) -> int:
    """Nobody is stuck: the fallback gets it until a rep can take it, and the admins hear why."""
    handoff_id = hand_to_fallback(
        ctx, mql, why=why, previous=previous, retry_at=ctx.now + FIRST_RETRY
    )
    cause = f"nobody:{blake2b(why.encode(), digest_size=8).hexdigest()}"
    fallback = ctx.setup.agreement.fallback
    outgoing.to_admins(ctx, CardKind.NOBODY_COULD, str(handoff_id), cause=cause, but=fallback)
    return handoff_id


class Offered(Protocol):
    """What announcing an offer needs to know; a HandoffRow is one."""

    @property
    def id(self) -> int | None: ...
    @property
    def lead_id(self) -> int: ...
    @property
    def rep(self) -> str: ...
    @property
    def offered_at(self) -> datetime: ...
    @property
    def previous(self) -> int | None: ...


@dataclass(frozen=True, kw_only=True)
class _Offer:
    id: int
    lead_id: int
    rep: str
    offered_at: datetime
    previous: int | None
    explored: bool


_HANDOFF = insert(HandoffRow.__table__)  # type: ignore[attr-defined]


def _hand_over(
    ctx: Context,
    mql: Mql,
    to: Route,
    previous: int | None,
    *,
    due_at: datetime,
    retry_at: datetime | None = None,
) -> int:
    lead_id = mql.lead.id
    chance = mql.chance if previous is None else _chance_of(ctx, previous)
    made = ctx.session.connection().execute(
        _HANDOFF,
        {
            "lead_id": lead_id,
            "rep": to.rep.email,
            "state": HandoffState.OFFERED.value,
            "offered_at": ctx.now,
            **running_clock.started(ctx, to.rep, Clock.DECIDE),
            "retry_at": retry_at,
            "criteria_version": mql.score.criteria_version,
            "explored": chance is not None,
            "propensity": 1.0 if chance is None else chance,
            "touches": 0,
            "snoozes": 0,
            "why": to.why,
            "previous": previous,
            "snapshot": snapshot.take(mql.lead, mql.score, mql.in_force.criteria, ctx.now),
        },
    )
    offer = _Offer(
        id=inserted_id(made),
        lead_id=lead_id,
        rep=to.rep.email,
        offered_at=ctx.now,
        previous=previous,
        explored=chance is not None,
    )
    record(ctx, "offered", lead_id=lead_id, handoff_id=offer.id, why=f"{to.rep.name}: {to.why}")
    lacks = _lacks(ctx, mql.lead) if previous is None else None
    counting.count_handed_over(ctx, mql, offer, lacks, found_rep=retry_at is None)
    announce(ctx, offer, due_at=due_at)
    return offer.id


_CHANCE = columns(col(HandoffRow.explored), col(HandoffRow.propensity)).where(
    col(HandoffRow.id) == bindparam("handoff")
)


def _chance_of(ctx: Context, handoff_id: int) -> float | None:
    """The chance with which this handoff was explored; None when it wasn't."""
    found = ctx.session.connection().execute(_CHANCE, {"handoff": handoff_id}).one()
    return found.propensity if found.explored else None


def _lacks(ctx: Context, lead: Lead) -> tuple[str, ...]:
    """The fields that marketing promised and doesn't know."""
    required = ctx.setup.agreement.marketing.required
    return tuple(field for field in required if lead.value(field) is None)


def announce(ctx: Context, handoff: Offered, *, due_at: datetime) -> None:
    """Tell the rep by the battle card, not before `due_at`, and of a new lead the channel by its
    line at once. A second call says nothing more."""
    is_new, line = handoff.previous is None, f"line:{handoff.id}"
    if is_new and preferences_of(ctx.session, handoff.rep).in_thread:
        outgoing.to_handoffs(ctx, handoff.lead_id, dedupe_key=line)  # the card hangs on it
    outgoing.to_rep(
        ctx,
        handoff.rep,
        CardKind.BATTLE_CARD,
        str(handoff.id),
        dedupe_key=f"offer:{handoff.id}",
        lead_id=handoff.lead_id,
        due_at=due_at,
    )
    if is_new:
        outgoing.to_handoffs(ctx, handoff.lead_id, dedupe_key=line)


def _segments(ctx: Context, lead: Lead, events: Sequence[EngagementEvent]) -> frozenset[str]:
    return frozenset(
        name
        for name, condition in ctx.setup.agreement.segments.items()
        if scoring.holds(condition, lead, events, ctx.now)
    )


def _candidates(ctx: Context, mql: Mql) -> list[Candidate]:
    open_leads = handoffs.open_counts(ctx.session)
    shared = shares.recent(ctx)
    return [
        Candidate(
            person=person,
            calendar=calendar,
            open_leads=open_leads.get(person.email, 0),
            recent_offers=shared.offered.get(person.email, 0),
            due=shared.due[person.email],
            prior=person.email in mql.had_it,
        )
        for person, calendar in shared.crew
    ]


_OFFERED = columns(col(HandoffRow.rep), col(HandoffRow.offered_at)).where(
    col(HandoffRow.lead_id) == bindparam("lead")
)


def _had_it(ctx: Context, lead: LeadRow) -> frozenset[str]:
    """Who was offered this lead since it became an MQL this time."""
    rows = ctx.session.connection().execute(_OFFERED, {"lead": lead.id})
    return frozenset(rep for rep, at in rows if lead.mql_at is None or at >= lead.mql_at)


def _joined(note: str, why: str) -> str:
    return f"{note}; {why}" if note else why
