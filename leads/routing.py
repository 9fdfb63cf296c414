"""Which rep gets a lead, and why, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b

from leads.lead import Lead
from leads.person import Person, Role
from leads.worktime import WorkCalendar


class Obstacle(StrEnum):
    """Why somebody can't take a lead; worded to follow a name."""

    NOT_A_REP = "doesn't take leads"
    NO_SHARE = "takes no new leads at the moment"
    HAD_IT = "had this lead before"
    TERRITORY = "covers another territory"
    SEGMENT = "covers another segment"
    ON_LEAVE = "is on leave"
    NEVER_WORKS = "has no working hours ahead"
    AT_CAPACITY = "is at capacity"


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A person who may get the lead, and what is fair to them: leads open now, and over the same
    recent weeks how many leads they were offered and how many were due to them (`leads.fairness`).
    `prior` is true when they had this very lead and gave it back."""

    person: Person
    calendar: WorkCalendar
    open_leads: int = 0
    recent_offers: int = 0
    due: float = 0.0
    prior: bool = False


@dataclass(frozen=True, kw_only=True)
class Route:
    """Who gets the lead, and why: words that stand after a name as well as after "Why you:" ("in
    charge of ES, working now…")."""

    rep: Person
    why: str


def route(
    lead: Lead,
    company_owner: str | None,
    candidates: Sequence[Candidate],
    now: datetime,
    segment: frozenset[str] = frozenset(),
) -> Route | None:
    """The rep for this lead, or None when nobody can take it.

    First who owns the lead's company already (an e-mail), then who works now, then who starts
    soonest; among equals who had fewest offers for their share, then a toss that depends on the
    lead, so that no place in the team file is favoured. The order of `candidates` and the time a
    person joined make no difference. `segment` names the segments that the lead is in."""
    soonest: dict[str, datetime] = {}
    able = []
    for one in candidates:
        if _obstacle_before_work(one, lead, now, segment) is None:
            starts = one.calendar.next_working(now)
            if starts is not None:
                soonest[one.person.email] = starts
                able.append(one)
    if not able:
        return None
    owner = next((one for one in able if one.person.email == company_owner), None)
    if owner:
        return Route(rep=owner.person, why="already in touch with this company")
    turns = [(_guesses_territory(one, lead), soonest[one.person.email], load(one)) for one in able]
    first = min(turns)
    equals = [one for one, turn in zip(able, turns, strict=True) if turn == first]
    chosen = min(equals, key=lambda one: _toss(lead, one))
    rivals = [
        one
        for one in able
        if one is not chosen
        and soonest[one.person.email] == soonest[chosen.person.email]
        and _guesses_territory(one, lead) == _guesses_territory(chosen, lead)
    ]
    is_working = soonest[chosen.person.email] <= now
    return Route(rep=chosen.person, why=_why(chosen, lead, segment, is_working, rivals))


def obstacle(
    candidate: Candidate, lead: Lead, now: datetime, segment: frozenset[str] = frozenset()
) -> Obstacle | None:
    """What keeps somebody from taking the lead, or None when nothing does.

    A lead whose country nobody knows is no other territory: it goes to people without
    territories first, and to the rest when there are none."""
    found = _obstacle_before_work(candidate, lead, now, segment)
    if found is None and candidate.calendar.next_working(now) is None:
        return Obstacle.NEVER_WORKS
    return found


def _obstacle_before_work(
    candidate: Candidate, lead: Lead, now: datetime, segment: frozenset[str]
) -> Obstacle | None:
    """As `obstacle`, without looking for working hours."""
    person, calendar = candidate.person, candidate.calendar
    if Role.REP not in person.roles:
        return Obstacle.NOT_A_REP
    if candidate.prior:
        return Obstacle.HAD_IT
    if person.weight <= 0:
        return Obstacle.NO_SHARE
    if person.territories and lead.company.country and _territory(person, lead) is None:
        return Obstacle.TERRITORY
    if person.segments and not person.segments & segment:
        return Obstacle.SEGMENT
    if calendar.is_on_leave(calendar.local_day(now)):
        return Obstacle.ON_LEAVE
    if candidate.open_leads >= person.capacity:
        return Obstacle.AT_CAPACITY
    return None


def why_nobody(
    lead: Lead,
    candidates: Sequence[Candidate],
    now: datetime,
    segment: frozenset[str] = frozenset(),
) -> str:
    """Why no rep can take the lead, in a sentence that names each rep's obstacle."""
    reasons = [
        f"{one.person.name} {found}"
        for one in candidates
        if (found := obstacle(one, lead, now, segment)) not in (None, Obstacle.NOT_A_REP)
    ]
    if not reasons:
        return "The team file has no rep."
    return f"No rep can take it: {'; '.join(reasons)}."


def load(candidate: Candidate) -> float:
    """Recent offers against what was due, by which equals are compared; smaller is next.

    (offers + 1/2) / due is Webster's rule, which favours neither large nor small shares (Balinski
    and Young, Fair Representation, 1982). At least one lead for the weight counts as due."""
    weight = candidate.person.weight
    return (candidate.recent_offers + 0.5) / max(candidate.due, weight)


def _territory(person: Person, lead: Lead) -> str | None:
    country = (lead.company.country or "").casefold()
    return next((own for own in person.territories if own.casefold() == country), None)


def _guesses_territory(candidate: Candidate, lead: Lead) -> bool:
    return bool(candidate.person.territories) and not lead.company.country


def _toss(lead: Lead, candidate: Candidate) -> bytes:
    return blake2b(f"{lead.id}|{candidate.person.email}".encode(), digest_size=8).digest()


def _why(
    chosen: Candidate,
    lead: Lead,
    segment: frozenset[str],
    is_working: bool,
    rivals: Sequence[Candidate],
) -> str:
    covered = [found] if (found := _territory(chosen.person, lead)) else []
    covered += sorted(chosen.person.segments & segment)
    parts = [f"in charge of {' and '.join(covered)}"] if covered else []
    parts.append("working now" if is_working else "next to start work")
    if not rivals:
        parts.append("the only one who can take it now")
    elif load(chosen) < min(load(one) for one in rivals):
        parts.append("next in turn (fewest new leads for the share)")
    else:
        parts.append("drawn by lot among equals")
    return _listed(parts)


def _listed(parts: Sequence[str]) -> str:
    if len(parts) < 3:
        return " and ".join(parts)
    return f"{', '.join(parts[:-1])}, and {parts[-1]}"
