"""What the tests of rejections share: a company whose marketing answers within two days."""

from dataclasses import dataclass, replace

from sqlmodel import select

from commands.accept_lead import accept
from commands.log_touch import log
from commands.reject_lead import reject
from commands.rejections.contesting import contest
from commands.reply import Nothing
from leads.agreement import MarketingPromise, Unit, WorkDuration
from leads.person import Person, Role
from storage.tables import FeedbackRow, RejectionRow
from tests.commands.story import ADA, AGREEMENT, ANA, BEN, CEM, MAX, MIA, Story, person, setup_of

TOM = person("Tom Berg", Role.MANAGER)
TEAM = (ANA, BEN, CEM, MIA, TOM, MAX, ADA)
ANSWERING = replace(
    AGREEMENT,
    marketing=MarketingPromise(
        answer_rejections_within=WorkDuration(amount=2, unit=Unit.DAYS),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """A lead that was rejected; `subject` is the feedback's."""

    lead: int
    handoff: int
    subject: str


def answering(story: Story) -> Story:
    """The company with a promise to answer, and two managers."""
    story.setup = setup_of(*TEAM, agreement=ANSWERING)
    return story


async def rejected(
    story: Story, rep: Person = ANA, *, reason: str = "too_small", **answer: str
) -> Rejected:
    """A new lead that `rep` rejected."""
    offered = await story.offer(rep)
    assert await story.act(reject, rep, offered.subject, reason=reason, **answer) == Nothing()
    return await newest(story, offered.lead, offered.handoff)


async def contested(story: Story, rep: Person = ANA) -> Rejected:
    """A new lead that `rep` rejected, which marketing contests."""
    found = await rejected(story, rep)
    evidence = "Their site says 140 people"
    assert await story.act(contest, MAX, found.subject, evidence=evidence) == Nothing()
    return found


async def accepted(story: Story, rep: Person = ANA, *, touches: int = 0) -> str:
    """A new lead that `rep` accepted and tried to reach so many times: its handoff's id."""
    offered = await story.offer(rep)
    await story.act(accept, rep, offered.subject)
    for _ in range(touches):
        story.clock.advance(hours=1)
        await story.act(log, rep, offered.subject, kind="called", outcome_called="no_answer")
    return offered.subject


async def newest(story: Story, lead: int, handoff: int) -> Rejected:
    """The newest rejection."""
    row = [one for one in await story.all(FeedbackRow) if one.decision == "rejected"][-1]
    return Rejected(lead=lead, handoff=handoff, subject=str(row.id))


async def kept(story: Story) -> list[RejectionRow]:
    """Every rejection that wasn't taken back, oldest first."""
    question = select(RejectionRow).order_by("feedback_id")
    return await story.database.read(lambda session: list(session.exec(question)))
