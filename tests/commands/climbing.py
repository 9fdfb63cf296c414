"""A company with a ladder, for the tests of clocks."""

from dataclasses import replace

from commands.climb_ladders import climb
from commands.offer_waiting import offer_waiting
from commands.wake_leads import wake
from leads.agreement import Agreement, Rung, Step
from leads.person import Person
from storage.tables import HistoryRow
from tests.commands.story import ADA, AGREEMENT, ANA, BEN, CEM, MAX, MIA, Story, setup_of

LADDER = (
    Rung(at=0.5, do=Step.REMIND),
    Rung(at=1.0, do=Step.ESCALATE),
    Rung(at=1.25, do=Step.MARK),
    Rung(at=1.5, do=Step.REASSIGN),
)
CLIMBED = ("reminded", "escalated", "marked", "reassigned", "kept")
"""What the ladder writes into the history."""

MANAGED = replace(ANA, manager=MIA.email)


def with_ladder(*ladder: Rung, **changes: object) -> Agreement:
    """The agreement with these steps, or with LADDER."""
    sales = replace(AGREEMENT.sales, ladder=ladder or LADDER, **changes)  # type: ignore[arg-type]
    return replace(AGREEMENT, sales=sales)


def climbing(story: Story, *people: Person, ladder: tuple[Rung, ...] = LADDER) -> Story:
    """The company with a ladder; Ana's manager is Mia."""
    crew = people or (MANAGED, BEN, CEM, MIA, MAX, ADA)
    story.setup = setup_of(*crew, agreement=with_ladder(*ladder))
    return story


async def tick(story: Story) -> None:
    """Every chore that looks after leads, until nothing is left to do."""
    while await story.do(climb) is True:
        pass
    while await story.do(offer_waiting) is True:
        pass
    await story.do(wake)


async def climbed(story: Story, handoff: int) -> list[str]:
    """What the ladder did with a handoff, oldest first."""
    rows = await story.all(HistoryRow, HistoryRow.handoff_id == handoff)
    return [row.act for row in rows if row.act in CLIMBED]
