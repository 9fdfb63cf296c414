"""The demo's world as somebody finds it who opens the page now: the history is told and over, a
battle card waits for every rep, and whatever is told daily, weekly, monthly and quarterly is on its
way."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from cards.review_views import ReviewKind
from commands import (
    offer_lead,
    post_digest,
    post_personal,
    post_reviews,
    posting_days,
    receive_lead,
)
from commands.context import Context, Setup
from commands.counting import local_day
from commands.learning import asking
from leads.campaign import Campaign
from sandbox.demo import cast, today
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
    """What is new: offers that nobody has decided, what happened today, what is told of the day,
    week, month and quarter, a fresh lead for every rep; and better criteria are asked for."""
    ctx = Context(session=session, now=now, setup=setup)
    for handoff_id in told.undecided:
        offer_lead.announce(ctx, session.get_one(HandoffRow, handoff_id), due_at=now)
    today.tell(session, setup, now)
    earlier = replace(ctx, now=now - timedelta(minutes=1))  # cards of fresh leads come last
    for kind in (ReviewKind.QUARTER, ReviewKind.MONTH, ReviewKind.WEEK):
        post_reviews.post_newest(earlier, kind)
    post_digest.post_now(earlier, newest_digest(ctx))
    for person in setup.team.people:
        if person.email != cast.AWAY:
            post_personal.post_now(earlier, person)
    for lead in fresh_leads(now):
        receive_lead.receive(ctx, lead)
    asking.ask(ctx)


def newest_digest(ctx: Context) -> date:
    """The newest day whose digest is due: today's from its hour on, else the last working day's."""
    today = local_day(ctx, ctx.now)
    is_due = posting_days.is_working_day(ctx, today) and posting_days.slot(ctx, today) <= ctx.now
    return today if is_due else posting_days.working_day_before(ctx, today)
