"""The reviews: what they say, and that each channel and period has exactly one."""

from collections import Counter
from datetime import date

import pytest
from sqlmodel import Session

from cards.charts import DistributionChart, FunnelChart, ParetoChart, TrendChart
from cards.model import Card, Picture
from cards.review_views import Point, WeeklyView
from commands import (
    accept_lead,
    qualify_lead,
    reject_lead,
    win_lead,
)
from commands.card_kind import CardKind
from commands.figures import funnel, quality, reasons, sla
from commands.post_reviews import post_due
from commands.reviews import weekly
from commands.reviews.periods import period_of
from leads.agreement import Goal, WinTier
from leads.periods import Period
from tests.commands.reviewing import decide, reviewing, touched, won
from tests.commands.story import ANA, BEN, CEM, MAX, MIA, Story, local
from tests.commands.telling import answer_card, asked_by, said

LAST_WEEK = period_of(date(2026, 11, 16), date(2026, 11, 22))


async def view_of(story: Story, period: Period = LAST_WEEK) -> WeeklyView:
    found = await story.database.read(lambda session: weekly.view(story.context(session), period))
    assert found is not None
    return found


def pictures(card: Card | None) -> list[Picture]:
    return [block for block in card.blocks if isinstance(block, Picture)] if card else []


# What the weekly review says.


async def test_the_agenda_has_a_line_for_each_point_and_a_reply_for_each_line(story: Story) -> None:
    reviewing(story)
    story.clock.now = local(2026, 11, 10, 11)
    await decide(story, 9, 3)
    story.clock.now = local(2026, 11, 17, 11)
    await decide(story, 3, 9)
    story.clock.now = local(2026, 11, 23, 9)
    assert await story.do(post_due) == 1
    ((root, _),) = await story.posts(CardKind.REVIEW)
    assert root.subject == "week 2026-11-16 2026-11-22"
    text = await story.shown(CardKind.REVIEW, root.subject)
    assert "Sales accepted 25% (3 of 12, likely 9% to 53%)" in text
    assert "down from 75%" in text
    assert "1. Lead quality: 1 campaign; spring-pricing fell to 25%, was 75%" in text
    assert "2. Why leads came back: 9 rejections, mostly “Company too small” (9)" in text
    replies = await story.posts(CardKind.REVIEW_POINT)
    assert {copy.thread_of for copy, _ in replies} == {root.id}
    points = [copy.subject.rsplit(" ", 1)[1] for copy, _ in replies]
    assert points == ["quality", "reasons", "promises", "decisions"]
    for number, (copy, _) in enumerate(replies, start=1):
        assert (await story.shown(CardKind.REVIEW_POINT, copy.subject)).startswith(f"{number}. ")


async def test_figures_are_those_of_the_questions(story: Story) -> None:
    reviewing(story)
    story.clock.now = local(2026, 11, 17, 11)
    await decide(story, 5, 7)
    await decide(story, 2, 1, BEN, campaign="webinar")
    story.clock.now = local(2026, 11, 23, 9)
    view = await view_of(story)

    def asked(session: Session) -> tuple[quality.Quality, reasons.Reasons, sla.Sla]:
        ctx = story.context(session)
        return quality.of(ctx, LAST_WEEK), reasons.of(ctx, LAST_WEEK), sla.of(ctx, LAST_WEEK)

    leads, why, kept = await story.database.read(asked)
    assert (view.offered, view.total) == (leads.total.offered, leads.total.accepted)
    assert [(one.name, one.accepted, one.before) for one in view.campaigns] == [
        (one.value, one.accepted, one.before) for one in leads.parts
    ]
    assert [(one.label, one.share) for one in view.reasons] == [
        (one.label, one.share) for one in why.parts
    ]
    told = {one.promise: (one.rate, one.standing) for one in (*view.sales, *view.marketing)}
    assert told == {
        one.promise: (one.rate, one.light) for one in (*kept.sales, *kept.marketing) if one.rate.n
    }
    shown = await said(story, MAX, f"quality campaign {LAST_WEEK.label}")
    assert "7 of 15" in shown
    assert "(7 of 15" in await said(story, MAX, f"review week {LAST_WEEK.label}")


async def test_decisions_are_proposed_only_where_the_figures_ask_for_them(story: Story) -> None:
    reviewing(story, goals=(Goal(period="2026-Q4", revenue=1_000_000),))
    story.clock.now = local(2026, 11, 17, 11)
    await decide(story, 2, 10)
    await decide(story, 8, 2, BEN, campaign="webinar")
    answered = [await story.offer(CEM, campaign="webinar") for _ in range(3)]
    for one in answered:
        await story.act(accept_lead.accept, CEM, one.subject)
        await touched(story, one, CEM, objection="Too expensive")
    story.clock.now = local(2026, 11, 23, 9)
    view = await view_of(story)
    kinds = Counter(one.kind.value for one in view.decisions)
    assert kinds["campaign"] == 1, "the webinar's range reaches the promise"
    assert kinds["reason"] == 1
    assert kinds["answers"] == 1
    assert kinds["goal"] == 1
    assert kinds["content"] == 1
    text = await story.shown(CardKind.REVIEW_POINT, "week 2026-11-16 2026-11-22 decisions")
    assert "Change or pause spring-pricing: 17% (2 of 12" in text
    assert "Look at the criteria: “Company too small” makes 12 of 12 rejections" in text
    assert "Answer rejections: 12 past their time, with Max Stein" in text
    assert "Write an answer to “Too expensive”: heard 3 times" in text
    assert "Get back on pace, or change the goal: 2026-Q4, revenue 0 EUR of 1,000,000 EUR" in text


async def test_a_good_week_proposes_nothing(story: Story) -> None:
    reviewing(story)
    story.clock.now = local(2026, 11, 17, 11)
    for _ in range(10):
        offered = await story.offer(ANA)
        await story.act(accept_lead.accept, ANA, offered.subject)
        await touched(story, offered, ANA)
    story.clock.now = local(2026, 11, 23, 9)
    assert Point.DECISIONS not in (await view_of(story)).points


async def test_pictures_say_the_same_in_words(story: Story) -> None:
    reviewing(story)
    for day in (3, 10, 17):
        story.clock.now = local(2026, 11, day, 11)
        await decide(story, 6, 3)
        other = await story.offer(BEN)
        await story.act(reject_lead.reject, BEN, other.subject, reason="later")
    story.clock.now = local(2026, 11, 23, 9)
    (trend,) = pictures(await story.card(CardKind.REVIEW, "week 2026-11-16 2026-11-22"))
    assert isinstance(trend.chart, TrendChart)
    assert [one.since for one in trend.chart.points] == [
        date(2026, 11, 2),
        date(2026, 11, 9),
        date(2026, 11, 16),
    ]
    assert {(one.share, one.n) for one in trend.chart.points} == {(0.6, 10)}
    assert all(one.low < 0.6 < one.high for one in trend.chart.points)
    text = await story.shown(CardKind.REVIEW, "week 2026-11-16 2026-11-22")
    assert "16 Nov 2026 60% of 10 (likely 31% to 83%)" in text
    reply = await story.card(CardKind.REVIEW_POINT, "week 2026-11-16 2026-11-22 reasons")
    (pareto,) = pictures(reply)
    assert isinstance(pareto.chart, ParetoChart)
    assert [(bar.label, bar.n) for bar in pareto.chart.bars] == [
        ("Company too small", 3),
        ("Some day", 1),
    ]


# The month and the quarter.


async def test_the_month_shows_its_funnel_and_how_long_a_first_touch_took(story: Story) -> None:
    reviewing(story)
    story.clock.now = local(2026, 10, 6, 11)
    one = await story.offer(ANA)
    await story.act(accept_lead.accept, ANA, one.subject)
    story.clock.advance(minutes=40)
    await touched(story, one, ANA)
    await story.offer(BEN)
    story.clock.now = local(2026, 11, 2, 9)
    subject = "month 2026-10-01 2026-10-31"
    card = await story.card(CardKind.REVIEW, subject)
    (picture,) = pictures(card)
    assert isinstance(picture.chart, FunnelChart)
    october = period_of(date(2026, 10, 1), date(2026, 10, 31))
    figures = await story.database.read(lambda session: funnel.of(story.context(session), october))
    assert [bar.n for bar in picture.chart.steps] == [step.reached for step in figures.steps]
    (spread,) = pictures(await story.card(CardKind.REVIEW_POINT, f"{subject} velocity"))
    assert isinstance(spread.chart, DistributionChart)
    assert [(bar.label, bar.n) for bar in spread.chart.bars] == [("32 min to 1 h 4 min", 1)]
    assert "October 2026 in depth" in await story.shown(CardKind.REVIEW, subject)


async def test_the_quarter_thanks_both_teams_and_ranks_nobody(story: Story) -> None:
    tiers = (WinTier(label="Big win", at_least=50_000),)
    reviewing(story, wins=tiers, goals=(Goal(period="2026-Q3", revenue=60_000),))
    story.clock.now = local(2026, 8, 18, 11)
    await won(story, CEM, amount="60000", company_name="Hooli")
    story.clock.now = local(2026, 8, 19, 11)
    await won(story, ANA, company_name="Initech")
    story.clock.now = local(2026, 10, 1, 9)
    subject = "quarter 2026-07-01 2026-09-30"
    text = await story.shown(CardKind.REVIEW, subject)
    assert "🎉 2026-Q3: 2 wins, worth 69,000 EUR" in text
    assert "Goal reached: 69,000 EUR of revenue" in text
    thanks = await story.shown(CardKind.REVIEW_POINT, f"{subject} thanks")
    assert "Sales: Ana Ortiz and Cem Aydin" in thanks, "in the order of the alphabet"
    assert "Marketing: Max Stein" in thanks
    wins = await story.shown(CardKind.REVIEW_POINT, f"{subject} wins")
    assert wins.index("Hooli") < wins.index("Initech"), "in the order of the days"
    assert "Hooli, 18 Aug 2026, Big win, 60,000 EUR: Cem Aydin and Max Stein" in wins
    assert "acme.example/roi" in wins


async def test_a_win_credits_rep_campaign_content_marketer_and_speed_once(story: Story) -> None:
    reviewing(story, wins=(WinTier(label="Big win", at_least=5_000),))
    one = await story.offer(ANA)
    story.clock.advance(minutes=12)
    await story.act(accept_lead.accept, ANA, one.subject)
    await touched(story, one, ANA, content="https://acme.example/roi")
    await story.act(qualify_lead.qualify, ANA, one.subject)
    for _ in range(2):
        story.clock.advance(minutes=1)
        await story.act(win_lead.win, ANA, one.subject, amount="9000")
    (told,) = await story.told(CardKind.WIN)
    assert "🎉 Big win: Initech is a customer, worth 9,000 EUR. Well done, Ana Ortiz" in told[1]
    assert "it began with Spring pricing, so thank you, Max Stein, too" in told[1]
    assert "Accepted within 12 min of working time" in told[1]
    assert "acme.example/roi" in told[1]


async def test_a_late_accept_is_not_held_against_a_win(story: Story) -> None:
    reviewing(story)
    one = await story.offer(ANA)
    story.clock.advance(minutes=75)
    await story.act(accept_lead.accept, ANA, one.subject)
    await story.act(qualify_lead.qualify, ANA, one.subject)
    await story.act(win_lead.win, ANA, one.subject)
    assert "Accepted within" not in (await story.told(CardKind.WIN))[0][1]


# On demand.


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("review", "Weekly review · 16 Nov 2026 to 22 Nov 2026"),
        ("review week last week", "Weekly review · 16 Nov 2026 to 22 Nov 2026"),
        ("review month November", "November 2026 in depth"),
        ("review 2026-Q4", "Nothing to review: no win"),
        ("review quarter", "Nothing to review: no win 1 Jul 2026 to 30 Sep 2026"),
        ("review week 2026-11-16 quality", "1. Lead quality by campaign"),
        ("review hm", "hm is neither a period"),
    ],
)
async def test_it_can_be_asked_for(story: Story, question: str, heading: str) -> None:
    reviewing(story)
    story.clock.now = local(2026, 11, 16, 11)
    await decide(story, 2, 1)
    story.clock.now = local(2026, 11, 25, 9)
    shown = (await said(story, MIA, question)).replace("2026-11-01 to 2026-11-25", "November 2026")
    assert shown.startswith(heading)


async def test_an_answer_has_each_point_a_tap_away(story: Story) -> None:
    reviewing(story)
    story.clock.now = local(2026, 11, 17, 11)
    await decide(story, 2, 1)
    story.clock.now = local(2026, 11, 25, 9)
    asks = asked_by(await answer_card(story, MIA, "review"))
    assert f"review week {LAST_WEEK.label} quality" in asks
    for question in asks:
        assert "neither" not in await said(story, MIA, question)
