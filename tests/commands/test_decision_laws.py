"""What no sequence of decisions can break."""

from collections import Counter
from dataclasses import replace
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from commands.accept_lead import accept
from commands.card_kind import CardKind
from commands.log_touch import log
from commands.pass_lead import hand_over
from commands.qualify_lead import qualify
from commands.reject_lead import reject
from commands.rejections.answering import answer
from commands.rejections.contesting import contest
from commands.rejections.judging import judge
from commands.release_lead import release
from commands.snooze_lead import snooze
from commands.undo_decision import undo
from commands.wake_leads import wake
from leads.agreement import MarketingPromise, Unit, WorkDuration
from leads.lifecycle import OPEN_STATES, HandoffState, Stage
from leads.person import Person
from storage.database import Database
from storage.feedback import VERDICTS
from storage.statistics import still_stands
from storage.tables import FeedbackRow, HandoffRow, LeadRow, RejectionRow
from tests.commands.story import (
    ADA,
    AGREEMENT,
    ANA,
    BEN,
    CEM,
    MAX,
    MIA,
    REASONS,
    Story,
    setup_of,
)
from tests.conftest import Clock

_PEOPLE = (ANA, BEN, CEM, MIA)
_ACTS = (
    *("accept", "reject", "pass", "snooze", "undo", "later", "wake", "offer"),
    *("touch", "qualify", "release", "answer", "contest", "judge"),
)
_AGREEMENT = replace(
    AGREEMENT,
    sales=replace(AGREEMENT.sales, attempts=1),
    marketing=MarketingPromise(
        answer_rejections_within=WorkDuration(amount=2, unit=Unit.DAYS),
    ),
)

steps = st.lists(
    st.tuples(
        st.sampled_from(_ACTS),
        st.integers(0, 5),
        st.sampled_from(_PEOPLE),
        st.sampled_from(REASONS),
        st.integers(1, 20_000),
    ),
    max_size=30,
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=steps)
async def test_decisions_in_any_order_leave_one_owner_and_true_counts(
    migrated_file: Path, steps: list[tuple[str, int, Person, object, int]]
) -> None:
    with TemporaryDirectory() as folder:
        file = copy(migrated_file, Path(folder) / "baton.db")
        database = Database.open(f"sqlite:///{file}")
        try:
            story = Story(database=database, clock=Clock(), setup=setup_of(agreement=_AGREEMENT))
            await story.begin()
            await story.offer(ANA)
            for step in steps:
                await _take(story, *step)
            await _check(story)
        finally:
            await database.close()


async def _take(
    story: Story, act: str, which: int, who: Person, reason: object, minutes: int
) -> None:
    handoffs = await story.all(HandoffRow)
    subject = str(handoffs[-1 - which % len(handoffs)].id)
    match act:
        case "accept":
            await story.act(accept, who, subject)
        case "reject":
            answers = {
                "until": f"{story.clock.now.year + 1}-01-15",
                "lead": "1",
                "person": (BEN.email, "")[which % 2],
                "text": "hm",
            }
            await story.act(reject, who, subject, reason=reason.code, **answers)  # type: ignore[attr-defined]
        case "touch" | "qualify" | "release":
            await _work(story, act, subject, who, reason, BEN.email if which % 2 else "")
        case "answer" | "contest" | "judge":
            await _take_up(story, act, which)
        case "pass":
            await story.act(hand_over, who, subject, person=_PEOPLE[which % 3].email)
        case "snooze":
            await story.act(snooze, who, subject, until=("1h", "3h", "morning")[which % 3])
        case "undo":
            await story.act(undo, who, subject)
        case "later":
            story.clock.advance(minutes=minutes if which == 0 else minutes % 12)
        case "wake":
            await story.do(wake)
        case _:
            await story.offer()


async def _work(
    story: Story, act: str, subject: str, who: Person, reason: object, person: str
) -> None:
    """What becomes of a lead that somebody accepted."""
    match act:
        case "touch":
            await story.act(log, who, subject, kind="called", outcome_called="no_answer")
        case "qualify":
            await story.act(qualify, who, subject)
        case _:
            given = {"until": "2028-01-14", "lead": "1", "text": "hm", "person": person}
            await story.act(release, who, subject, reason=reason.code, **given)  # type: ignore[attr-defined]


async def _take_up(story: Story, act: str, which: int) -> None:
    """Marketing answers or contests a rejection, or a manager decides a dispute."""
    rejected = [row for row in await story.all(FeedbackRow) if row.decision == "rejected"]
    if not rejected:
        return
    subject = str(rejected[-1 - which % len(rejected)].id)
    match act:
        case "answer":
            await story.act(answer, MAX, subject, answer="agreed")
        case "contest":
            await story.act(contest, MAX, subject, evidence="They are 140 people")
        case _:
            verdict = ("overturned", "overturned", "upheld")[which % 3]
            await story.act(judge, (MIA, ADA)[which % 2], subject, verdict=verdict)


_STAGES = {
    HandoffState.OFFERED: {Stage.MQL},
    HandoffState.ACCEPTED: {Stage.SAL, Stage.SQL},
    None: {Stage.RECYCLED, Stage.DISQUALIFIED},
}


async def _check(story: Story) -> None:
    handoffs = await story.all(HandoffRow)
    leads = await story.all(LeadRow)
    for lead in leads:
        held = [row for row in handoffs if row.lead_id == lead.id and row.state in OPEN_STATES]
        assert len(held) <= 1
        state = HandoffState(held[0].state) if held else None
        assert Stage(lead.stage) in _STAGES[state]
        assert (lead.recycle_at is None) or lead.stage == Stage.RECYCLED
        assert lead.sal_at is not None or lead.stage not in {Stage.SAL, Stage.SQL}
        assert lead.sal_at is None or lead.stage != Stage.MQL
        assert await story.card(CardKind.HANDOFF_LINE, lead.id) is not None
    for handoff in handoffs:
        assert (handoff.decided_at is None) == (handoff.state == HandoffState.OFFERED)
        assert handoff.snoozes <= 2
        await story.card(CardKind.BATTLE_CARD, handoff.id)
    feedback = await story.all(FeedbackRow)
    rejections = await _rejections(story)
    _check_rejections(handoffs, feedback, rejections)
    await _check_standing(story, handoffs)
    recomputed = _recompute(leads, handoffs, feedback)
    tallies = await story.tallies()
    for measure in ("offered", "accepted", "rejected", "reached_sal"):
        kept = {key: n for key, n in tallies.items() if key[0] == measure}
        assert kept == {key: n for key, n in recomputed.items() if key[0] == measure}
    # Of those that were answered some may have been overturned since: they were owed all the same.
    assert tallies.get(("answer_owed", "all", ""), 0) == len(rejections)
    answered = sum(row.answered_at is not None for row in rejections)
    kinds = ("answered_in_time", "answered_late")
    assert sum(tallies.get((kind, "all", ""), 0) for kind in kinds) == answered


async def _rejections(story: Story) -> list[RejectionRow]:
    return await story.database.read(lambda session: list(session.exec(select(RejectionRow))))


def _check_rejections(
    handoffs: list[HandoffRow], feedback: list[FeedbackRow], rejections: list[RejectionRow]
) -> None:
    """Every rejection has its one row, and what was taken back has none."""
    newest = {row.handoff_id: row.id for row in feedback if row.decision == "rejected"}
    overturned = {row.handoff_id for row in rejections if row.verdict == "overturned"}
    standing = {row.id for row in handoffs if row.state == HandoffState.REJECTED}
    assert {row.handoff_id for row in rejections} == standing | overturned
    assert not standing & overturned
    assert all(newest[row.handoff_id] == row.feedback_id for row in rejections)
    verdicts = Counter(row.handoff_id for row in feedback if row.decision in VERDICTS)
    assert verdicts == Counter(row.handoff_id for row in rejections if row.verdict)
    for row in rejections:
        assert row.disputed_at or not row.verdict
        assert row.verdict_by not in {row.disputed_by, "ana@acme.example"} or not row.verdict


async def _check_standing(story: Story, handoffs: list[HandoffRow]) -> None:
    """A decision stands as long as the handoff's state says so, and never twice."""
    stands = await story.all(FeedbackRow, still_stands())
    found = sorted((row.handoff_id, row.decision) for row in stands)
    decided = {HandoffState.ACCEPTED, HandoffState.REJECTED, HandoffState.PASSED}
    assert found == sorted((row.id or 0, row.state) for row in handoffs if row.state in decided)


def _recompute(
    leads: list[LeadRow], handoffs: list[HandoffRow], feedback: list[FeedbackRow]
) -> Counter[tuple[str, str, str]]:
    counted: Counter[tuple[str, str, str]] = Counter()
    of = {lead.id: lead for lead in leads}
    reasons = {row.handoff_id: row.reason for row in feedback if row.decision == "rejected"}
    for row in handoffs:
        lead = of[row.lead_id]
        values = [
            ("all", ""),
            ("campaign", lead.campaign),
            ("source", lead.source),
            ("rep", row.rep),
        ]
        accepted = _accepted(feedback, row.id or 0)
        rerouted = any(one.previous == row.id for one in handoffs)
        measures = []
        if row.state not in {HandoffState.PASSED, HandoffState.WITHDRAWN}:
            measures.append("offered")
        if row.state == HandoffState.ACCEPTED:
            measures += ["accepted", "reached_sal"]
        if row.state == HandoffState.REJECTED:
            measures += ["rejected", *(("reached_sal",) if accepted and not rerouted else ())]
            reason = str(reasons[row.id or 0])
            counted["rejected", "reason", reason] += 1
            for dimension, value in values[1:]:
                counted["rejected", f"{dimension}={value}", reason] += 1
        for measure in measures:
            for dimension, value in values:
                counted[measure, dimension, value or ""] += 1
            if measure == "reached_sal" and lead.first_campaign:
                counted[measure, "first_campaign", lead.first_campaign] += 1
    return counted


def _accepted(feedback: list[FeedbackRow], handoff: int) -> bool:
    """Whether the handoff was accepted at some time, and that wasn't taken back."""
    kept: list[str] = []
    for row in feedback:
        if row.handoff_id == handoff and row.decision not in VERDICTS:
            kept = kept[:-1] if row.decision == "undone" else [*kept, row.decision]
    return "accepted" in kept
