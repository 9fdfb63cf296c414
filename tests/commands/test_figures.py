"""Every figure that Baton tells equals one that is counted again from the rows, one by one."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from cards.digest_card import DigestView
from cards.model import Card, Paragraph
from cards.promise_lines import Promise, RateLine, VolumeLine
from cards.work_forms import outcome_id
from commands import (
    accept_lead,
    log_touch,
    lose_lead,
    open_opportunity,
    pass_lead,
    qualify_lead,
    reject_lead,
    undo_decision,
    win_lead,
)
from commands.compose_digest import compose, compose_details
from leads.person import Role
from leads.rates import Rate
from leads.touch import TouchKind
from storage.tables import FeedbackRow, HandoffRow, LeadRow
from tests.commands.story import MIA, ZONE, Handler, Story
from tests.commands.telling import answer_card, promising, table

_OFFERS = 45
_CAMPAIGNS = ("spring-pricing", "webinar", None)
_SOURCES = ("web", "fair", None)
_HOLIDAYS = {date(2026, 12, 8), date(2026, 12, 25)}
_REASONS = ("too_small", "not_now", "territory", "other", "bad_data")


async def make_history(story: Story, random: Random) -> None:
    """Some weeks of leads that are offered and decided in every way, some of it taken back."""
    reps = [person for person in story.setup.team.people if Role.REP in person.roles]
    for _ in range(_OFFERS):
        story.clock.advance(hours=random.expovariate(1 / 9))
        offered = await story.offer(
            random.choice(reps),
            campaign=random.choice(_CAMPAIGNS),
            source=random.choice(_SOURCES),
            company_name=random.choice(("Initech", None)),
            interests=random.choice((["pricing"], [])),
            extra=random.choice(({"budget": 5}, {"budget": "none"}, {})),
        )
        if random.random() < 0.15:
            continue
        story.clock.advance(minutes=random.expovariate(1 / 60))
        await decide(story, random, offered.lead)


async def decide(story: Story, random: Random, lead: int) -> None:
    """What a rep may do with an offer, drawn by lot."""
    subject = str((await story.handoffs(lead))[-1].id)

    async def act(handler: Handler, **values: str) -> None:
        await story.act(handler, MIA, subject, **values)

    def perhaps(share: float) -> bool:
        return random.random() < share

    if perhaps(0.1):
        await act(pass_lead.hand_over, person="cem@acme.example")
        subject = str((await story.handoffs(lead))[-1].id)
    if perhaps(0.45):
        day = (story.clock.now + timedelta(days=400)).date().isoformat()
        await act(
            reject_lead.reject,
            reason=random.choice(_REASONS),
            until=day,
            date=day,
            text="a supplier",
            person="ben@acme.example",
        )
        if perhaps(0.2):
            await act(undo_decision.undo)
        return
    await act(accept_lead.accept)
    if perhaps(0.15):
        await act(undo_decision.undo)
        return
    story.clock.advance(hours=random.expovariate(1 / 8))
    if perhaps(0.7):
        await act(log_touch.log, kind="called", **{outcome_id(TouchKind.CALLED): "reached"})
    steps: Iterable[tuple[float, Handler, dict[str, str]]] = (
        (0.6, qualify_lead.qualify, {}),
        (0.6, open_opportunity.open_opportunity, {"amount": "1000"}),
        (0.5, win_lead.win, {"amount": "1000"}),
        (0.3, lose_lead.lose, {"reason": "price"}),
    )
    for share, handler, values in steps:
        if perhaps(share):
            await act(handler, **values)


class Recount:
    """The same history, counted the slow way."""

    def __init__(
        self,
        leads: Iterable[LeadRow],
        handoffs: Iterable[HandoffRow],
        feedback: Iterable[FeedbackRow],
        now: datetime,
    ) -> None:
        self.leads = {lead.id: lead for lead in leads}
        self.handoffs = list(handoffs)
        newest: dict[int, FeedbackRow] = {}
        for row in feedback:
            newest[row.handoff_id] = row
        self.standing = list(newest.values())
        self.now = now

    @classmethod
    async def of(cls, story: Story) -> "Recount":
        return cls(
            await story.all(LeadRow),
            await story.all(HandoffRow),
            await story.all(FeedbackRow),
            story.clock.now,
        )

    def quality(
        self, first: date, last: date, key: Callable[[HandoffRow], str | None]
    ) -> dict[str | None, tuple[int, int, int]]:
        """Offered, accepted and decided by key."""
        found: dict[str | None, list[int]] = {}
        for handoff in self.handoffs:
            day = handoff.offered_at.astimezone(ZoneInfo(ZONE)).date()
            if handoff.state in {"passed", "withdrawn"} or not first <= day <= last:
                continue
            counts = found.setdefault(key(handoff), [0, 0, 0])
            is_accepted = handoff.state in {"accepted", "completed"}
            counts[0] += 1
            counts[1] += is_accepted
            counts[2] += is_accepted or handoff.state == "rejected"
        return {value: (a, b, c) for value, (a, b, c) in found.items()}

    def funnel(self) -> list[int]:
        leads = [lead for lead in self.leads.values() if lead.mql_at]
        return [
            len(leads),
            sum(lead.sal_at is not None for lead in leads),
            sum(lead.sql_at is not None for lead in leads),
            sum(bool(lead.opportunity_at or lead.won_at) for lead in leads),
            sum(lead.won_at is not None for lead in leads),
        ]

    def decided(self, decision: str, since: datetime, until: datetime) -> list[FeedbackRow]:
        return [
            row
            for row in self.standing
            if row.decision == decision and since <= row.decided_at < until
        ]

    def waiting(self) -> dict[str, tuple[int, int, int, int]]:
        found: dict[str, list[int]] = {}
        for handoff in self.handoffs:
            if handoff.state == "offered":
                cells = (1, int(handoff.accept_by < self.now), 0, 0)
            elif handoff.state == "accepted" and handoff.first_touch_at is None:
                assert handoff.contact_by is not None
                cells = (0, 0, 1, int(handoff.contact_by < self.now))
            else:
                continue
            counts = found.setdefault(handoff.rep, [0, 0, 0, 0])
            for place, cell in enumerate(cells):
                counts[place] += cell
        return {rep: (a, b, c, d) for rep, (a, b, c, d) in found.items()}


def rows_of(card: Card) -> dict[str | None, tuple[int, int, int]]:
    """What a quality card's table tells."""
    shown = table(card)
    found: dict[str | None, tuple[int, int, int]] = {}
    for name, share, _, _, offered in shown.rows if shown else ():
        rate = share.values["rate"]
        assert isinstance(rate, Rate)
        value = name.values["name"]
        assert value is None or isinstance(value, str)
        assert isinstance(offered.values["n"], int)
        found[value] = (offered.values["n"], rate.successes, rate.n)
    return found


def working_day_before(day: date) -> date:
    before = day - timedelta(days=1)
    while before.weekday() > 4 or before in _HOLIDAYS:
        before -= timedelta(days=1)
    return before


def slot(day: date) -> datetime:
    return datetime.combine(day, time(9), ZoneInfo(ZONE)).astimezone(UTC)


@pytest.mark.parametrize("seed", range(3))
async def test_every_figure_equals_a_recount(story: Story, seed: int) -> None:
    await make_history(promising(story), Random(seed))
    recount = await Recount.of(story)
    await check_quality(story, recount)
    await check_reasons(story, recount)
    await check_funnel(story, recount)
    today = story.clock.now.astimezone(ZoneInfo(ZONE)).date()
    for days in range(6):
        await check_digest(story, recount, today - timedelta(days=days))


async def check_quality(story: Story, recount: Recount) -> None:
    today = story.clock.now.astimezone(ZoneInfo(ZONE)).date()
    names = {person.email: person.name for person in story.setup.team.people}
    keys: dict[str, Callable[[HandoffRow], str | None]] = {
        "campaign": lambda handoff: recount.leads[handoff.lead_id].campaign,
        "source": lambda handoff: recount.leads[handoff.lead_id].source,
        "rep": lambda handoff: names[handoff.rep],
    }
    for period, first in (("all", date(2000, 1, 1)), ("last 7 days", today - timedelta(days=6))):
        for by, key in keys.items():
            card = await answer_card(story, MIA, f"quality {by} {period}")
            assert rows_of(card) == recount.quality(first, today, key)


async def check_reasons(story: Story, recount: Recount) -> None:
    shown = await answer_card(story, MIA, "reasons all")
    told = {
        block.text.values["label"]: block.text.values["share"]
        for block in shown.blocks
        if isinstance(block, Paragraph) and block.text.macro == "reason"
    }
    labels = {reason.code: reason.label for reason in story.setup.agreement.reasons}
    counted = Counter(
        labels[row.reason or ""] for row in recount.standing if row.decision == "rejected"
    )
    assert told == {label: Rate(successes=n, n=counted.total()) for label, n in counted.items()}


async def check_funnel(story: Story, recount: Recount) -> None:
    shown = table(await answer_card(story, MIA, "funnel all"))
    assert shown
    assert [row[1].values["n"] for row in shown.rows] == recount.funnel()


async def check_digest(story: Story, recount: Recount, day: date) -> None:
    since, until = slot(working_day_before(day)), min(slot(day), recount.now)
    view = await story.database.read(lambda session: compose(story.context(session), day))
    assert view
    assert view.handed_over == len(
        {one.lead_id for one in recount.handoffs if since <= one.offered_at < until}
    )
    assert view.accepted == len(recount.decided("accepted", since, until))
    rejected = recount.decided("rejected", since, until)
    assert view.rejected == len(rejected)
    by_label = Counter(row.reason_label for row in rejected)
    assert sorted(n for _, n in view.rejected_for) == sorted(by_label.values())[-3:]
    names = {person.email: person.name for person in story.setup.team.people}
    details = await story.database.read(
        lambda session: compose_details(story.context(session), day)
    )
    assert {
        line.rep: (line.to_decide, line.decide_late, line.to_touch, line.touch_late)
        for line in (details.waiting if details else ())
    } == {names[rep]: counts for rep, counts in recount.waiting().items()}
    check_promises(view, recount, day)


def check_promises(view: DigestView, recount: Recount, today: date) -> None:
    first = datetime.combine(today - timedelta(days=7), time(), ZoneInfo(ZONE))
    last = datetime.combine(today, time(), ZoneInfo(ZONE))
    offers = [one for one in recount.handoffs if first <= one.offered_at < last]
    due = [
        one
        for one in recount.handoffs
        if first <= one.accept_by < last
        and not (one.state == "withdrawn" and one.decided_at and one.decided_at <= one.accept_by)
    ]
    owed = [one for one in recount.handoffs if one.contact_by and first <= one.contact_by < last]
    leads = {one.lead_id: recount.leads[one.lead_id] for one in offers}.values()
    complete = [
        lead
        for lead in leads
        if lead.email
        and lead.company_name
        and lead.campaign
        and "budget" in lead.extra
        and lead.interests
    ]
    total = recount.quality(today - timedelta(days=7), today - timedelta(days=1), lambda _: "")
    _, accepted, decided = total.get("", (0, 0, 0))
    expected = {
        Promise.DECIDE: (
            sum(bool(one.decided_at and one.decided_at <= one.accept_by) for one in due),
            len(due),
        ),
        Promise.TOUCH: (
            sum(
                bool(one.first_touch_at and one.contact_by) and one.first_touch_at <= one.contact_by  # type: ignore[operator]
                for one in owed
            ),
            len(owed),
        ),
        Promise.ACCEPTANCE: (accepted, decided),
        Promise.FIELDS: (len(complete), len(leads)),
    }
    told = {
        line.promise: (line.rate.successes, line.rate.n)
        for line in view.promises
        if isinstance(line, RateLine) and line.promise in expected
    }
    assert told == {promise: pair for promise, pair in expected.items() if pair[1]}
    (volume,) = (line for line in view.promises if isinstance(line, VolumeLine))
    before = working_day_before(today)
    monday = before - timedelta(days=before.weekday())
    assert volume.found == sum(
        monday <= lead.mql_at.astimezone(ZoneInfo(ZONE)).date() < today
        for lead in recount.leads.values()
        if lead.mql_at
    )
