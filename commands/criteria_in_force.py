"""Which criteria are in force, which score a lead, and how the first ones and the first playbooks
get there.

In force is the newest version that is kept as a `CriteriaRow`. A proposal that is tried on a share
of the leads has a number of its own, but no such row: it isn't in force.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import cast

from sqlalchemy import Text, text
from sqlalchemy import cast as in_database
from sqlalchemy import select as columns
from sqlmodel import Session, col, select

from commands.context import Context
from leads.campaign import Campaign
from leads.criteria import Criteria
from leads.proposals import TO_DECIDE, ProposalState, move_proposal
from leads.scoring import Scorer, compiled
from storage import outbox
from storage.agreement_file import criteria_body, criteria_from
from storage.proposals import next_version
from storage.tables import CampaignRow, CriteriaRow, ProposalRow


class NoCriteria(Exception):
    """The database was never seeded; `app.py` seeds it at start."""


_NEWEST = (
    columns(col(CriteriaRow.version), in_database(col(CriteriaRow.body), Text).label("body"))
    .order_by(col(CriteriaRow.version).desc())
    .limit(1)
)


def criteria_in_force(ctx: Context) -> Criteria:
    """The newest activated version of the criteria."""
    return scorer_in_force(ctx).criteria


@dataclass(frozen=True)
class InForce:
    """Criteria, and the function they make of leads."""

    criteria: Criteria
    score: Scorer


def scorer_in_force(ctx: Context) -> InForce:
    """The newest activated version of the criteria, ready to score."""
    return newest_in_force(ctx.session)


def newest_in_force(session: Session) -> InForce:
    """As `scorer_in_force`, where there is only a session."""
    newest = session.connection().execute(_NEWEST).first()
    if newest is None:
        raise NoCriteria("no criteria in the database: start Baton once, or run `doctor`")
    return _read(newest.version, newest.body)


_RUNNING = (
    columns(
        col(ProposalRow.id),
        col(ProposalRow.version),
        col(ProposalRow.share),
        in_database(col(ProposalRow.body), Text).label("body"),
    )
    # The first in the words of the partial index, which the planners need.
    .where(
        text("proposal.state IN ('asked', 'working', 'running')"),
        text("proposal.state = 'running'"),
    )
    .order_by(col(ProposalRow.id).desc())
    .limit(1)
)


@dataclass(frozen=True, kw_only=True)
class Challenger:
    """A proposal that scores a share of the leads."""

    proposal: int
    share: float
    criteria: InForce

    def scores(self, lead_id: int) -> bool:
        """Whether this lead is of its share: always the same answer."""
        told = f"trial {self.proposal} {lead_id}".encode()
        place = int.from_bytes(blake2b(told, digest_size=8).digest(), "big")
        return place < self.share * 2**64


def challenger(session: Session) -> Challenger | None:
    """The proposal on trial, if there is one."""
    found = session.connection().execute(_RUNNING).first()
    if found is None:
        return None
    return Challenger(
        proposal=found.id, share=found.share, criteria=_read(found.version, found.body)
    )


def scorer_for(ctx: Context, lead_id: int) -> InForce:
    """The criteria that score this lead: those in force, or for the share of a trial the
    challenger's."""
    rival = challenger(ctx.session)
    if rival is not None and rival.scores(lead_id):
        return rival.criteria
    return scorer_in_force(ctx)


# By version and text: as values, a rule for True would equal one for 1.
@lru_cache(maxsize=8)
def _read(version: int, body: str) -> InForce:
    criteria = criteria_from(json.loads(body), version)
    return InForce(criteria, compiled(criteria))


def seed(ctx: Context, campaigns: tuple[Campaign, ...]) -> None:
    """Make version 1 from the agreement file and the playbooks from the campaigns file, where the
    database has none yet. What is there already is left alone: it may have been edited in chat."""
    if ctx.session.exec(select(CriteriaRow.version).limit(1)).first() is None:
        ctx.session.add(
            CriteriaRow(
                version=1,
                body=dict(criteria_body(ctx.setup.agreement.criteria)),
                activated_at=ctx.now,
                by="agreement file",
            )
        )
    known = set(ctx.session.exec(select(CampaignRow.name)))
    for campaign in campaigns:
        if campaign.name not in known:
            ctx.session.add(_campaign_row(ctx, campaign))


def adopt(ctx: Context) -> Criteria | None:
    """Make the agreement file's criteria the next version; None when they are in force already.
    Proposals were made from those before, and are stale now."""
    body = dict(criteria_body(ctx.setup.agreement.criteria))
    if body == dict(criteria_body(criteria_in_force(ctx))):
        return None
    # First: whoever approves one at this moment has either done so, or will find it stale.
    retire_proposals(ctx, why="newer_criteria")
    ctx.session.add(
        CriteriaRow(
            version=next_version(ctx.session), body=body, activated_at=ctx.now, by="agreement file"
        )
    )
    ctx.session.flush()
    return criteria_in_force(ctx)


def retire_proposals(ctx: Context, *, why: str, but: int = 0) -> None:
    """Whatever waits for a decision, but for one, is made from criteria that are in force no
    more."""
    waiting = (
        select(ProposalRow)
        .where(col(ProposalRow.state).in_(sorted(TO_DECIDE)), col(ProposalRow.id) != but)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for row in ctx.session.exec(waiting):
        row.state = move_proposal(ProposalState(row.state), ProposalState.STALE).value
        row.decided_by, row.decided_at, row.why = ctx.actor_email, ctx.now, why
        copies = cast("list[int]", row.evidence.get("copies", []))
        outbox.update_these(ctx.session, copies, ctx.now)
    ctx.session.flush()


def _campaign_row(ctx: Context, campaign: Campaign) -> CampaignRow:
    objections = [
        {
            "says": objection.says,
            "answer": objection.answer,
            **({"content": objection.content} if objection.content else {}),
        }
        for objection in campaign.objections
    ]
    return CampaignRow(
        name=campaign.name,
        title=campaign.title,
        owner=campaign.owner,
        pains=list(campaign.pains),
        next_step=campaign.next_step,
        opener=campaign.opener,
        spend=campaign.spend,
        objections=objections,
        changed_at=ctx.now,
        changed_by="campaigns file",
    )
