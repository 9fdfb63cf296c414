"""Who is reminded of a proposal that waits for a yes: on the home page and in the weekly review."""

from datetime import date, datetime, timedelta

import pytest

from cards import terminal
from cards.actions import Action
from cards.model import Card
from cards.review_views import Point
from commands.context import Context
from commands.learning import activating
from commands.reply import Home
from commands.reviews import weekly
from commands.reviews.periods import period_of
from commands.show_home import home
from leads.person import Person
from storage.tables import ProposalRow
from tests.commands.learning.proposing import open_now
from tests.commands.story import ADA, ANA, MAX, MIA, Story
from tests.commands.telling import buttons

WEEK = period_of(date(2026, 11, 16), date(2026, 11, 22))
YES_OR_NO = "Criteria version 2 waits for your yes or no."


async def home_of(story: Story, actor: Person) -> Card:
    reply = await story.database.read(lambda session: home(story.context(session, actor), "", {}))
    assert isinstance(reply, Home)
    return reply.card


async def said(story: Story, actor: Person) -> str:
    return terminal.text(await home_of(story, actor))


async def approve(story: Story, proposal_id: int, who: Person) -> None:
    await story.do(lambda ctx: activating.approve(ctx, proposal_id), who)


async def begin_trial(story: Story, proposal_id: int, until: datetime) -> None:
    def begin(ctx: Context) -> None:
        row = ctx.session.get_one(ProposalRow, proposal_id)
        row.state, row.version, row.share, row.until = "running", 2, 0.2, until
        row.evidence = {**row.evidence, "trial": {"since": ctx.now.isoformat(), "by": MAX.email}}

    await story.do(begin)


@pytest.mark.parametrize("who", [MAX, MIA, ADA])
async def test_the_home_page_of_who_may_decide_has_a_button_that_opens_it(
    story: Story, who: Person
) -> None:
    assert "waits for your yes" not in await said(story, who)
    await story.do(open_now)
    card = await home_of(story, who)
    assert YES_OR_NO in terminal.text(card)
    assert ("retune status", Action.ASK) in {(one.subject, one.action) for one in buttons(card)}


async def test_a_rep_isnt_asked_for_a_yes(story: Story) -> None:
    await story.do(open_now)
    assert "Criteria version" not in await said(story, ANA)


async def test_who_said_yes_is_reminded_no_more_and_the_other_side_of_the_last_yes(
    story: Story,
) -> None:
    proposal_id = await story.do(open_now)
    assert "Sales hasn't said yes either." in await said(story, MAX)
    await approve(story, proposal_id, MAX)
    assert "Criteria version 2 waits" not in await said(story, MAX)
    assert f"{YES_OR_NO} Yours is the last yes it needs" in await said(story, MIA)
    await approve(story, proposal_id, MIA)
    assert "waits for your yes" not in await said(story, MIA)


async def test_a_trial_asks_for_its_verdict_when_it_is_over(story: Story) -> None:
    proposal_id = await story.do(open_now)
    await begin_trial(story, proposal_id, story.clock.now + timedelta(weeks=2))
    assert "trial" not in await said(story, MIA)
    story.clock.advance(days=14)
    assert "The trial of criteria version 2 is over" in await said(story, MIA)


async def test_the_weekly_review_has_it_under_what_is_to_be_decided(story: Story) -> None:
    assert await story.database.read(lambda session: weekly.view(story.context(session), WEEK)) is (
        None
    )
    proposal_id = await story.do(open_now)

    async def review() -> tuple[str, Card | None]:
        def draw(ctx: Context) -> tuple[Card | None, Card | None]:
            return weekly.root(ctx, WEEK), weekly.point(ctx, WEEK, Point.DECISIONS)

        root, point = await story.database.read(lambda session: draw(story.context(session)))
        return (terminal.text(root) if root else ""), point

    root, point = await review()
    assert "To decide: 1 proposal; version 2 of the criteria waits for marketing and sales" in root
    assert point is not None
    assert "retune status" in {one.subject for one in buttons(point)}
    await approve(story, proposal_id, MAX)
    root, point = await review()
    assert "version 2 of the criteria waits for sales" in root
    await approve(story, proposal_id, MIA)
    assert (await review())[1] is None
