"""What the tests of reviews share: a company that reviews itself, and leads in every state."""

from dataclasses import replace
from typing import Any

from sqlmodel import select

from cards.work_forms import outcome_id
from commands import (
    accept_lead,
    log_touch,
    qualify_lead,
    reject_lead,
    win_lead,
)
from commands.context import Context
from leads.person import Person
from leads.touch import TouchKind
from storage.tables import TouchRow
from tests.commands.story import ANA, Offered, Story
from tests.commands.telling import ANSWERING, promising


def reviewing(story: Story, **more: object) -> Story:
    promising(story)
    agreement = replace(ANSWERING, **more)  # type: ignore[arg-type]
    story.setup = replace(story.setup, agreement=agreement)
    return story


async def decide(
    story: Story, accepted: int, rejected: int, rep: Person = ANA, **lead: Any
) -> None:
    """So many leads that were accepted and rejected at once."""
    for _ in range(accepted):
        offered = await story.offer(rep, **lead)
        await story.act(accept_lead.accept, rep, offered.subject)
    for _ in range(rejected):
        offered = await story.offer(rep, **lead)
        await story.act(reject_lead.reject, rep, offered.subject, reason="too_small")


async def touched(story: Story, one: Offered, rep: Person, **more: object) -> None:
    """A call that reached the lead, with what it objected and was shown."""
    values = {outcome_id(TouchKind.CALLED): "reached", "kind": "called"}
    await story.act(log_touch.log, rep, one.subject, **values)

    def tell(ctx: Context) -> None:
        newest = ctx.session.exec(select(TouchRow).where(TouchRow.lead_id == one.lead)).all()[-1]
        for name, value in more.items():
            setattr(newest, name, value)
        ctx.session.add(newest)

    await story.do(tell)


async def won(story: Story, rep: Person = ANA, amount: str = "9000", **lead: Any) -> Offered:
    one = await story.offer(rep, **lead)
    await story.act(accept_lead.accept, rep, one.subject)
    await touched(story, one, rep, content="https://acme.example/roi")
    await story.act(qualify_lead.qualify, rep, one.subject)
    await story.act(win_lead.win, rep, one.subject, amount=amount)
    return one
