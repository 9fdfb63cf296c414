"""Marketing answers what sales rejected, within its time."""

import pytest

from cards import terminal
from cards.actions import Action
from commands.card_kind import CardKind
from commands.reject_lead import reject
from commands.rejections.answering import answer, ask
from commands.reply import Ask, Home, Nothing
from commands.show_home import home
from commands.show_lead import card_of
from commands.undo_decision import undo
from storage import rejections
from storage.tables import HistoryRow
from tests.commands.rejecting import TEAM, answering, kept, rejected
from tests.commands.story import ADA, ANA, BEN, MAX, MIA, Story, local, setup_of, words_of
from tests.commands.telling import buttons


@pytest.fixture(autouse=True)
def promised(story: Story) -> None:
    answering(story)


async def test_a_rejection_is_owed_an_answer_by_the_owner_of_its_campaign(story: Story) -> None:
    found = await rejected(story)
    (row,) = await kept(story)
    assert (row.owner, row.feedback_id) == (MAX.email, int(found.subject))
    assert row.answer_by == local(2026, 11, 25, 11)
    assert row.remind_at == local(2026, 11, 24, 11)
    ((_, said),) = await story.told(CardKind.REJECTION)
    assert "Max Stein, it came from Spring pricing. Please answer by 25 Nov 2026" in said
    card = await story.card(CardKind.REJECTION, found.subject)
    assert card
    assert [one.action for one in buttons(card)] == [
        Action.ANSWER_REJECTION,
        Action.CONTEST_REJECTION,
    ]


async def test_an_owner_who_has_left_is_replaced_by_a_marketer_else_by_the_fallback(
    story: Story,
) -> None:
    await rejected(story)
    story.setup = setup_of(ANA, BEN, MIA, agreement=story.setup.agreement)
    await rejected(story)
    assert [row.owner for row in await kept(story)] == [MAX.email, MIA.email]


async def test_without_a_promise_an_answer_is_welcome_and_nobody_is_reminded(story: Story) -> None:
    story.setup = setup_of(*TEAM)
    found = await rejected(story)
    (row,) = await kept(story)
    assert (row.answer_by, row.remind_at) == (None, None)
    assert await story.act(answer, MAX, found.subject, answer="fixed") == Nothing()
    assert not await story.database.read(rejections.waiting)


async def test_the_answer_is_kept_and_told_once_to_who_rejected(story: Story) -> None:
    found = await rejected(story)
    assert isinstance(await story.act(ask, MAX, found.subject), Ask)
    said = {"answer": "agreed", "text": "From 50 people on"}
    assert await story.act(answer, MAX, found.subject, **said) == Nothing()
    (row,) = await kept(story)
    assert (row.answer, row.answer_text, row.answered_by, row.remind_at) == (
        "agreed",
        "From 50 people on",
        MAX.email,
        None,
    )
    ((where, told),) = await story.told(CardKind.REJECTION_ANSWER)
    assert where == "channel:#handoffs"
    assert "Ana Ortiz, Max Stein answered “Company too small”: agreed" in told
    assert "“From 50 people on”" in told
    card = await story.card(CardKind.REJECTION, found.subject)
    assert card
    assert "Max Stein answered: agreed, the rule will change" in terminal.text(card)
    assert "Please answer" not in terminal.text(card)
    assert [one.action for one in buttons(card)] == [Action.CONTEST_REJECTION]


async def test_a_second_answer_shows_the_first(story: Story) -> None:
    found = await rejected(story)
    await story.act(answer, MAX, found.subject, answer="disagree")
    told = words_of(await story.act(answer, ADA, found.subject, answer="fixed"))
    assert "Max Stein answered the rejection of Ada Byron already" in told
    assert "disagree" in told
    assert "You answered" in words_of(await story.act(ask, MAX, found.subject))
    (row,) = await kept(story)
    assert row.answer == "disagree"


async def test_a_late_answer_is_kept_as_late_and_only_the_answer_ends_the_clock(
    story: Story,
) -> None:
    found = await rejected(story)
    story.clock.advance(days=7)
    now = story.clock.now
    assert await story.database.read(lambda s: rejections.count_waiting(s, now)) == (1, 1)
    await story.act(answer, MAX, found.subject, answer="fixed")
    assert "later than promised" in await story.shown(CardKind.REJECTION, found.subject)
    assert await story.database.read(lambda s: rejections.count_waiting(s, now)) == (0, 0)
    since = local(2026, 11, 1, 0)
    figures = await story.database.read(lambda s: rejections.answering(s, since, now, now))
    assert (figures.rejected, figures.due, figures.in_time, figures.late) == (1, 1, 0, 1)


async def test_figures_of_answering_tell_missed_from_not_yet_due(story: Story) -> None:
    for _ in range(2):
        await rejected(story)
    found = await rejected(story)
    await story.act(answer, MAX, found.subject, answer="fixed")
    story.clock.advance(days=4)
    await rejected(story)
    now, since = story.clock.now, local(2026, 11, 1, 0)
    figures = await story.database.read(
        lambda s: rejections.answering(s, since, now.replace(year=2027), now)
    )
    assert (figures.rejected, figures.due, figures.in_time, figures.missed) == (4, 3, 1, 2)


@pytest.mark.parametrize("actor", [BEN, ANA, MIA])
async def test_only_marketing_answers(story: Story, actor: object) -> None:
    found = await rejected(story)
    told = words_of(await story.act(answer, actor, found.subject, answer="fixed"))  # type: ignore[arg-type]
    assert "Max Stein is asked to" in told
    (row,) = await kept(story)
    assert row.answer is None
    assert "refused" in [one.act for one in await story.all(HistoryRow)]


@pytest.mark.parametrize("given", ["", "<!here>", "upheld"])
async def test_an_answer_that_is_none_keeps_the_form_open(story: Story, given: str) -> None:
    found = await rejected(story)
    reply = await story.act(answer, MAX, found.subject, answer=given)
    assert words_of(reply) == "answer: answer_missing"


@pytest.mark.parametrize("subject", ["", "0", "4711", "' OR 1=1", "9" * 40])
async def test_a_rejection_that_isnt_there_is_told_kindly(story: Story, subject: str) -> None:
    assert "can't find" in words_of(await story.act(answer, MAX, subject, answer="fixed"))


async def test_an_undone_rejection_owes_nothing(story: Story) -> None:
    before = await story.tallies()
    offered = await story.offer(ANA)
    offers = await story.tallies()
    assert before != offers
    await story.act(reject, ANA, offered.subject, reason="too_small")
    (row,) = await kept(story)
    assert (await story.tallies())["answer_owed", "all", ""] == 1
    await story.act(undo, ANA, offered.subject)
    assert await kept(story) == []
    assert await story.tallies() == offers
    told = words_of(await story.act(answer, MAX, str(row.feedback_id), answer="fixed"))
    assert "was taken back" in told


async def test_an_answered_rejection_stays(story: Story) -> None:
    found = await rejected(story)
    await story.act(answer, MAX, found.subject, answer="fixed")
    told = words_of(await story.act(undo, ANA, str(found.handoff)))
    assert "Max Stein answered your rejection of Ada Byron meanwhile" in told
    assert (await story.handoff(found.handoff)).state == "rejected"
    card = await story.card(CardKind.BATTLE_CARD, found.handoff)
    assert card
    assert Action.UNDO not in {one.action for one in buttons(card)}


async def test_the_page_of_the_lead_tells_the_answer(story: Story) -> None:
    found = await rejected(story)
    await story.act(answer, MAX, found.subject, answer="disagree", text="They are 140 people")
    card = await story.do(lambda ctx: card_of(ctx, found.lead), MIA)
    assert card
    told = terminal.text(card)
    assert "Max Stein answered the rejection: disagrees. They are 140 people" in told
    assert "Ana Ortiz rejected it: Company too small" in told


async def test_the_home_of_a_marketer_lists_what_is_to_be_answered(story: Story) -> None:
    found = await rejected(story, reason="other", text="A supplier")
    reply = await story.act(home, MAX, "")
    assert isinstance(reply, Home)
    told = terminal.text(reply.card)
    assert "1 rejection to answer" in told
    assert "Something else, “A supplier” (Ana Ortiz)" in told
    press = [one for one in buttons(reply.card) if one.action is Action.ANSWER_REJECTION]
    assert [one.subject for one in press] == [found.subject]
    for nobodys in (ANA, MIA):
        other = await story.act(home, nobodys, "")
        assert isinstance(other, Home)
        assert "to answer" not in terminal.text(other.card)
