"""What no sequence of decisions can break."""

from collections import Counter
from pathlib import Path
from shutil import copy
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from commands.accept_lead import accept
from commands.card_kind import CardKind
from commands.pass_lead import hand_over
from commands.reject_lead import reject
from commands.snooze_lead import snooze
from commands.undo_decision import undo
from commands.wake_leads import wake
from leads.lifecycle import OPEN_STATES, HandoffState, Stage
from leads.person import Person
from storage.database import Database
from storage.tables import FeedbackRow, HandoffRow, LeadRow
from tests.commands.story import ANA, BEN, CEM, MIA, REASONS, Story, setup_of
from tests.conftest import Clock

_PEOPLE = (ANA, BEN, CEM, MIA)
_ACTS = ("accept", "reject", "pass", "snooze", "undo", "later", "wake", "offer")

steps = st.lists(
    st.tuples(
        st.sampled_from(_ACTS),
        st.integers(0, 5),
        st.sampled_from(_PEOPLE),
        st.sampled_from(REASONS),
        st.integers(1, 20_000),
    ),
    max_size=25,
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
            story = Story(database=database, clock=Clock(), setup=setup_of())
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


_STAGES = {
    HandoffState.OFFERED: {Stage.MQL},
    HandoffState.ACCEPTED: {Stage.SAL},
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
        assert (lead.sal_at is not None) == (lead.stage == Stage.SAL)
        assert await story.card(CardKind.HANDOFF_LINE, lead.id) is not None
    for handoff in handoffs:
        assert (handoff.decided_at is None) == (handoff.state == HandoffState.OFFERED)
        assert handoff.snoozes <= 2
        await story.card(CardKind.BATTLE_CARD, handoff.id)
    recomputed = _recompute(leads, handoffs, await story.all(FeedbackRow))
    tallies = await story.tallies()
    for measure in ("offered", "accepted", "rejected", "reached_sal"):
        kept = {key: n for key, n in tallies.items() if key[0] == measure}
        assert kept == {key: n for key, n in recomputed.items() if key[0] == measure}


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
        measures = []
        if row.state not in {HandoffState.PASSED, HandoffState.WITHDRAWN}:
            measures.append("offered")
        if row.state == HandoffState.ACCEPTED:
            measures += ["accepted", "reached_sal"]
        if row.state == HandoffState.REJECTED:
            measures.append("rejected")
            counted["rejected", "reason", str(reasons[row.id or 0])] += 1
        for measure in measures:
            for dimension, value in values:
                counted[measure, dimension, value or ""] += 1
    return counted
