"""Where a lead goes that isn't the rep's, when the colleague is away or there is nobody else."""

from dataclasses import replace
from datetime import date

from cards.model import Choice
from commands.reject_lead import ask, reject
from commands.reply import Ask, Nothing
from leads.agreement import Reason, Teaches
from leads.lifecycle import HandoffState
from leads.person import Leave
from tests.commands.story import ADA, AGREEMENT, ANA, BEN, CEM, MAX, MIA, Story, setup_of, words_of

_TODAY = Leave(first=date(2026, 11, 23), last=date(2026, 11, 23))


async def test_a_colleague_on_leave_is_neither_shown_nor_taken(story: Story) -> None:
    story.setup = setup_of(ANA, replace(BEN, leave=(_TODAY,)), CEM, MIA, MAX, ADA)
    offered = await story.offer(ANA)
    reply = await story.act(ask, ANA, offered.subject, reason="territory")
    assert isinstance(reply, Ask)
    (reasons,) = [block for block in reply.form.blocks if isinstance(block, Choice)]
    (whose,) = reasons.then["territory"]
    assert isinstance(whose, Choice)
    assert [option.value for option in whose.options] == [CEM.email]
    values = {"reason": "territory", "person": BEN.email}
    assert words_of(await story.act(reject, ANA, offered.subject, **values)) == (
        "person: person_away"
    )
    assert (await story.handoff(offered.handoff)).state == HandoffState.OFFERED


async def _at_the_end(story: Story) -> str:
    """A lead that every rep had, and the fallback has."""
    offered = await story.offer(ANA)
    for _ in range(3):
        newest = (await story.handoffs(offered.lead))[-1]
        rep = story.setup.team.find(newest.rep)
        assert rep
        await story.act(reject, rep, str(newest.id), reason="territory")
    last = (await story.handoffs(offered.lead))[-1]
    assert last.rep == MIA.email
    return str(last.id)


async def test_the_fallback_does_not_get_back_what_nobody_else_can_take(story: Story) -> None:
    subject = await _at_the_end(story)
    refused = await story.act(reject, MIA, subject, reason="territory")
    assert words_of(refused) == "person: nobody_else"
    assert (await story.handoff(int(subject))).state == HandoffState.OFFERED
    values = {"reason": "territory", "person": BEN.email}
    assert await story.act(reject, MIA, subject, **values) == Nothing()
    handoff = await story.handoff(int(subject))
    assert (await story.handoffs(handoff.lead_id))[-1].rep == BEN.email


async def test_a_reason_that_asks_for_nobody_says_what_else_to_do(story: Story) -> None:
    elsewhere = Reason(code="elsewhere", label="Not ours", teaches=Teaches.ROUTING)
    story.setup = setup_of(agreement=replace(AGREEMENT, reasons=(*AGREEMENT.reasons, elsewhere)))
    subject = await _at_the_end(story)
    refused = await story.act(reject, MIA, subject, reason="elsewhere")
    assert words_of(refused) == "reason: nobody_else_here"
    handoff = await story.handoff(int(subject))
    assert handoff.state == HandoffState.OFFERED


async def test_the_fallback_sends_a_lead_on_while_somebody_can_take_it(story: Story) -> None:
    offered = await story.offer(MIA)
    assert await story.act(reject, MIA, offered.subject, reason="territory") == Nothing()
    assert (await story.handoffs(offered.lead))[-1].rep in {ANA.email, BEN.email, CEM.email}
