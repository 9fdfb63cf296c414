"""One line per lead in the handoffs channel; everything that happens to the lead is said in its
thread."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cards.actions import Action
from cards.model import Button, Card, Mention, Paragraph, Words
from leads.lifecycle import HandoffState, Stage


@dataclass(frozen=True, kw_only=True)
class HandoffLineView:
    """A lead and its newest handoff. `state` is None when the lead was never handed over; `at` is
    when it got where it is, or for a recycled lead when it comes back."""

    lead_id: int
    name: str
    title: str | None = None
    company: str | None = None
    score: int
    campaign: str | None = None
    rep: Mention | None = None
    state: HandoffState | None
    stage: Stage
    at: datetime | None = None
    reason: str | None = None
    overdue_since: datetime | None = None
    """Set once the ladder has marked it."""


def handoff_line(view: HandoffLineView) -> Card:
    """The line in the state that the view is in."""
    who = {
        "name": view.name,
        "title": view.title,
        "company": view.company,
        "score": view.score,
        "campaign": view.campaign,
        "rep": view.rep,
    }
    line = Words(
        "handoff_line",
        "line",
        **who,
        state=view.state.value if view.state else None,
        stage=view.stage.value,
        at=view.at,
        reason=view.reason,
        overdue_since=view.overdue_since,
    )
    more = Button(
        label=Words("handoff_line", "more"), action=Action.MORE, subject=str(view.lead_id)
    )
    summary = Words("handoff_line", "summary", **who)
    return Card(summary=summary, blocks=(Paragraph(text=line, button=more),))


_MORNING = datetime(2026, 11, 20, 8, 58, tzinfo=UTC)
_WAITING = HandoffLineView(
    lead_id=17,
    name="Ada Byron",
    title="VP Engineering",
    company="Initech",
    score=72,
    campaign="spring-pricing",
    rep=Mention(name="Ana Ortiz", email="ana@acme.example"),
    state=HandoffState.OFFERED,
    stage=Stage.MQL,
    at=_MORNING,
)
_REJECTED = replace(_WAITING, state=HandoffState.REJECTED)

EXAMPLES: Mapping[str, Card] = {
    "waiting": handoff_line(_WAITING),
    "accepted": handoff_line(replace(_WAITING, state=HandoffState.ACCEPTED, stage=Stage.SAL)),
    "qualified": handoff_line(replace(_WAITING, state=HandoffState.ACCEPTED, stage=Stage.SQL)),
    "waiting_overdue": handoff_line(replace(_WAITING, overdue_since=_MORNING)),
    "accepted_overdue": handoff_line(
        replace(_WAITING, state=HandoffState.ACCEPTED, stage=Stage.SAL, overdue_since=_MORNING)
    ),
    "rejected": handoff_line(
        replace(_REJECTED, stage=Stage.DISQUALIFIED, reason="Company too small")
    ),
    "recycled": handoff_line(
        replace(_REJECTED, stage=Stage.RECYCLED, reason="Not now", at=_MORNING.replace(month=12))
    ),
    "won": handoff_line(replace(_WAITING, state=HandoffState.COMPLETED, stage=Stage.WON)),
    "hostile": handoff_line(
        replace(
            _REJECTED,
            stage=Stage.DISQUALIFIED,
            name="<!here> *Bob* _x_ ~y~ \u202e<https://evil.example|Slack>",
            company="R&D <@U1>",
            title="`CEO`\n\nAccept by noon",
            campaign="<#C1>" * 900,
            reason="> quote",
        )
    ),
}
