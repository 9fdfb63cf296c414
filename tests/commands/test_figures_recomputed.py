"""Every figure equals one that is counted again from the rows, on weeks drawn by lot."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import TypeVar

import pytest

from cards.promise_lines import Promise
from commands.context import Context
from commands.figures import campaigns, funnel, goals, quality, reasons, reps, sla, velocity
from commands.figures.counted import Only
from commands.figures.timings import Timing
from leads import periods
from leads.breakdown import Breakdown
from leads.durations import Leg
from leads.periods import Period
from leads.rates import Rate
from tests.commands.random_weeks import AGREEMENT, Weeks
from tests.commands.recount import (
    Episode,
    Recount,
    Told,
    below_zero,
    day_of,
    middle_of,
    moments,
    reached,
    sold,
    spans,
    uneven_weeks,
    worth,
)
from tests.commands.story import ANA, BEN, MAX, MIA, Story

T = TypeVar("T")
_STEPS = 240


@dataclass(frozen=True)
class Checked:
    """A period of a history, to be asked and to be counted."""

    story: Story
    recount: Recount
    period: Period

    async def ask(self, figure: Callable[[Context], T]) -> T:
        return await self.story.database.read(
            lambda session: figure(self.story.context(session, MIA))
        )

    @property
    def offers(self) -> list[Told]:
        return self.recount.offered_in(self.period.first, self.period.last)

    @property
    def episodes(self) -> list[Episode]:
        return self.recount.qualified_in(self.period.first, self.period.last)


def some_periods(today: date) -> tuple[Period, ...]:
    def last(days: int) -> Period:
        return Period(label=f"last {days} days", first=today - timedelta(days=days - 1), last=today)

    ever = Period(label="all", first=periods.BEGINNING, last=today)
    return ever, last(30), periods.before(last(12)) or ever


@pytest.mark.parametrize(("seed", "exploration"), [(0, 0.0), (1, 0.0), (2, 0.9)])
async def test_every_figure_equals_a_recount_of_the_rows(
    story: Story, seed: int, exploration: float
) -> None:
    await Weeks(story, Random(seed), exploration).go_on(_STEPS)
    recount = await Recount.of(story)
    assert (sum(one.row.explored for one in recount.handoffs) > 4) == (exploration > 0)
    check_enough_happened(recount)
    for period in some_periods(day_of(story.clock.now)):
        checked = Checked(story, recount, period)
        await check_quality(checked)
        await check_reasons(checked)
        await check_funnel(checked)
        await check_velocity(checked)
        await check_sla(checked)
        await check_reps(checked)
        await check_campaigns(checked)
        await check_goals(checked)
    assert not await below_zero(story)
    assert not await uneven_weeks(story)


def check_enough_happened(recount: Recount) -> None:
    acts = {act for one in recount.handoffs for act, _ in [*one.stack, *filter(None, [one.ended])]}
    assert {"accepted", "rejected", "released", "won", "lost", "passed"} <= acts
    assert any(not one.is_last for one in recount.episodes)
    assert len(recount.episodes) > 25


async def check_quality(checked: Checked) -> None:
    recount, period = checked.recount, checked.period
    keys: dict[Breakdown, Callable[[Told], str | None]] = {
        Breakdown.CAMPAIGN: campaign_of,
        Breakdown.SOURCE: source_of,
        Breakdown.REP: lambda one: one.row.rep,
    }
    for by, key in keys.items():
        found = await checked.ask(lambda ctx, by=by: quality.of(ctx, period, by))  # type: ignore[misc]
        expected = recount.quality(period.first, period.last, key)
        told = {
            part.value: (part.offered, part.accepted.successes, part.accepted.n)
            for part in found.parts
        }
        assert told == expected
        whole = [sum(column) for column in zip(*expected.values(), strict=True)] or [0, 0, 0]
        total = found.total
        assert [total.offered, total.accepted.successes, total.accepted.n] == whole
        for value, counts in expected.items():
            if value is not None:
                only = Only(by=by, value=value)
                one = await checked.ask(lambda ctx, only=only: quality.of(ctx, period, only=only))  # type: ignore[misc]
                assert (one.total.offered, one.total.accepted.n) == (counts[0], counts[2])


async def check_reasons(checked: Checked) -> None:
    recount, period = checked.recount, checked.period
    since, until = moments(period.first, period.last)
    found = await checked.ask(lambda ctx: reasons.of(ctx, period, most=50))
    expected = recount.reasons(checked.offers)
    assert {part.code: part.share.successes for part in found.parts} == expected
    owed = [one for one in recount.rejections if one.answer_by and since <= one.rejected_at < until]
    answered = [one for one in owed if one.answered_at]
    assert found.answered == Rate(successes=len(answered), n=len(owed))
    for part in found.parts:
        for example in part.examples:
            assert since <= example.decided_at < until
            assert example.reason == part.code
    for only, offers in narrowed(checked):
        one = await checked.ask(lambda ctx, only=only: reasons.of(ctx, period, only, most=50))  # type: ignore[misc]
        assert {part.code: part.share.successes for part in one.parts} == recount.reasons(offers)
        names = {only.value, *(part.lead.campaign for each in one.parts for part in each.examples)}
        if only.by is Breakdown.CAMPAIGN:
            assert names == {only.value}


async def check_funnel(checked: Checked) -> None:
    found = await checked.ask(lambda ctx: funnel.of(ctx, checked.period))
    assert [step.reached for step in found.steps] == reached(checked.episodes)
    assert found.lost == sum(one.lost is not None for one in checked.episodes)
    for step, took in zip(found.steps[1:], spans(checked.episodes).values(), strict=False):
        assert_timed(step.took, took)
    for name in {one.campaign for one in checked.episodes if one.campaign}:
        only = Only(by=Breakdown.CAMPAIGN, value=name)
        some = [one for one in checked.episodes if one.campaign == name]
        part = await checked.ask(lambda ctx, only=only: funnel.of(ctx, checked.period, only))  # type: ignore[misc]
        assert [step.reached for step in part.steps] == reached(some)
        for step, took in zip(part.steps[1:], spans(some).values(), strict=False):
            assert_timed(step.took, took)


async def check_velocity(checked: Checked) -> None:
    recount, offers = checked.recount, checked.offers
    found = await checked.ask(lambda ctx: velocity.of(ctx, checked.period))
    expected = {
        Leg.OFFER: waits(checked),
        Leg.DECISION: recount.decided_after(offers),
        Leg.FIRST_TOUCH: recount.touched_after(offers),
        **spans(checked.episodes),
    }
    assert [leg.leg for leg in found.legs] == list(expected)
    for leg in found.legs:
        assert_timed(leg.took, expected[leg.leg])
    held = [one for one in recount.handoffs if one.row.state in {"offered", "accepted"}]
    qualified = sorted(at for one in held if (at := recount.leads[one.row.lead_id].mql_at))
    assert found.ages.n == len(qualified)
    if qualified:
        assert found.ages.oldest == recount.now - qualified[0]
        middle = [recount.now - qualified[n] for n in ((len(held) - 1) // 2, len(held) // 2)]
        assert found.ages.median == (middle[0] + middle[1]) / 2
        assert found.ages.old == sum(recount.now - at >= timedelta(days=30) for at in qualified)
    only = Only(by=Breakdown.REP, value=ANA.email)
    hers = [one for one in offers if one.row.rep == ANA.email]
    one = await checked.ask(lambda ctx: velocity.of(ctx, checked.period, only))
    assert_timed(one.legs[0].took, recount.decided_after(hers))
    assert_timed(one.legs[1].took, recount.touched_after(hers))


async def check_sla(checked: Checked) -> None:
    recount, period = checked.recount, checked.period
    found = await checked.ask(lambda ctx: sla.of(ctx, period))
    told = {kept.promise: kept for kept in (*found.sales, *found.marketing)}
    in_time, due, late = recount.decisions(checked.offers)
    assert told[Promise.DECIDE].rate == Rate(successes=in_time, n=due)
    assert_timed(told[Promise.DECIDE].late, late)
    in_time, due, late = recount.first_touches(checked.offers)
    assert told[Promise.TOUCH].rate == Rate(successes=in_time, n=due)
    assert_timed(told[Promise.TOUCH].late, late)
    kept, ended = recount.tries(checked.offers)
    assert told[Promise.ATTEMPTS].rate == Rate(successes=kept, n=ended)
    counts = recount.quality(period.first, period.last, lambda _: "")
    _, accepted, decided = counts.get("", (0, 0, 0))
    assert told[Promise.ACCEPTANCE].rate == Rate(successes=accepted, n=decided)
    first = [one.row for one in checked.offers if one.row.previous is None and not one.row.explored]
    required = AGREEMENT.marketing.required
    lacking = [[field for field in required if not knows(row, field)] for row in first]
    complete = sum(not fields for fields in lacking)
    assert told[Promise.FIELDS].rate == Rate(successes=complete, n=len(first))
    assert {one.field: one.n for one in found.missing} == {
        field: n for field in required if (n := sum(field in fields for fields in lacking))
    }
    check_answers(checked, told[Promise.ANSWERS])
    if found.volume:
        assert found.volume.found == len(checked.episodes)


def check_answers(checked: Checked, kept: sla.Kept) -> None:
    recount, now = checked.recount, checked.recount.now
    since, until = moments(checked.period.first, checked.period.last)
    in_time = due = overdue = 0
    late = []
    for one in recount.rejections:
        if one.answer_by is None or not since <= one.rejected_at < until:
            continue
        if one.answered_at:
            due += 1
            if one.answered_at <= one.answer_by:
                in_time += 1
            else:
                late.append(recount.worked(one.owner, one.answer_by, one.answered_at))
        elif one.answer_by < now:
            due, overdue = due + 1, overdue + 1
    assert kept.rate == Rate(successes=in_time, n=due)
    assert kept.overdue == overdue
    assert_timed(kept.late, late)


async def check_reps(checked: Checked) -> None:
    recount, period = checked.recount, checked.period
    found = await checked.ask(lambda ctx: reps.of(ctx, period, MIA))
    names = [one.name for one in found.people]
    assert names == sorted(names, key=lambda name: (name or "").casefold())
    quality_of = recount.quality(period.first, period.last, lambda one: one.row.rep)
    for rep in found.people:
        hers = [one for one in checked.offers if one.row.rep == rep.email]
        offered, accepted, decided = quality_of.get(rep.email, (0, 0, 0))
        assert (rep.offered, rep.accepted) == (offered, Rate(successes=accepted, n=decided))
        in_time, due, _ = recount.decisions(hers)
        assert rep.decided == Rate(successes=in_time, n=due)
        in_time, due, _ = recount.first_touches(hers)
        assert rep.touched == Rate(successes=in_time, n=due)
        assert_timed(rep.first_touch, recount.touched_after(hers))
        assert rep.won == sum(
            one.won is not None and one.by == rep.email for one in checked.episodes
        )
    assert {rep.email for rep in found.people} >= set(quality_of)
    assert found.team.offered == sum(counts[0] for counts in quality_of.values())
    of_ben = await checked.ask(lambda ctx: reps.of(ctx, period, BEN))
    assert {one.email for one in of_ben.people} <= {BEN.email}
    assert of_ben.team == found.team
    for outsider in (MAX, None):
        seen = await checked.ask(lambda ctx, who=outsider: reps.of(ctx, period, who))  # type: ignore[misc]
        assert (seen.people, seen.team) == ((), found.team)


async def check_campaigns(checked: Checked) -> None:
    recount, period = checked.recount, checked.period
    found = await checked.ask(lambda ctx: campaigns.of(ctx, period))
    told = {one.name: one for one in found.parts}
    keys: dict[str, Callable[[Episode], str | None]] = {
        "last": lambda one: one.campaign,
        "first": lambda one: one.lead.first_campaign,
    }
    for touch, key in keys.items():
        for name, one in told.items():
            some = [episode for episode in checked.episodes if key(episode) == name]
            paid = [
                episode
                for episode in recount.every_episode
                if key(episode) == name and period.first <= day_of(episode.mql) <= period.last
            ]
            credit = one.last if touch == "last" else one.first
            counts = reached(some)
            assert (credit.mqls, credit.opportunities, credit.won) == (counts[0], *counts[3:])
            assert credit.pipeline == sum(worth(episode) for episode in paid if sold(episode))
            assert credit.revenue == sum(worth(episode) for episode in paid if episode.won)
        assert {key(episode) for episode in checked.episodes} <= set(told)
    came = [
        lead
        for lead in recount.leads.values()
        if period.first <= day_of(lead.received_at) <= period.last
    ]
    for name, one in told.items():
        assert one.leads == sum(lead.first_campaign == name for lead in came)
    assert found.leads == len(came)
    won = [one for one in recount.episodes if one.won and one.campaign == "spring-pricing"]
    spent = told.get("spring-pricing")
    if spent:
        assert spent.won_ever == (len(won) if spent.spend else 0)


async def check_goals(checked: Checked) -> None:
    recount = checked.recount
    found = await checked.ask(lambda ctx: goals.of(ctx, checked.period))
    for goal in found:
        first, last = goal.period.first, goal.period.last
        opened = [
            (at, worth(one))
            for one in recount.every_episode
            if sold(one) and (at := one.opportunity or one.won)
        ]
        booked = [(one.won, worth(one)) for one in recount.every_episode if one.won]
        expected = {
            goals.Target.MQLS: len(recount.qualified_in(first, last)),
            goals.Target.PIPELINE: sum(n for at, n in opened if first <= day_of(at) <= last),
            goals.Target.REVENUE: sum(n for at, n in booked if first <= day_of(at) <= last),
        }
        for target in goal.targets:
            assert target.found == expected[target.target]
    names = {goal.period.label for goal in found}
    assert ("2026-Q4" in names) == (checked.period.first.year < 2027)
    assert ("2027" in names) == (checked.period.last.year >= 2027)


def narrowed(checked: Checked) -> list[tuple[Only, list[Told]]]:
    """Some of what may be named, and the offers it names."""
    offers = checked.offers
    found = []
    for name in {campaign_of(one) for one in offers} - {None}:
        only = Only(by=Breakdown.CAMPAIGN, value=name or "")
        found.append((only, [one for one in offers if campaign_of(one) == name]))
    hers = [one for one in offers if one.row.rep == ANA.email]
    found.append((Only(by=Breakdown.REP, value=ANA.email), hers))
    return found


def campaign_of(one: Told) -> str | None:
    return known(one, "campaign")


def source_of(one: Told) -> str | None:
    return known(one, "source")


def known(one: Told, field: str) -> str | None:
    fields = one.row.snapshot["fields"]
    assert isinstance(fields, dict)
    return fields.get(field)


def knows(row: object, field: str) -> bool:
    fields = row.snapshot["fields"]  # type: ignore[attr-defined]
    return field in fields or f"extra.{field.removeprefix('extra.')}" in fields


def waits(checked: Checked) -> list[timedelta]:
    """How long those who were offered to a rep at last had been MQLs."""
    found = []
    for one in checked.recount.handoffs:
        if one.row.explored:
            continue
        episode = max(
            (
                each
                for each in checked.recount.episodes
                if each.lead.id == one.row.lead_id and each.mql <= one.row.offered_at
            ),
            key=lambda each: each.mql,
        )
        if not checked.period.first <= day_of(episode.mql) <= checked.period.last:
            continue
        if one.row.previous is None and one.row.rep != AGREEMENT.fallback:
            found.append(one.row.offered_at - episode.mql)
        if one.ended and one.ended[0] == "offered_on":
            found.append(one.ended[1] - episode.mql)
    return found


def assert_timed(timing: Timing, expected: list[timedelta]) -> None:
    assert timing.n == len(expected)
    assert timing.median == middle_of(expected)
    assert sum(part.n for part in timing.spread) == len(expected)
