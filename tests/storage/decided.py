"""A history of decisions, put straight into the rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from sqlmodel import Session

from storage.tables import EventRow, FeedbackRow, HandoffRow, LeadRow

REPS = ("ana@acme.example", "ben@acme.example", "cem@acme.example")


@dataclass(frozen=True, kw_only=True)
class Company:
    """`n` decisions over these weeks until `end`; companies of 50 and more are what sales wants,
    in this share of cases, and those that aren't are refused as too small. A title earns points
    and says nothing. With `takes`, so many are accepted whatever they are like."""

    end: datetime
    n: int = 1500
    weeks: int = 12
    sure: float = 0.85
    takes: float | None = None
    seed: int = 1


def decide(session: Session, company: Company) -> None:
    """Put the leads, handoffs and feedback of this history down."""
    random = Random(company.seed)
    for number in range(company.n):
        at = company.end - timedelta(weeks=company.weeks) * (1 - number / company.n)
        employees = random.choice((5, 20, 60, 300))
        wanted = random.random() < (company.sure if employees >= 50 else 1 - company.sure)
        accepted = wanted if company.takes is None else random.random() < company.takes
        add(
            session,
            at=at,
            rep=random.choice(REPS),
            decisions=("accepted",) if accepted else ("rejected",),
            reason=None if accepted else "too_small",
            fields={
                "title": random.choice(("VP Engineering", "Assistant", "Buyer")),
                "company.employees": employees,
                "email": f"l{number}@initech.example",
            },
            score=20 if random.random() < 0.5 else 45,
        )


def add(
    session: Session,
    *,
    at: datetime,
    rep: str = REPS[0],
    decisions: tuple[str, ...] = ("accepted",),
    reason: str | None = None,
    teaches: str = "fit",
    state: str | None = None,
    stage: str = "sal",
    lead_id: int | None = None,
    fields: dict[str, object] | None = None,
    explored: bool = False,
    propensity: float = 1.0,
    events: tuple[tuple[str, datetime], ...] = (),
    score: int = 45,
) -> HandoffRow:
    """A handoff with feedback, a minute after each other from an hour after the offer on."""
    if lead_id is None:
        lead = LeadRow(created_at=at, received_at=at, stage=stage, criteria_version=1)
        session.add(lead)
        session.flush()
        assert lead.id is not None
        lead_id = lead.id
    for place, (kind, moment) in enumerate(events):
        session.add(EventRow(event_id=f"{lead_id}-{place}", lead_id=lead_id, type=kind, at=moment))
    handoff = HandoffRow(
        lead_id=lead_id,
        rep=rep,
        state=state or ("accepted" if decisions[-1:] == ("accepted",) else "rejected"),
        offered_at=at,
        accept_by=at,
        criteria_version=1,
        explored=explored,
        propensity=propensity,
        snapshot={"fields": fields or {}, "score": score, "lines": []},
    )
    session.add(handoff)
    session.flush()
    assert handoff.id is not None
    for place, decision in enumerate(decisions):
        is_no = decision == "rejected"
        session.add(
            FeedbackRow(
                handoff_id=handoff.id,
                lead_id=lead_id,
                decision=decision,
                reason=reason if is_no else None,
                teaches=teaches if is_no else None,
                decided_by=rep,
                decided_at=at + timedelta(hours=1, minutes=place),
                snapshot=handoff.snapshot,
            )
        )
    session.flush()
    return handoff
