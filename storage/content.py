"""What reps hear and use while they work leads: objections that want content, and what became of
the leads that got some. Reads the touches of a period that say so, by partial indexes."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select as columns
from sqlalchemy import text
from sqlmodel import Session, col, select

from leads.lifecycle import HandoffState
from storage.tables import CampaignRow, HandoffRow, LeadRow, TouchRow

# In words that match the partial indexes: with bound values the planners can't use them.
_OBJECTED = text("touch.objection IS NOT NULL")
_USED = text("touch.content IS NOT NULL")
_KEPT = (HandoffState.ACCEPTED.value, HandoffState.COMPLETED.value)


@dataclass(frozen=True, kw_only=True)
class AskedFor:
    """An objection that reps heard and for which the playbook of `campaign` has no content: one it
    knows without content (`in_playbook`), or one in the lead's own words."""

    campaign: str | None
    objection: str
    leads: int
    """How many leads objected this."""
    in_playbook: bool


@dataclass(frozen=True, kw_only=True)
class Used:
    """Content that was used with `leads` of a campaign, and how many of these are accepted (and
    weren't given back), were qualified, and were won."""

    campaign: str | None
    content: str
    leads: int
    accepted: int
    qualified: int
    won: int


def asked_for(
    session: Session, since: datetime, until: datetime, campaign: str | None = None
) -> list[AskedFor]:
    """The objections of [since, until) without content, those of the most leads first; of one
    campaign, where one is given. The same words in another case are the same objection."""
    heard: dict[tuple[str | None, str], set[int]] = defaultdict(set)
    spelled: dict[tuple[str | None, str], Counter[str]] = defaultdict(Counter)
    question = (
        select(LeadRow.campaign, TouchRow.objection, TouchRow.lead_id)
        .join(LeadRow, col(LeadRow.id) == col(TouchRow.lead_id))
        .where(_OBJECTED, TouchRow.at >= since, TouchRow.at < until)
    )
    if campaign is not None:
        question = question.where(LeadRow.campaign == campaign)
    for of, said, lead_id in session.exec(question):
        key = (of, (said or "").casefold())
        heard[key].add(lead_id)
        spelled[key][said or ""] += 1
    proven = _playbooks(session, {of for of, _ in heard if of})
    found = [
        AskedFor(
            campaign=of,
            objection=max(sorted(spelled[of, folded]), key=spelled[of, folded].__getitem__),
            leads=len(leads),
            in_playbook=folded in proven.get(of or "", {}),
        )
        for (of, folded), leads in heard.items()
        if not proven.get(of or "", {}).get(folded, False)
    ]
    return sorted(found, key=lambda one: (-one.leads, one.campaign or "", one.objection))


def used(
    session: Session, since: datetime, until: datetime, campaign: str | None = None
) -> list[Used]:
    """The content that was used in [since, until), that with the most leads first; of one
    campaign, where one is given."""
    question = (
        columns(
            col(LeadRow.campaign),
            col(TouchRow.content),
            col(TouchRow.lead_id),
            col(HandoffRow.state).in_(_KEPT),
            col(LeadRow.sql_at).is_not(None),
            col(LeadRow.won_at).is_not(None),
        )
        .select_from(TouchRow)
        .join(HandoffRow, col(HandoffRow.id) == col(TouchRow.handoff_id))
        .join(LeadRow, col(LeadRow.id) == col(TouchRow.lead_id))
        .where(_USED, col(TouchRow.at) >= since, col(TouchRow.at) < until)
    )
    if campaign is not None:
        question = question.where(col(LeadRow.campaign) == campaign)
    became: dict[tuple[str | None, str], dict[int, tuple[bool, bool, bool]]] = defaultdict(dict)
    for of, content, lead_id, is_kept, is_qualified, is_won in session.execute(question):
        fates = became[of, content]
        was_kept = lead_id in fates and fates[lead_id][0]
        fates[lead_id] = (is_kept or was_kept, is_qualified, is_won)
    found = [
        Used(
            campaign=of,
            content=content,
            leads=len(fates),
            accepted=sum(fate[0] for fate in fates.values()),
            qualified=sum(fate[1] for fate in fates.values()),
            won=sum(fate[2] for fate in fates.values()),
        )
        for (of, content), fates in became.items()
    ]
    return sorted(found, key=lambda one: (-one.leads, one.campaign or "", one.content))


def _playbooks(session: Session, names: Iterable[str]) -> dict[str, dict[str, bool]]:
    """By campaign, the objections that its playbook knows, and whether it has content for each."""
    rows = session.exec(
        select(CampaignRow.name, CampaignRow.objections).where(col(CampaignRow.name).in_(names))
    )
    return {
        name: {str(one.get("says", "")).casefold(): bool(one.get("content")) for one in objections}
        for name, objections in rows
    }
