"""How questions are read, who may ask what, and how an answer is shared."""

from dataclasses import replace

import pytest

from cards import terminal
from cards.actions import Action
from cards.dialects import TERMINAL
from cards.words import render
from commands import answer
from commands.card_kind import CardKind
from commands.context import Context, Place
from commands.questions.subcommand import Subcommand
from commands.reply import Nothing, Reply, Tell
from leads.person import Person
from storage.tables import CopyRow
from tests.commands.story import ADA, ANA, MAX, MIA, Story, person, words_of
from tests.commands.telling import (
    IN_CHANNEL,
    IN_PRIVATE,
    answer_card,
    asked_by,
    buttons,
    promising,
    said,
)


async def share(story: Story, actor: Person, question: str, place: Place) -> Reply:
    def press(ctx: Context) -> Reply:
        return answer.share(replace(ctx, place=place), question, {})

    return await story.do(press, actor)


@pytest.mark.parametrize("one", answer.SUBCOMMANDS, ids=lambda one: one.name)
async def test_every_subcommand_answers_its_own_example(story: Story, one: Subcommand) -> None:
    # As a writer: some examples do something.
    reply = await promising(story).act(answer.answer, ANA, one.example)
    shown = words_of(reply)
    assert shown
    assert "I don't know" not in shown


def test_every_subcommand_is_found_by_each_of_its_names_and_by_no_other() -> None:
    names = [name for one in answer.SUBCOMMANDS for name in (one.name, *one.aliases)]
    assert len(names) == len(set(names))
    for one in answer.SUBCOMMANDS:
        assert one.usage.split()[0] == one.example.split()[0] == one.name
        assert render(one.summary, TERMINAL).endswith(".")


async def test_leads_alone_is_a_reps_open_leads_and_others_help(story: Story) -> None:
    await story.offer(ANA)
    assert "Your 1 open lead" in await said(story, ANA, "")
    assert "What you can ask" in await said(story, MAX, "")


async def test_help_lists_only_what_the_asker_may_do(story: Story) -> None:
    for_rep, for_marketer = await said(story, ANA, "help"), await said(story, MAX, "help")
    assert "/leads mine" in for_rep
    assert "/leads mine" not in for_marketer
    for one in answer.SUBCOMMANDS:
        assert (f"/leads {one.usage}" in for_rep) is bool(one.roles & ANA.roles)
        assert (f"/leads {one.usage}" in for_marketer) is bool(one.roles & MAX.roles)


async def test_somebody_who_takes_no_leads_is_told_so(story: Story) -> None:
    assert "you don't take leads" in await said(story, MIA, "mine")


async def test_the_command_itself_capitals_and_blanks_change_nothing(story: Story) -> None:
    plain = await said(story, MIA, "quality source last week")
    assert await said(story, MIA, "  /leads  QUALITY  Source  last   week ") == plain
    assert await said(story, MIA, "quality by source for last week") == plain


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("qualty", "quality"),
        ("qualty source last week", "quality source last week"),
        ("reson", "reasons"),
        ("funel this month", "funnel this month"),
        ("hlep", "help"),
        ("quality campain", "quality campaign"),
        ("quality campain last week", "quality campaign last week"),
        ("quality spring-pricng", "quality spring-pricing"),
        ("quality campaign last weak", "quality campaign last week"),
        ("quality last weak", "quality last week"),
        ("reasons last mnth", "reasons last month"),
        ("funnel this quater", "funnel this quarter"),
    ],
)
async def test_a_slip_is_met_with_a_button_that_asks_what_was_meant(
    story: Story, slip: str, meant: str
) -> None:
    card = await answer_card(story, MIA, slip)
    assert meant in asked_by(card)
    assert f"Did you mean {meant}" in terminal.text(card)
    assert "Did you mean" not in await said(story, MIA, meant)


async def test_a_slip_in_the_name_of_a_campaign_is_met_with_the_name(story: Story) -> None:
    assert "campaign spring-pricing" in asked_by(
        await answer_card(story, MAX, "campaign spring-pricng")
    )


async def test_words_that_are_nothing_like_a_question_may_be_a_search(story: Story) -> None:
    await story.offer(ANA)
    card = await answer_card(story, ANA, "initech gmbh")
    assert "find initech gmbh" in asked_by(card)


async def test_a_number_alone_is_a_lead(story: Story) -> None:
    offered = await story.offer(ANA)
    assert "Ada Byron" in await said(story, ANA, f"#{offered.lead}")


async def test_a_question_of_any_length_and_content_is_answered(story: Story) -> None:
    for question in (
        "x" * 100_000,
        "quality " + "y " * 5000,
        "\x00",
        "find \x00%_\\",
        "lead ²",
        "²",
        "lead 9" * 40,
        "lead " + "9" * 18,
        "* _ <!channel>",
    ):
        assert (await answer_card(story, ANA, question)).blocks


async def test_an_answer_in_a_channel_can_be_shared_there_once(story: Story) -> None:
    card = await answer_card(story, ANA, "quality source last week")
    (button,) = (one for one in buttons(card) if one.action is Action.SHARE)
    assert button.subject == "quality source last week"
    for _ in range(2):
        assert await share(story, ANA, button.subject, IN_CHANNEL) == Nothing()
    ((copy, row),) = await story.posts(CardKind.ANSWER)
    assert copy.destination == "channel:C7"
    assert row.due_at == story.clock.now
    shown = await story.card(CardKind.ANSWER, copy.subject)
    assert shown
    assert "Shared by Ana Ortiz, who asked /leads quality source last week" in terminal.text(shown)
    assert not [one for one in buttons(shown) if one.action is Action.SHARE]


async def test_a_private_chat_has_nobody_to_share_with(story: Story) -> None:
    card = await answer_card(story, ANA, "quality", IN_PRIVATE)
    assert not [one for one in buttons(card) if one.action is Action.SHARE]
    reply = await share(story, ANA, "quality", IN_PRIVATE)
    assert isinstance(reply, Tell)
    assert "nobody to share with" in words_of(reply)
    assert not await story.all(CopyRow)


@pytest.mark.parametrize("question", ["lead 1", "campaign spring-pricing", "help", "nonsense"])
async def test_what_is_for_one_person_is_not_shared(story: Story, question: str) -> None:
    assert await share(story, ANA, question, IN_CHANNEL) == Nothing()
    assert not await story.all(CopyRow)


async def test_an_answer_of_somebody_who_left_is_not_posted(story: Story) -> None:
    assert await story.shown(CardKind.ANSWER, "gone@acme.example quality") == ""


async def test_criteria_and_definitions_say_what_is_in_force(story: Story) -> None:
    promising(story)
    criteria = await said(story, ANA, "criteria")
    assert "Criteria, version 1" in criteria
    assert "+25 Downloaded the Pricing Guide" in criteria
    assert "10 points" in criteria
    assert "from the agreement file" in criteria
    terms = await said(story, ADA, "definitions")
    assert terms.index("ICP") < terms.index("MQL (qualified by marketing): Fits and has asked")
    assert "accept or reject each lead within 1 hour of working time" in terms
    assert "get in touch within 1 working day after accepting" in terms
    assert "hand over 10 leads a week" in terms
    assert "at least 70%" in terms


async def test_a_rep_with_an_admins_rights_sees_their_leads(story: Story) -> None:
    both = person("Ana Ortiz", *ANA.roles, *ADA.roles)
    await story.offer(ANA)
    assert "Your 1 open lead" in await said(story, both, "")
