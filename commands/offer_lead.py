"""Hands a lead to a rep: routed by the rules, or to whom a colleague named."""

from collections import Counter
from datetime import datetime
from hashlib import blake2b

from sqlmodel import col, select

from commands import clocks, counting, outgoing, snapshot
from commands.card_kind import CardKind
from commands.context import Context
from commands.criteria_in_force import criteria_in_force
from commands.recording import record
from leads import scoring
from leads.criteria import Score
from leads.fairness import dues
from leads.lead import EngagementEvent, Lead
from leads.person import Person, Role
from leads.routing import Candidate, Route, route, why_nobody
from storage import handoffs, tally
from storage.leads import events_of, lead_value
from storage.tables import HandoffRow, LeadRow


class NoFallback(Exception):
    """The agreement's fallback isn't in the team file; the check at start refuses such files."""


def offer(
    ctx: Context,
    lead: LeadRow,
    *,
    prior_note: str = "",
    preferred: str | None = None,
    previous: int | None = None,
    score: Score | None = None,
) -> HandoffRow:
    """Route an MQL and offer it: to `preferred` (an e-mail) if that rep can take it, else to whom
    the rules say, else to the agreement's fallback. `prior_note` tells the rep how it came here,
    `previous` is the handoff it follows, `score` the score if it was reckoned just now."""
    value, events = _known(ctx, lead)
    candidates = _candidates(ctx, lead)
    segment = _segments(ctx, value, events)
    found = None
    if preferred:
        wished = [one for one in candidates if one.person.email == preferred]
        found = route(value, None, wished, ctx.now, segment)
    if found is None:
        owner = handoffs.company_owner(ctx.session, lead.company_key)
        found = route(value, owner, candidates, ctx.now, segment)
    if found is None:
        why = why_nobody(value, candidates, ctx.now, segment)
        return _to_fallback(ctx, lead, why, previous, _snapshot(ctx, value, events, score))
    return _hand_over(
        ctx,
        lead,
        Route(rep=found.rep, why=_joined(prior_note, found.why)),
        previous,
        _snapshot(ctx, value, events, score),
        due_at=clocks.next_working(ctx, found.rep, ctx.now),
    )


def hand_to(
    ctx: Context, lead: LeadRow, rep: Person, *, why: str, previous: int | None
) -> HandoffRow:
    """Offer an MQL to this person, whom a colleague chose."""
    value, events = _known(ctx, lead)
    return _hand_over(
        ctx,
        lead,
        Route(rep=rep, why=why),
        previous,
        _snapshot(ctx, value, events, None),
        due_at=clocks.next_working(ctx, rep, ctx.now),
    )


def _to_fallback(
    ctx: Context, lead: LeadRow, why: str, previous: int | None, known: dict[str, object]
) -> HandoffRow:
    """Nobody is stuck: the fallback hears of it whatever the hour, and the admins hear why."""
    fallback = ctx.setup.team.find(ctx.setup.agreement.fallback)
    if fallback is None:
        raise NoFallback(ctx.setup.agreement.fallback)
    handoff = _hand_over(ctx, lead, Route(rep=fallback, why=why), previous, known, due_at=ctx.now)
    cause = f"nobody:{blake2b(why.encode(), digest_size=8).hexdigest()}"
    outgoing.to_admins(ctx, CardKind.NOBODY_COULD, str(handoff.id), cause=cause, but=fallback.email)
    return handoff


def _hand_over(
    ctx: Context,
    lead: LeadRow,
    to: Route,
    previous: int | None,
    known: dict[str, object],
    *,
    due_at: datetime,
) -> HandoffRow:
    lead_id = _id_of(lead)
    handoff = HandoffRow(
        lead_id=lead_id,
        rep=to.rep.email,
        offered_at=ctx.now,
        accept_by=clocks.accept_by(ctx, to.rep),
        why=to.why,
        previous=previous,
        snapshot=known,
    )
    ctx.session.add(handoff)
    ctx.session.flush()
    record(ctx, "offered", lead_id=lead_id, handoff_id=handoff.id, why=f"{to.rep.name}: {to.why}")
    counting.count_offered(ctx, lead, handoff)
    announce(ctx, handoff, due_at=due_at)
    return handoff


def announce(ctx: Context, handoff: HandoffRow, *, due_at: datetime) -> None:
    """Tell the rep by the battle card, not before `due_at`, and of a new lead the channel by its
    line at once. A second call says nothing more."""
    outgoing.to_person(
        ctx,
        handoff.rep,
        CardKind.BATTLE_CARD,
        str(handoff.id),
        dedupe_key=f"offer:{handoff.id}",
        lead_id=handoff.lead_id,
        due_at=due_at,
    )
    if handoff.previous is None:
        outgoing.to_handoffs(ctx, handoff.lead_id, dedupe_key=f"line:{handoff.id}")


def _known(ctx: Context, lead: LeadRow) -> tuple[Lead, tuple[EngagementEvent, ...]]:
    ctx.session.flush()
    return lead_value(lead), events_of(ctx.session, _id_of(lead))


def _snapshot(
    ctx: Context, lead: Lead, events: tuple[EngagementEvent, ...], score: Score | None
) -> dict[str, object]:
    criteria = criteria_in_force(ctx)
    reckoned = score or scoring.score(criteria, lead, events, ctx.now)
    return snapshot.take(lead, reckoned, criteria, ctx.now)


def _segments(ctx: Context, lead: Lead, events: tuple[EngagementEvent, ...]) -> frozenset[str]:
    return frozenset(
        name
        for name, condition in ctx.setup.agreement.segments.items()
        if scoring.holds(condition, lead, events, ctx.now)
    )


def _candidates(ctx: Context, lead: LeadRow) -> list[Candidate]:
    open_leads = handoffs.open_counts(ctx.session)
    today = counting.local_day(ctx, ctx.now)
    offers = tally.by_day(ctx.session, "rep", "offered", today - clocks.RECENT, today)
    crew = [(one, clocks.calendar(ctx, one)) for one in ctx.setup.team.with_role(Role.REP)]
    due = dues(offers, crew)
    recent: Counter[str] = Counter()
    for (email, _), count in offers.items():
        recent[email] += count
    prior = _had_it(ctx, lead)
    return [
        Candidate(
            person=person,
            calendar=calendar,
            open_leads=open_leads.get(person.email, 0),
            recent_offers=recent[person.email],
            due=due[person.email],
            prior=person.email in prior,
        )
        for person, calendar in crew
    ]


def _had_it(ctx: Context, lead: LeadRow) -> frozenset[str]:
    """Who was offered this lead since it became an MQL this time."""
    query = select(HandoffRow.rep).where(HandoffRow.lead_id == _id_of(lead))
    if lead.mql_at:
        query = query.where(col(HandoffRow.offered_at) >= lead.mql_at)
    return frozenset(ctx.session.exec(query))


def _id_of(lead: LeadRow) -> int:
    if lead.id is None:
        raise ValueError("the lead isn't stored yet")
    return lead.id


def _joined(note: str, why: str) -> str:
    return f"{note}; {why}" if note else why
