"""Proposals to decide on."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import col, select

from commands.context import Context
from commands.criteria_in_force import newest_in_force
from leads.criteria import Criteria
from leads.person import Channels
from storage import proposals
from storage.database import Database
from storage.tables import CriteriaRow, ProposalRow
from tests.commands.story import ADA, AGREEMENT, ANA, BEN, CEM, MAX, MIA, Story, person, setup_of
from tests.conftest import Clock

EVA = person("Eva Roth", *MAX.roles)
"""A second marketer."""

BETTER = replace(
    AGREEMENT.criteria,
    threshold=12,
    rules=tuple(
        replace(rule, points=rule.points + (4 if rule.id == "title" else -6))
        for rule in AGREEMENT.criteria.rules
    ),
)
"""What is proposed: two rules with other points, another threshold."""


async def begin(database: Database, clock: Clock) -> Story:
    """The company of the stories, with a second marketer and a channel to decide in."""
    setup = setup_of(ANA, BEN, CEM, MIA, MAX, ADA, EVA)
    channels = Channels(handoffs="#handoffs", wins="#wins", digest="#gtm")
    setup = replace(setup, team=replace(setup.team, channels=channels))
    begun = Story(database=database, clock=clock, setup=setup)
    await begun.begin()
    return begun


def open_now(
    ctx: Context,
    criteria: Criteria = BETTER,
    *,
    made_at: datetime | None = None,
    evidence: dict[str, object] | None = None,
) -> int:
    """An open proposal, made from the criteria in force; its id."""
    base = newest_in_force(ctx.session).criteria
    row = ProposalRow(
        state="open",
        asked_at=ctx.now,
        asked_by="baton",
        made_at=made_at or ctx.now,
        base_version=base.version,
        decisions=proposals.newest_decision(ctx.session),
        body=proposals.body_of(criteria),
        evidence={"learned_from": 400, **proposals.changes_between(base, criteria)}
        | (evidence or {}),
    )
    ctx.session.add(row)
    ctx.session.flush()
    assert row.id is not None
    return row.id


async def row_of(story: Story, proposal_id: int) -> ProposalRow:
    return await story.database.read(lambda session: session.get_one(ProposalRow, proposal_id))


async def versions(story: Story) -> list[CriteriaRow]:
    return await story.database.read(
        lambda session: list(session.exec(select(CriteriaRow).order_by(col(CriteriaRow.version))))
    )
