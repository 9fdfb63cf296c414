"""Keeping the playbook of a campaign in chat."""

import pytest

from cards.actions import Action
from cards.model import Actions, Button, Card, Form, TextInput
from commands import keep_campaign, playbook_text, receive_lead
from commands.context import Context
from commands.present import CardKind, present
from commands.receive_lead import IncomingLead
from commands.reply import Ask, Correct, Reply, Tell
from leads.campaign import Objection
from leads.person import Person
from storage.database import Database
from storage.tables import CampaignRow, OutboxRow
from tests.commands.working_day import ADA, ANA, EVA, MIA, SPRING, TOM, WorkingDay, said
from tests.conftest import Clock

CHANGED = {
    "title": "Spring pricing 2027",
    "pains": "Idle seats\n\n  No usage   figures \n",
    "opener": "Hello again.",
    "next_step": "Offer the audit",
    "objections": "Too dear | It pays | https://acme.example/roi\nNo time | Ten minutes",
}


async def shown(day: WorkingDay, name: str, by: Person) -> Card:
    return await day.read(lambda ctx: keep_campaign.show(ctx, name), actor=by)


def buttons(card: Card) -> list[tuple[Action, str]]:
    rows = [block for block in card.blocks if isinstance(block, Actions)]
    found = [button for row in rows for button in row.buttons if isinstance(button, Button)]
    return [(button.action, button.subject) for button in found]


def form_of(reply: Reply) -> Form:
    assert isinstance(reply, Ask)
    return reply.form


def filled(form: Form) -> dict[str, str]:
    """What the form would say if it was sent as it is."""
    inputs = [block for block in form.blocks if isinstance(block, TextInput)]
    return {each.id: each.initial for each in inputs if each.initial}


async def test_everybody_reads_the_playbook_and_marketing_may_edit_it(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    for_ana = await shown(day, "spring-pricing", ANA)
    for known in ("Spring pricing", "Mia Chen", "Paying for seats", "Too expensive", "20-minute"):
        assert known in said(for_ana)
    assert "12,000" not in said(for_ana)
    assert buttons(for_ana) == []
    for person in (MIA, TOM, EVA):
        card = await shown(day, "Spring-Pricing", person)
        assert "12,000 spent" in said(card)
        assert buttons(card) == [(Action.CAMPAIGN_EDIT, "spring-pricing")]


async def test_a_change_is_saved_with_who_and_when_and_open_cards_follow(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.offered()
    at = clock.advance(hours=3)
    reply = await day.do(keep_campaign.keep, "spring-pricing", CHANGED, by=MIA)
    assert "Saved. The cards of 1 open lead follow." in said(reply)
    (row,) = await day.rows(CampaignRow)
    assert (row.title, row.changed_by, row.changed_at) == (CHANGED["title"], MIA.email, at)
    assert row.pains == ["Idle seats", "No usage figures"]
    assert row.objections == [
        {"says": "Too dear", "answer": "It pays", "content": "https://acme.example/roi"},
        {"says": "No time", "answer": "Ten minutes"},
    ]
    assert (row.owner, row.spend) == (MIA.email, 12000)
    updates = [row for row in await day.rows(OutboxRow) if row.verb == "update"]
    assert {row.copy_id for row in updates if row.due_at == at} == {1, 2}

    def battle_card(ctx: Context) -> str:
        return said(present(ctx, CardKind.BATTLE_CARD, str(handoff.id)))

    assert "Hello again." in await day.read(battle_card)


async def test_cards_of_leads_that_arent_open_are_left_alone(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    await day.write(lambda ctx: receive_lead.receive(ctx, ADA, offer=False))
    reply = await day.do(keep_campaign.keep, "spring-pricing", CHANGED, by=MIA)
    assert said(reply).count("Saved.") == 1
    assert await day.rows(OutboxRow) == []


async def test_the_form_sent_back_untouched_changes_nothing(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    form = form_of(await day.do(keep_campaign.ask, "spring-pricing", by=MIA))
    assert isinstance(await day.do(keep_campaign.keep, form.subject, filled(form), by=MIA), Tell)
    (row,) = await day.rows(CampaignRow)
    assert (row.title, row.pains, row.opener, row.next_step) == (
        SPRING.title,
        list(SPRING.pains),
        SPRING.opener,
        SPRING.next_step,
    )
    assert row.objections == [
        {
            "says": "Too expensive",
            "answer": "The audit pays for itself",
            "content": "https://acme.example/roi",
        }
    ]


async def test_many_objections_fit_into_the_form_and_come_back_whole(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    many = [f"Says {n} | {'answer ' * 40}{n} | https://acme.example/{n}" for n in range(18)]
    values = {"title": "Long", "objections": "\n".join(many)}
    assert isinstance(await day.do(keep_campaign.keep, "spring-pricing", values, by=MIA), Tell)
    form = form_of(await day.do(keep_campaign.ask, "spring-pricing", by=MIA))
    inputs = [block for block in form.blocks if isinstance(block, TextInput)]
    assert all(len(each.initial or "") <= each.max_length <= 3000 for each in inputs)
    assert len(inputs) > 5
    before = (await day.rows(CampaignRow))[0].objections
    await day.do(keep_campaign.keep, "spring-pricing", filled(form), by=MIA)
    assert (await day.rows(CampaignRow))[0].objections == before
    assert len(before) == 18


async def test_everything_wrong_is_said_at_once_and_nothing_is_saved(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    wrong = {
        "pains": "fine\n" + "x" * 201,
        "opener": "x" * 401,
        "next_step": "x" * 301,
        "objections": "Too dear | It pays\nonly one part",
    }
    reply = await day.do(keep_campaign.keep, "spring-pricing", wrong, by=MIA)
    assert isinstance(reply, Correct)
    assert set(reply.errors) == {"title", "pains", "opener", "next_step", "objections"}
    assert said(reply).splitlines() == [
        "please write something.",
        "Line 2: please say it in 200 characters at most.",
        "please say it in 400 characters at most.",
        "please say it in 300 characters at most.",
        "Line 2: please write it as: what they say | the answer.",
    ]
    (row,) = await day.rows(CampaignRow)
    assert row.title == SPRING.title


async def test_only_marketing_managers_and_admins_may_change_it(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    for command in (keep_campaign.ask, keep_campaign.keep):
        told = said(await day.do(command, "spring-pricing", CHANGED, by=ANA))
        assert "kept by marketing. Tell Mia Chen" in told
    (row,) = await day.rows(CampaignRow)
    assert row.title == SPRING.title


async def test_a_misspelt_name_gets_a_suggestion(database: Database, clock: Clock) -> None:
    day = await WorkingDay(database, clock).begin()
    card = await shown(day, "spring-pricng", ANA)
    assert buttons(card) == [(Action.ASK, "campaign spring-pricing")]
    assert "spring-pricing" in said(await shown(day, "", ANA))


async def test_a_campaign_that_leads_carry_may_be_begun_by_marketing(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    lead = IncomingLead(email="x@y.example", campaign="autumn-fair")
    await day.write(lambda ctx: receive_lead.receive(ctx, lead, offer=False))
    told = await shown(day, "autumn-fair", ANA)
    assert "nobody has written its playbook yet" in said(told)
    assert buttons(told) == []
    card = await shown(day, "autumn-fair", MIA)
    assert buttons(card) == [(Action.CAMPAIGN_EDIT, "autumn-fair")]
    form = form_of(await day.do(keep_campaign.ask, "autumn-fair", by=MIA))
    assert filled(form) == {}
    await day.do(keep_campaign.keep, form.subject, {"title": "Autumn fair"}, by=MIA)
    row = (await day.rows(CampaignRow))[-1]
    assert (row.name, row.title, row.owner) == ("autumn-fair", "Autumn fair", MIA.email)


@pytest.mark.parametrize("name", ["x" * 151, "<!channel>" * 200, " ", "a\x00" * 3000])
async def test_hostile_names_open_no_form_and_make_no_row(
    database: Database, clock: Clock, name: str
) -> None:
    day = await WorkingDay(database, clock).begin()
    assert isinstance(await day.do(keep_campaign.ask, name, by=MIA), Tell)
    await day.do(keep_campaign.keep, name, {"title": "x"}, by=MIA)
    assert len(await day.rows(CampaignRow)) == 1
    card = await shown(day, name, MIA)
    assert all(len(subject) < 2000 for _, subject in buttons(card))


def test_objections_are_read_back_as_they_were_written() -> None:
    kept = (
        Objection(says="Too dear", answer="It pays", content="https://acme.example/roi"),
        Objection(says="No time", answer="Ten\nminutes | no more"),
    )
    lines = playbook_text.objection_lines(kept)
    assert lines == (
        "Too dear | It pays | https://acme.example/roi",
        "No time | Ten minutes / no more",
    )
    first, second = playbook_text.objections("\n".join(lines))
    assert first == kept[0]
    assert second == Objection(says="No time", answer="Ten minutes / no more")


@pytest.mark.parametrize(
    ("line", "trouble"),
    [
        ("x", "no_answer"),
        ("x |", "no_answer"),
        ("| y", "no_answer"),
        ("a | b | c | d", "too_many_parts"),
        ("a | b | acme.example", "not_a_link"),
        ("a | b | javascript:alert(1)", "not_a_link"),
        ("a" * 201 + " | b", "too_long"),
        ("a | " + "b" * 401, "too_long"),
    ],
)
def test_a_line_that_is_no_objection_is_named(line: str, trouble: str) -> None:
    with pytest.raises(playbook_text.BadText) as caught:
        playbook_text.objections(f"ok | fine\n\n{line}")
    assert caught.value.trouble == trouble
    assert caught.value.line == 3
