"""Weeks of a small company in which everything happens that may happen to a lead, drawn by lot."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

from sqlmodel import col, select

from cards.work_forms import outcome_id
from commands import (
    accept_lead,
    climb_ladders,
    log_touch,
    lose_lead,
    offer_waiting,
    open_opportunity,
    pass_lead,
    qualify_lead,
    receive_lead,
    reject_lead,
    release_lead,
    snooze_lead,
    undo_decision,
    wake_leads,
    win_lead,
)
from commands.context import Context
from commands.receive_lead import EmailTaken, IncomingLead
from commands.rejections import answering, contesting, judging
from leads.agreement import Goal, Learning, Rung, Step, Unit, WorkDuration
from leads.lead import Company, EngagementEvent
from leads.rejection import RejectionAnswer, Verdict
from leads.touch import OUTCOMES, TouchKind
from storage.tables import HandoffRow, RejectionRow
from tests.commands.story import ADA, ANA, BEN, CEM, MAX, MIA, Handler, Story, setup_of
from tests.commands.telling import PROMISING

CAMPAIGNS = ("spring-pricing", "webinar", "Fair & Co = x", None)
_SOURCES = ("web", "fair", None)
_REASONS = ("too_small", "not_now", "later", "territory", "other", "bad_data")
_REPS = replace(ANA, capacity=8), replace(BEN, capacity=9), replace(CEM, capacity=7)

AGREEMENT = replace(
    PROMISING,
    sales=replace(
        PROMISING.sales,
        ladder=(Rung(at=1.0, do=Step.ESCALATE), Rung(at=4.0, do=Step.REASSIGN)),
    ),
    marketing=replace(
        PROMISING.marketing, answer_rejections_within=WorkDuration(amount=1, unit=Unit.DAYS)
    ),
    goals=(
        Goal(period="2026-Q4", mqls=200, pipeline=40_000, revenue=10_000),
        Goal(period="2026-12", revenue=5_000),
        Goal(period="2027", mqls=500),
    ),
)


class Weeks:
    """A story in which a random person does a random thing again and again."""

    def __init__(self, story: Story, random: Random, exploration: float = 0.0) -> None:
        self._story = story
        self._random = random
        self._explores = exploration > 0
        agreement = replace(AGREEMENT, learning=Learning(exploration=exploration))
        story.setup = setup_of(*_REPS, MIA, MAX, ADA, agreement=agreement)
        self._received = 0
        self._last: tuple[str, str] | None = None

    async def go_on(self, steps: int) -> None:
        """So many things happen, about three an hour at work and none at night."""
        for _ in range(steps):
            self._pass_time()
            await self._chores()
            act = self._random.choices(
                (
                    self._receive,
                    self._tell_again,
                    self._decide,
                    self._work,
                    self._undo,
                    self._answer,
                    self._judge,
                ),
                weights=(22, 6, 40, 46, 8, 8, 5),
            )[0]
            await act()
        self._pass_time()
        await self._chores()

    def _pass_time(self) -> None:
        clock = self._story.clock
        clock.advance(minutes=self._random.expovariate(1 / 24))
        if clock.now.hour >= 17:
            clock.advance(hours=15)
        if self._random.random() < 0.035:
            clock.advance(days=self._random.randint(4, 25))

    async def _chores(self) -> None:
        chores: tuple[Callable[[Context], object], ...] = (
            wake_leads.wake,
            climb_ladders.climb,
            offer_waiting.offer_waiting,
        )
        for chore in chores:
            while await self._story.do(chore):
                pass

    async def _receive(self) -> None:
        self._received += 1
        await self._take_in(self._received)

    async def _tell_again(self) -> None:
        """Somebody who is known comes by another campaign."""
        if self._received:
            await self._take_in(self._random.randint(1, self._received))

    async def _take_in(self, number: int) -> None:
        random, now = self._random, self._story.clock.now
        incoming = IncomingLead(
            external_id=f"L-{number}",
            email=f"ada{number}@initech.example" if random.random() < 0.9 else None,
            first_name="Ada",
            title="VP Engineering" if random.random() < 0.9 else None,
            campaign=random.choice(CAMPAIGNS),
            source=random.choice(_SOURCES),
            company=Company(name=random.choice(("Initech", None))),
            interests=random.choice((("pricing",), ())),
            extra=random.choice(({"budget": 5}, {})),
            events=(
                EngagementEvent(
                    id=f"e{number}-{now.isoformat()}",
                    type="download",
                    name="Pricing Guide",
                    at=now - timedelta(minutes=5),
                ),
            ),
        )
        if self._explores and number % 3 == 0:  # worth nothing
            incoming = replace(incoming, title=None, events=())

        def receive(ctx: Context) -> None:
            try:
                receive_lead.receive(ctx, incoming)
            except EmailTaken:
                return

        await self._story.do(receive)

    async def _some(self, state: str) -> HandoffRow | None:
        found = await self._story.all(HandoffRow, HandoffRow.state == state)
        return self._random.choice(found) if found else None

    async def _act(self, handler: Handler, subject: object, **values: str) -> None:
        person = self._random.choice((MIA, ADA))
        self._last = (str(subject), person.email)
        await self._story.act(handler, person, str(subject), **values)

    async def _decide(self) -> None:
        handoff = await self._some("offered")
        if handoff is None:
            return
        act = self._random.choices(
            (accept_lead.accept, reject_lead.reject, pass_lead.hand_over, snooze_lead.snooze),
            weights=(52, 28, 13, 7),
        )[0]
        values = self._reason() if act is reject_lead.reject else {}
        if act is snooze_lead.snooze:
            values = {"until": "1h"}
        if act is pass_lead.hand_over:
            values = {"person": self._random.choice((ANA, BEN, CEM)).email}
        await self._act(act, handoff.id, **values)

    def _reason(self) -> dict[str, str]:
        until = (self._story.clock.now + timedelta(days=self._random.randint(2, 30))).date()
        return {
            "reason": self._random.choice(_REASONS),
            "until": until.isoformat(),
            "date": until.isoformat(),
            "text": "They supply us",
            "person": self._random.choice((ANA, BEN, CEM)).email,
        }

    async def _work(self) -> None:
        handoff = await self._some("accepted")
        if handoff is None:
            return
        kind = self._random.choice(tuple(TouchKind))
        outcome = self._random.choice(OUTCOMES[kind])
        touch = {"kind": kind.value, outcome_id(kind): outcome.value}
        amount = str(self._random.choice((0, 999.6, 1200, 3000)))
        worth = {"amount": amount} if self._random.random() < 0.8 else {}
        acts: tuple[tuple[Handler, dict[str, str], int], ...] = (
            (log_touch.log, touch, 40),
            (qualify_lead.qualify, {}, 20),
            (open_opportunity.open_opportunity, worth, 14),
            (win_lead.win, worth, 20),
            (lose_lead.lose, {"reason": "price"}, 9),
            (release_lead.release, self._reason(), 8),
        )
        act, values, _ = self._random.choices(acts, weights=[one[2] for one in acts])[0]
        await self._act(act, handoff.id, **values)

    async def _undo(self) -> None:
        if self._last is None:
            return
        subject, email = self._last
        person = MIA if email == MIA.email else ADA
        if self._random.random() < 0.6:
            self._story.clock.advance(seconds=20)
        await self._story.act(undo_decision.undo, person, subject)

    async def _answer(self) -> None:
        rejection = await self._some_rejection()
        if rejection:
            said = self._random.choice(tuple(RejectionAnswer)).value
            await self._story.act(
                answering.answer, MAX, str(rejection.feedback_id), answer=said, text="Mended"
            )

    async def _judge(self) -> None:
        rejection = await self._some_rejection()
        if rejection:
            subject = str(rejection.feedback_id)
            verdict = self._random.choice(tuple(Verdict)).value
            await self._story.act(contesting.contest, MAX, subject, evidence="They asked for it")
            for judge in (MIA, ADA):
                await self._story.act(judging.judge, judge, subject, verdict=verdict, text="So")

    async def _some_rejection(self) -> RejectionRow | None:
        newest = select(RejectionRow).order_by(col(RejectionRow.feedback_id).desc()).limit(8)
        found = await self._story.database.read(lambda session: list(session.exec(newest)))
        return self._random.choice(found) if found else None
