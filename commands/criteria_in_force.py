"""Which criteria are in force, and how the first ones and the first playbooks get there."""

import json
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Text, cast
from sqlalchemy import select as columns
from sqlmodel import col, select

from commands.context import Context
from leads.campaign import Campaign
from leads.criteria import Criteria
from leads.scoring import Scorer, compiled
from storage.agreement_file import criteria_body, criteria_from
from storage.tables import CampaignRow, CriteriaRow


class NoCriteria(Exception):
    """The database was never seeded; `app.py` seeds it at start."""


_NEWEST = (
    columns(col(CriteriaRow.version), cast(col(CriteriaRow.body), Text).label("body"))
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
    newest = ctx.session.connection().execute(_NEWEST).first()
    if newest is None:
        raise NoCriteria("no criteria in the database: start Baton once, or run `doctor`")
    return _read(newest.version, newest.body)


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
    """Make the agreement file's criteria the next version; None when they are in force already."""
    current = criteria_in_force(ctx)
    body = dict(criteria_body(ctx.setup.agreement.criteria))
    if body == dict(criteria_body(current)):
        return None
    ctx.session.add(
        CriteriaRow(
            version=current.version + 1, body=body, activated_at=ctx.now, by="agreement file"
        )
    )
    ctx.session.flush()
    return criteria_in_force(ctx)


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
