"""The demo's world as somebody finds it who opens the page now: the history is told and over, a
battle card waits for every rep, and the digest is on its way."""

from datetime import date, datetime

from commands import offer_lead, post_digest, receive_lead
from commands.context import Context, Setup
from commands.counting import local_day
from leads.campaign import Campaign
from sandbox.demo.fresh import fresh_leads
from sandbox.demo.story import Story, Told
from storage.database import Database, Session
from storage.tables import HandoffRow


def begin(database: Database, setup: Setup, campaigns: tuple[Campaign, ...], now: datetime) -> Told:
    """Fill an empty, migrated database. What the chat hears from here on is what is new."""
    told = tell(database, setup, campaigns, now)
    database.write_now(lambda session: open_up(session, setup, told, now))
    return told


def tell(database: Database, setup: Setup, campaigns: tuple[Campaign, ...], now: datetime) -> Told:
    """The history alone, of which the chat hears nothing."""
    return Story(setup, campaigns, now).write(database)


def open_up(session: Session, setup: Setup, told: Told, now: datetime) -> None:
    """What is new: offers that nobody has decided, a fresh lead for every rep, and the newest
    digest that is due."""
    ctx = Context(session=session, now=now, setup=setup)
    for handoff_id in told.undecided:
        offer_lead.announce(ctx, session.get_one(HandoffRow, handoff_id), due_at=now)
    post_digest.post_now(ctx, newest_digest(ctx))
    for lead in fresh_leads(now):
        receive_lead.receive(ctx, lead)


def newest_digest(ctx: Context) -> date:
    """The newest day whose digest is due: today's from its hour on, else the last working day's."""
    today = local_day(ctx, ctx.now)
    is_due = post_digest.is_working_day(ctx, today) and post_digest.slot(ctx, today) <= ctx.now
    return today if is_due else post_digest.working_day_before(ctx, today)
