"""Marketing contests a rejection, and a manager decides."""

import pytest

from cards import terminal
from cards.actions import Action
from commands.accept_lead import accept
from commands.card_kind import CardKind
from commands.reject_lead import reject
from commands.rejections.contesting import ask as ask_contest
from commands.rejections.contesting import contest
from commands.rejections.judging import ask, judge
from commands.reply import Ask, Home, Nothing
from commands.show_home import home
from commands.show_lead import card_of
from commands.undo_decision import undo
from commands.wake_leads import wake
from leads.lifecycle import HandoffState, Stage
from leads.person import Person, Role
from storage import rejections
from storage.statistics import newest_rejections, still_stands
from storage.tables import FeedbackRow, LeadRow
from tests.commands.rejecting import TEAM, TOM, answering, contested, kept, rejected
from tests.commands.story import ADA, ANA, BEN, MAX, MIA, Story, local, setup_of, words_of
from tests.commands.telling import buttons


@pytest.fixture(autouse=True)
def promised(story: Story) -> None:
    answering(story)


async def _standing(story: Story) -> list[str]:
    return [row.decision for row in await story.all(FeedbackRow, still_stands())]


async def test_a_dispute_is_told_in_the_thread_and_to_each_who_may_decide(story: Story) -> None:
    found = await rejected(story)
    assert isinstance(await story.act(ask_contest, MAX, found.subject), Ask)
    evidence = "Their site says 140 people"
    assert await story.act(contest, MAX, found.subject, evidence=evidence) == Nothing()
    ((where, said),) = await story.told(CardKind.DISPUTE)
    assert where == "channel:#handoffs"
    assert "Max Stein contests the rejection of Ada Byron from Initech" in said
    assert "“Their site says 140 people”" in said
    assert "Mia Chen, Tom Berg or Adam Root decides" in said
    chats = [where for where, _ in await story.told(CardKind.OPEN_DISPUTE)]
    assert chats == [f"person:{one.email}" for one in (MIA, TOM, ADA)]
    notice = await story.card(CardKind.REJECTION, found.subject)
    assert notice
    assert "Max Stein contests it; a manager decides" in terminal.text(notice)
    assert [one.action for one in buttons(notice)] == [Action.ANSWER_REJECTION]
    open_ones = await story.database.read(rejections.disputed_open)
    assert [one.evidence for one in open_ones] == [evidence]


async def test_a_rejection_is_contested_once(story: Story) -> None:
    found = await contested(story)
    told = words_of(await story.act(contest, ADA, found.subject, evidence="No!"))
    assert "Max Stein contested the rejection of Ada Byron already" in told
    (row,) = await kept(story)
    assert row.evidence == "Their site says 140 people"
    assert words_of(
        await story.act(contest, MAX, (await rejected(story)).subject, evidence="  ")
    ) == ("evidence: evidence_missing")


async def test_sales_does_not_contest_and_nobody_contests_their_own(story: Story) -> None:
    found = await rejected(story)
    for actor in (ANA, BEN, MIA):
        told = words_of(await story.act(contest, actor, found.subject, evidence="No!"))
        assert "Max Stein is asked to" in told
    both = Person(name="Max Stein", email=MAX.email, roles=frozenset({Role.REP, Role.MARKETER}))
    story.setup = setup_of(*(one for one in TEAM if one != MAX), both)
    own = await rejected(story, both)
    told = words_of(await story.act(contest, both, own.subject, evidence="No!"))
    assert "You turned down Ada Byron yourself" in told


async def test_a_dispute_that_nobody_could_decide_isnt_begun(story: Story) -> None:
    story.setup = setup_of(ANA, BEN, MIA, MAX, agreement=story.setup.agreement)
    offered = await story.offer(ANA)
    await story.act(reject, MIA, offered.subject, reason="too_small")
    (row,) = await kept(story)
    told = words_of(await story.act(contest, MAX, str(row.feedback_id), evidence="No!"))
    assert "Nobody could decide" in told


async def test_upheld_ends_nothing_and_is_kept_as_feedback(story: Story) -> None:
    found = await contested(story)
    before = await story.tallies()
    assert isinstance(await story.act(ask, MIA, found.subject), Ask)
    values = {"verdict": "upheld", "text": "The site is old"}
    assert await story.act(judge, MIA, found.subject, **values) == Nothing()
    assert await story.tallies() == before
    assert await _standing(story) == ["rejected"]
    first, verdict = await story.all(FeedbackRow)
    assert (verdict.decision, verdict.reason, verdict.answer, verdict.decided_by) == (
        "upheld",
        "too_small",
        "The site is old",
        MIA.email,
    )
    assert verdict.snapshot == first.snapshot
    ((_, said),) = await story.told(CardKind.VERDICT)
    assert "Ana Ortiz, Max Stein: Mia Chen decided that the rejection stands" in said
    assert (await story.lead(found.lead)).stage == Stage.DISQUALIFIED


async def test_overturned_sends_the_lead_to_the_next_rep_as_if_it_were_passed_on(
    story: Story,
) -> None:
    offered = await story.offer(ANA)
    as_offered = await story.tallies()
    await story.act(reject, ANA, offered.subject, reason="too_small")
    (row,) = await kept(story)
    subject = str(row.feedback_id)
    await story.act(contest, MAX, subject, evidence="140 people")
    assert await story.act(judge, TOM, subject, verdict="overturned") == Nothing()
    first, second = await story.handoffs(offered.lead)
    assert (first.state, first.decided_by) == (HandoffState.WITHDRAWN, ANA.email)
    assert (second.state, second.previous) == (HandoffState.OFFERED, first.id)
    assert second.rep not in {ANA.email, MIA.email}
    assert "Tom Berg decided that it is one for sales" in second.why
    lead = await story.lead(offered.lead)
    assert (lead.stage, lead.duplicate_of, lead.recycle_at) == (Stage.MQL, None, None)
    assert await _standing(story) == []
    tallies = await story.tallies()
    assert ("rejected", "all", "") not in tallies
    assert tallies["offered", "all", ""] == as_offered["offered", "all", ""]
    assert ("offered", "rep", ANA.email) not in tallies
    newest = await story.database.read(
        lambda s: newest_rejections(
            s, since=local(2026, 1, 1, 0), until=local(2027, 1, 1, 0), limit=9
        )
    )
    assert newest == []
    ((_, said),) = await story.told(CardKind.VERDICT)
    assert "this lead goes back to sales, to" in said
    assert len(await story.told(CardKind.HANDOFF_LINE)) == 1


@pytest.mark.parametrize(
    ("judge_is", "told"),
    [
        (ANA, "is for a manager to say"),
        (BEN, "is for a manager to say"),
        (MAX, "is for a manager to say"),
    ],
)
async def test_only_managers_and_admins_judge(story: Story, judge_is: Person, told: str) -> None:
    found = await contested(story)
    reply = await story.act(judge, judge_is, found.subject, verdict="upheld")
    assert told in words_of(reply)
    (row,) = await kept(story)
    assert row.verdict is None


async def test_neither_who_rejected_nor_who_contests_judges(story: Story) -> None:
    offered = await story.offer(ANA)
    await story.act(reject, MIA, offered.subject, reason="too_small")
    (row,) = await kept(story)
    subject = str(row.feedback_id)
    await story.act(contest, ADA, subject, evidence="No!")
    told = words_of(await story.act(judge, MIA, subject, verdict="upheld"))
    assert "You turned down Ada Byron yourself" in told
    assert "Tom Berg can decide" in told
    told = words_of(await story.act(judge, ADA, subject, verdict="overturned"))
    assert "You contest the rejection of Ada Byron yourself" in told
    assert await story.act(judge, TOM, subject, verdict="overturned") == Nothing()


async def test_the_second_judge_sees_the_first_verdict(story: Story) -> None:
    found = await contested(story)
    await story.act(judge, MIA, found.subject, verdict="upheld")
    told = words_of(await story.act(judge, TOM, found.subject, verdict="overturned"))
    assert "Mia Chen decided about Ada Byron already" in told
    assert "the rejection stands" in told
    assert (await story.lead(found.lead)).stage == Stage.DISQUALIFIED


async def test_what_nobody_contests_has_nothing_to_decide(story: Story) -> None:
    found = await rejected(story)
    assert "Nobody contests" in words_of(
        await story.act(judge, MIA, found.subject, verdict="upheld")
    )
    await story.act(contest, MAX, found.subject, evidence="No!")
    assert words_of(await story.act(judge, MIA, found.subject)) == "verdict: verdict_missing"


async def test_a_lead_that_moved_on_is_not_sent_back_a_second_time(story: Story) -> None:
    found = await rejected(story, reason="not_now", until="2026-12-14")
    await story.act(contest, MAX, found.subject, evidence="They want it now")
    story.clock.now = local(2026, 12, 14, 9)
    await story.do(wake)
    told = words_of(await story.act(judge, MIA, found.subject, verdict="overturned"))
    assert "Ada Byron has moved on since: it was offered to Ana Ortiz" in told
    assert await story.act(judge, MIA, found.subject, verdict="upheld") == Nothing()
    assert await _standing(story) == ["rejected"]


async def test_a_rerouted_lead_is_with_sales_and_not_to_be_contested(story: Story) -> None:
    found = await rejected(story, reason="territory", person=BEN.email)
    card = await story.card(CardKind.REJECTION, found.subject)
    assert card
    assert [one.action for one in buttons(card)] == [Action.ANSWER_REJECTION]
    told = words_of(await story.act(contest, MAX, found.subject, evidence="No!"))
    assert "it was offered to Ben Weber" in told


async def test_a_contested_rejection_can_not_be_undone(story: Story) -> None:
    found = await contested(story)
    told = words_of(await story.act(undo, ANA, str(found.handoff)))
    assert "Max Stein contested your rejection" in told
    await story.act(judge, MIA, found.subject, verdict="overturned")
    await story.act(undo, ANA, str(found.handoff))
    states = [row.state for row in await story.handoffs(found.lead)]
    assert states == [HandoffState.WITHDRAWN, HandoffState.OFFERED]


async def test_the_episode_goes_on_under_the_campaign_it_was_counted_under(story: Story) -> None:
    found = await contested(story)

    def credit_another(ctx: object) -> None:
        lead = ctx.session.get_one(LeadRow, found.lead)  # type: ignore[attr-defined]
        lead.campaign = "webinar"

    await story.do(credit_another)
    await story.act(judge, MIA, found.subject, verdict="overturned")
    assert (await story.lead(found.lead)).campaign == "spring-pricing"
    tallies = await story.tallies()
    assert tallies["offered", "campaign", "spring-pricing"] == 1
    assert ("offered", "campaign", "webinar") not in tallies


async def test_an_upheld_not_now_still_comes_back_to_who_named_the_date(story: Story) -> None:
    found = await rejected(story, BEN, reason="not_now", until="2026-12-14")
    await story.act(contest, MAX, found.subject, evidence="They want it now")
    await story.act(judge, MIA, found.subject, verdict="upheld", text="2026-12-01")
    story.clock.now = local(2026, 12, 14, 9)
    await story.do(wake)
    assert (await story.handoffs(found.lead))[-1].rep == BEN.email


async def test_a_dispute_decided_before_a_manager_saw_it_is_not_told_to_them(story: Story) -> None:
    found = await contested(story)
    subject = f"{found.subject} {TOM.email}"
    assert await story.card(CardKind.OPEN_DISPUTE, subject)
    await story.act(judge, MIA, found.subject, verdict="upheld")
    assert await story.card(CardKind.OPEN_DISPUTE, subject) is None
    told = await story.shown(CardKind.DISPUTE, found.subject)
    assert "Mia Chen decided, " in told
    assert "the rejection stands" in told


async def test_nobody_is_pinged_for_their_own_act(story: Story) -> None:
    found = await contested(story)
    await story.act(judge, MIA, found.subject, verdict="upheld")
    card = await story.card(CardKind.VERDICT, found.subject)
    assert card
    pings = {one.email: one.ping for one in card.summary.values.values() if hasattr(one, "ping")}  # type: ignore[attr-defined]
    assert pings == {ANA.email: True, MAX.email: True, MIA.email: False}


async def test_the_rep_whose_rejection_was_overturned_reads_it_on_the_card(story: Story) -> None:
    found = await contested(story)
    await story.act(judge, MIA, found.subject, verdict="overturned")
    await story.posted(CardKind.BATTLE_CARD, found.handoff)
    told = await story.shown(CardKind.BATTLE_CARD, found.handoff)
    assert "because the rejection was overturned" in told


async def test_the_page_of_the_lead_and_the_home_of_a_manager_tell_of_it(story: Story) -> None:
    found = await contested(story)
    reply = await story.act(home, MIA, "")
    assert isinstance(reply, Home)
    assert "1 dispute to decide" in terminal.text(reply.card)
    assert "Max Stein contests that" in terminal.text(reply.card)
    assert Action.JUDGE_REJECTION in {one.action for one in buttons(reply.card)}
    await story.act(judge, MIA, found.subject, verdict="overturned", text="Big enough")
    card = await story.do(lambda ctx: card_of(ctx, found.lead), MIA)
    assert card
    told = terminal.text(card)
    assert "Max Stein contested the rejection: Their site says 140 people" in told
    assert "Mia Chen decided that it goes back to sales (Big enough)" in told
    after = await story.act(home, MIA, "")
    assert isinstance(after, Home)
    assert "to decide" not in terminal.text(after.card)


async def test_the_next_rep_accepts_what_came_back(story: Story) -> None:
    found = await contested(story)
    await story.act(judge, MIA, found.subject, verdict="overturned")
    second = (await story.handoffs(found.lead))[-1]
    rep = story.setup.team.find(second.rep)
    assert rep
    assert await story.act(accept, rep, str(second.id)) == Nothing()
    tallies = await story.tallies()
    assert tallies["accepted", "all", ""] == tallies["offered", "all", ""] == 1
    assert tallies["reached_sal", "all", ""] == 1
