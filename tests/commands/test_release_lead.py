"""A rep gives back what they had accepted."""

import pytest

from cards import terminal
from cards.model import Choice, Note
from commands.accept_lead import accept
from commands.card_kind import CardKind
from commands.lose_lead import lose
from commands.open_opportunity import open_opportunity
from commands.qualify_lead import qualify
from commands.reject_lead import ask as ask_reject
from commands.reject_lead import reject
from commands.rejections.answering import answer
from commands.rejections.contesting import contest
from commands.rejections.judging import judge
from commands.release_lead import ask, release
from commands.reply import Ask, Correct, Nothing
from commands.show_lead import card_of
from commands.undo_decision import undo
from leads.lifecycle import HandoffState, Stage
from storage.feedback import all_feedback
from storage.statistics import still_stands
from storage.tables import FeedbackRow
from tests.commands.rejecting import accepted, answering, kept
from tests.commands.story import ANA, BEN, MAX, MIA, Story, words_of
from tests.conftest import Clock


@pytest.fixture(autouse=True)
def promised(story: Story) -> None:
    answering(story)


async def _standing(story: Story) -> list[str]:
    return [row.decision for row in await story.all(FeedbackRow, still_stands())]


async def test_what_doesnt_fit_after_all_is_given_back_and_the_last_word_counts(
    story: Story,
) -> None:
    subject = await accepted(story, touches=1)
    assert await story.act(release, ANA, subject, reason="too_small") == Nothing()
    handoff = await story.handoff(int(subject))
    lead = await story.lead(handoff.lead_id)
    assert (handoff.state, lead.stage, lead.owner) == (
        HandoffState.REJECTED,
        Stage.DISQUALIFIED,
        None,
    )
    assert await _standing(story) == ["rejected"]
    tallies = await story.tallies()
    assert ("accepted", "all", "") not in tallies
    assert tallies["rejected", "reason", "too_small"] == 1
    assert tallies["offered", "all", ""] == tallies["reached_sal", "all", ""] == 1
    ((where, said),) = await story.told(CardKind.REJECTION)
    assert where == "channel:#handoffs"
    assert "Ana Ortiz gave this lead back: Company too small. It's closed." in said
    assert "Max Stein, it came from Spring pricing. Please answer by" in said
    (row,) = await kept(story)
    assert row.owner == MAX.email
    card = await story.do(lambda ctx: card_of(ctx, handoff.lead_id), MIA)
    assert card
    assert "Ana Ortiz gave it back: Company too small" in terminal.text(card)


async def test_unreachable_counts_after_the_touches_of_the_agreement(story: Story) -> None:
    offered = await story.offer(ANA)
    told = await story.act(reject, ANA, offered.subject, reason="unreachable")
    assert isinstance(told, Correct)
    assert told.errors["reason"].values["touches"] == 0
    form = await story.act(ask_reject, ANA, offered.subject, reason="unreachable")
    assert isinstance(form, Ask)
    notes = [one.text for one in form.form.blocks if isinstance(one, Note)]
    assert [one.macro for one in notes] == ["about_reject", "too_early"]
    assert (await story.handoff(offered.handoff)).state == HandoffState.OFFERED

    subject = await accepted(story, touches=2)
    told = await story.act(release, ANA, subject, reason="unreachable")
    assert isinstance(told, Correct)
    values = told.errors["reason"].values
    assert (values["attempts"], values["touches"], values["is_accepted"]) == (3, 2, True)
    third = await accepted(story, touches=3)
    assert await story.act(release, ANA, third, reason="unreachable") == Nothing()
    lead = await story.lead((await story.handoff(int(third))).lead_id)
    assert lead.stage == Stage.RECYCLED
    assert lead.recycle_at


async def test_wrong_territory_goes_to_the_next_rep_who_is_counted_when_they_accept(
    story: Story,
) -> None:
    subject = await accepted(story)
    await story.act(release, ANA, subject, reason="territory", person=BEN.email)
    lead_id = (await story.handoff(int(subject))).lead_id
    _, second = await story.handoffs(lead_id)
    assert (second.rep, second.previous, second.state) == (BEN.email, int(subject), "offered")
    lead = await story.lead(lead_id)
    assert (lead.stage, lead.sal_at) == (Stage.MQL, None)
    assert ("reached_sal", "all", "") not in await story.tallies()
    await story.act(accept, BEN, str(second.id))
    tallies = await story.tallies()
    assert tallies["reached_sal", "all", ""] == tallies["accepted", "all", ""] == 1
    assert tallies["rejected", "rep", ANA.email] == 1


@pytest.mark.parametrize(
    "values",
    [
        {"reason": "too_small"},
        {"reason": "not_now", "until": "2026-12-14"},
        {"reason": "territory", "person": BEN.email},
        {"reason": "territory"},
        {"reason": "duplicate", "lead": "L-1"},
        {"reason": "unreachable"},
    ],
)
@pytest.mark.parametrize("touches", [0, 3])
async def test_giving_back_is_undone_without_a_trace(
    story: Story, values: dict[str, str], touches: int
) -> None:
    await story.offer(BEN)
    subject = await accepted(story, touches=touches)
    before, handoff = await story.tallies(), await story.handoff(int(subject))
    lead = await story.lead(handoff.lead_id)
    story.clock.advance(minutes=30)
    if isinstance(await story.act(release, ANA, subject, **values), Correct):
        assert (values["reason"], touches) == ("unreachable", 0)
        return
    story.clock.advance(minutes=5)
    assert await story.act(undo, ANA, subject) == Nothing()
    again = await story.handoff(int(subject))
    assert again.model_dump() == handoff.model_dump()
    assert (await story.lead(lead.id or 0)).model_dump() == lead.model_dump()
    assert await story.tallies() == before
    assert await _standing(story) == ["accepted"]
    assert await kept(story) == []
    records = await story.database.read(lambda session: list(all_feedback(session)))
    assert [(one.decision, one.undone) for one in records] == [
        ("accepted", False),
        ("rejected", True),
    ]
    story.clock.advance(minutes=11)
    assert "ten minutes" in words_of(await story.act(undo, ANA, subject))


async def test_giving_back_can_be_undone_for_ten_minutes_by_who_did_it(story: Story) -> None:
    subject = await accepted(story)
    await story.act(release, ANA, subject, reason="too_small")
    assert "only Ana Ortiz" in words_of(await story.act(undo, MIA, subject))
    story.clock.advance(minutes=10)
    assert "ten minutes" in words_of(await story.act(undo, ANA, subject))


async def test_a_qualified_lead_is_given_back_only_to_rest(story: Story) -> None:
    subject = await accepted(story, touches=3)
    await story.act(qualify, ANA, subject)
    form = await story.act(ask, ANA, subject)
    assert isinstance(form, Ask)
    (choice,) = [one for one in form.form.blocks if isinstance(one, Choice)]
    assert [one.value for one in choice.options] == ["not_now", "later", "unreachable"]
    refused = await story.act(release, ANA, subject, reason="too_small")
    assert words_of(refused) == "reason: reason_missing"
    before = await story.tallies()
    assert await story.act(release, ANA, subject, reason="later") == Nothing()
    lead_id = (await story.handoff(int(subject))).lead_id
    assert (await story.lead(lead_id)).stage == Stage.RECYCLED
    assert (await story.tallies())["reached_sql", "all", ""] == 1
    assert await story.act(undo, ANA, subject) == Nothing()
    assert (await story.lead(lead_id)).stage == Stage.SQL
    assert await story.tallies() == before


async def test_an_opportunity_or_a_closed_lead_is_not_given_back(story: Story) -> None:
    subject = await accepted(story)
    await story.act(qualify, ANA, subject)
    await story.act(open_opportunity, ANA, subject, amount="1000")
    for handler in (ask, release):
        told = words_of(await story.act(handler, ANA, subject, reason="later"))
        assert "can't be given back" in told
    await story.act(lose, ANA, subject, reason="price")
    assert "already closed as lost" in words_of(await story.act(ask, ANA, subject))


async def test_an_offer_is_rejected_not_given_back_and_a_colleague_does_neither(
    story: Story,
) -> None:
    offered = await story.offer(ANA)
    told = words_of(await story.act(release, ANA, offered.subject, reason="too_small"))
    assert "isn't accepted yet" in told
    subject = await accepted(story)
    assert "Ana Ortiz's lead" in words_of(await story.act(release, BEN, subject, reason="other"))
    assert await story.act(release, MIA, subject, reason="too_small") == Nothing()
    told = words_of(await story.act(release, ANA, subject, reason="too_small"))
    assert "rejected by Mia Chen" in told


async def test_a_form_sent_twice_by_the_same_person_is_harmless(story: Story) -> None:
    subject = await accepted(story)
    for _ in range(2):
        assert await story.act(release, ANA, subject, reason="too_small") == Nothing()
    assert len(await kept(story)) == 1
    assert len(await story.told(CardKind.REJECTION)) == 1


async def test_an_answered_giving_back_stays(story: Story) -> None:
    subject = await accepted(story)
    await story.act(release, ANA, subject, reason="too_small")
    (row,) = await kept(story)
    await story.act(answer, MAX, str(row.feedback_id), answer="agreed")
    assert "answered your rejection" in words_of(await story.act(undo, ANA, subject))


async def test_what_was_given_back_can_be_overturned_and_is_counted_once(story: Story) -> None:
    subject = await accepted(story, touches=3)
    await story.act(qualify, ANA, subject)
    await story.act(release, ANA, subject, reason="unreachable")
    (row,) = await kept(story)
    await story.act(contest, MAX, str(row.feedback_id), evidence="They called us today")
    await story.act(judge, MIA, str(row.feedback_id), verdict="overturned")
    second = (await story.handoffs(row.lead_id))[-1]
    lead = await story.lead(row.lead_id)
    assert (lead.stage, lead.sal_at, lead.sql_at) == (Stage.MQL, None, None)
    rep = story.setup.team.find(second.rep)
    assert rep
    assert rep != ANA
    await story.act(accept, rep, str(second.id))
    await story.act(qualify, rep, str(second.id))
    tallies = await story.tallies()
    for measure in ("offered", "accepted", "mql", "reached_sal", "reached_sql"):
        assert tallies[measure, "all", ""] == 1, measure
    assert ("rejected", "all", "") not in tallies


async def test_a_first_touch_that_wasnt_due_yet_is_owed_no_more(story: Story, clock: Clock) -> None:
    early, late = await accepted(story), await accepted(story)
    await story.act(release, ANA, early, reason="too_small")
    clock.advance(days=3)
    await story.act(release, ANA, late, reason="too_small")
    assert (await story.handoff(int(early))).contact_by is None
    assert (await story.handoff(int(late))).contact_by is not None
    assert (await story.handoff(int(late))).step_at is None
    assert (await story.tallies())["touch_missed", "rep", ANA.email] == 1
