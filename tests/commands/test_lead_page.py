"""The full page of a lead."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cards.contact_links import contact_links, web_link
from cards.dialects import SLACK_MRKDWN, TEAMS_MARKDOWN, TERMINAL
from cards.lead_page import BLOCKS_IN_A_MESSAGE, BLOCKS_IN_A_PAGE
from cards.model import Card
from cards.timeline import Happening, LeadDid, timeline
from cards.words import render
from commands import (
    add_note,
    keep_campaign,
    log_touch,
    lose_lead,
    qualify_lead,
    receive_lead,
    reject_lead,
    show_lead,
)
from commands.context import Context, NeedsToWrite
from commands.receive_lead import IncomingLead
from commands.reply import Page, Tell
from leads.lead import Company, EngagementEvent
from storage.database import Database
from storage.tables import HistoryRow
from tests.commands.working_day import (
    ADA,
    ANA,
    BEN,
    EVA,
    MIA,
    TOM,
    WorkingDay,
    leaves,
    said,
)
from tests.conftest import Clock


async def card_of(day: WorkingDay, lead_id: int) -> Card:
    found = await day.read(lambda ctx: show_lead.card_of(ctx, lead_id))
    assert found is not None
    return found


async def test_the_page_tells_everything_newest_first(database: Database, clock: Clock) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    clock.advance(hours=1)
    touch = {"kind": "called", "outcome_called": "voicemail", "note": "Back on Monday"}
    await day.do(log_touch.log, handoff.id, touch)
    clock.advance(hours=1)
    await day.do(add_note.add, handoff.lead_id, {"text": "Prefers mornings"})
    clock.advance(hours=1)
    await day.do(qualify_lead.qualify, handoff.id)
    reply = await day.do(show_lead.page, handoff.lead_id)
    assert isinstance(reply, Page)
    page = said(reply)
    for known in (
        "Ada Byron, VP Engineering at Initech",
        "Sales qualified",
        "With Ana Ortiz",
        "ada@initech.example (mailto:ada@initech.example)",
        "030 901820 (tel:+4930901820), or WhatsApp (https://wa.me/4930901820)",
        "https://crm.acme.example/leads/L-17",
        "+25 Downloaded the Pricing Guide",
        "+20 Job title on the target list",
        "= 45 points",
        "Criteria 1",
        "Paying for seats nobody uses",
        "Say: “You looked at our pricing guide.”",
        "“Too expensive” The audit pays for itself",
        "https://acme.example/roi",
    ):
        assert known in page
    happened = [
        "Ana Ortiz marked it as qualified",
        "Ana Ortiz noted: Prefers mornings",
        "Ana Ortiz called, left a voicemail. Back on Monday",
        "Ana Ortiz accepted it",
        "became marketing qualified",
        "downloaded Pricing Guide",
    ]
    places = [page.index(line) for line in happened]
    assert places == sorted(places)
    assert page.count("accepted it") == 1, "told once, though two tables know"


async def test_the_score_shown_is_the_handoffs_and_adds_up_though_more_happened(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    clock.advance(hours=1)
    demo = EngagementEvent(id="demo", type="demo_request", at=clock.now)
    await day.write(
        lambda ctx: receive_lead.receive_events(
            ctx, external_id=ADA.external_id, email=None, events=(demo,)
        )
    )
    page = said(await card_of(day, handoff.lead_id))
    assert "Why 45 points: fit 20, engagement 25" in page
    assert "= 45 points" in page
    assert "Today it would be 60." in page


async def test_a_decision_tells_its_reason_and_the_day_it_asked_for(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.offered()
    asked = await day.do(reject_lead.ask, handoff.id, {"reason": "later"})
    assert "Not now" in said(asked)
    until = (clock.now + timedelta(days=30)).date()
    values = {"reason": "later", "until": until.isoformat(), "date": until.isoformat()}
    await day.do(reject_lead.reject, handoff.id, values)
    page = said(await card_of(day, handoff.lead_id))
    assert "Ana Ortiz rejected it: Not now (23 Dec 2026)" in page
    assert "Resting" in page


async def test_what_isnt_known_is_left_out(database: Database, clock: Clock) -> None:
    day = await WorkingDay(database, clock).begin()
    bare = IncomingLead(email="x@nowhere.example")
    got = await day.write(lambda ctx: receive_lead.receive(ctx, bare, offer=False))
    page = said(await card_of(day, got.lead_id))
    for label in ("Phone", "Company", "Industry", "Campaign", "None", "Owner", "WhatsApp"):
        assert label not in page
    assert "New, not qualified yet" in page


async def test_reps_read_their_own_leads_and_others_are_told_whom_to_ask(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    reply = await day.do(show_lead.page, handoff.lead_id, by=BEN)
    assert isinstance(reply, Tell)
    assert "Ask Ana Ortiz" in said(reply)
    assert "initech" not in said(reply).casefold()
    assert [row.by for row in await day.rows(HistoryRow) if row.act == "refused"] == [BEN.email]
    for person in (ANA, MIA, TOM, EVA):
        assert isinstance(await day.do(show_lead.page, handoff.lead_id, by=person), Page)
    assert "tried to work it" in said(await day.do(show_lead.page, handoff.lead_id, by=TOM))
    assert "tried to work it" not in said(await day.do(show_lead.page, handoff.lead_id, by=ANA))


async def test_a_refusal_asks_for_a_unit_of_work_that_writes(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()

    def look(ctx: Context) -> None:
        show_lead.page(replace(ctx, actor=BEN, reads_only=True), str(handoff.lead_id), {})

    with pytest.raises(NeedsToWrite):
        await day.read(look)


async def test_the_page_is_drawn_without_writing(database: Database, clock: Clock) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    shown = await day.read(lambda ctx: show_lead.page(ctx, str(handoff.lead_id), {}), actor=ANA)
    assert isinstance(shown, Page)


async def test_no_such_lead(database: Database, clock: Clock) -> None:
    day = await WorkingDay(database, clock).begin()
    assert await day.read(lambda ctx: show_lead.card_of(ctx, 4711)) is None
    assert "no longer here" in said(await day.do(show_lead.page, "4711"))
    assert "no longer here" in said(await day.do(show_lead.page, "x"))


async def test_a_long_history_fits_and_says_how_much_is_earlier(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    visits = tuple(
        EngagementEvent(
            id=f"v{n}",
            type="page_view",
            name=f"/{n}/" + "long" * 200,
            at=clock.now - timedelta(hours=n),
        )
        for n in range(1, 700)
    )
    await day.write(
        lambda ctx: receive_lead.receive_events(
            ctx, external_id=ADA.external_id, email=None, events=visits
        )
    )
    page = await day.do(show_lead.page, handoff.lead_id)
    assert isinstance(page, Page)
    assert len(page.card.blocks) <= BLOCKS_IN_A_PAGE
    assert said(page).rstrip().endswith("earlier")
    assert len((await card_of(day, handoff.lead_id)).blocks) <= BLOCKS_IN_A_MESSAGE


def test_what_is_shown_and_what_is_earlier_make_the_whole(clock: Clock) -> None:
    for length in (0, 1, 9, 10, 11, 25, 30, 31, 300, 301, 500):
        happenings: list[Happening] = [
            LeadDid(at=clock.now, type="page_view", name=f"/{n}") for n in range(length)
        ]
        for room in (2, 3, 31, 80):
            blocks = timeline(happenings, room)
            assert len(blocks) <= room
            words = said(Card(summary=_EMPTY, blocks=blocks))
            earlier = words.rsplit("and ", 1)[1] if "earlier" in words else "0 earlier"
            assert words.count("looked at") + int(earlier.split()[0]) == length


_EMPTY = next(iter(leaves(timeline([LeadDid(at=Clock().now, type="x")], 2))))


async def test_hostile_data_is_shown_without_markup(database: Database, clock: Clock) -> None:
    day = await WorkingDay(database, clock).begin()
    nasty = "<!channel> <@U1> *b* [x](javascript:alert(1)) <https://evil.example|click>\u202e"
    lead = IncomingLead(
        external_id=nasty,
        email="a@b.example<!here>",
        first_name=nasty * 150,
        phone="tel:<!here>",
        title=nasty,
        company=Company(name=nasty, domain=nasty, country=nasty),
        campaign="spring-pricing",
        interests=(nasty,),
        extra={nasty: nasty},
    )
    handoff = await day.accepted(lead)
    await day.do(add_note.add, handoff.lead_id, {"text": nasty})
    await day.do(lose_lead.lose, handoff.id, {"reason": "other", "note": nasty})
    card = await card_of(day, handoff.lead_id)
    for leaf in leaves(card):
        slack = render(leaf, SLACK_MRKDWN)
        assert "<!channel" not in slack
        assert "<@U1" not in slack
        assert "<https://evil" not in slack
        assert "](javascript" not in render(leaf, TEAMS_MARKDOWN)
        assert "\u202e" not in render(leaf, TERMINAL)


@pytest.mark.parametrize(
    ("phone", "country", "tel", "whatsapp"),
    [
        ("030 901820", "DE", "tel:+4930901820", "https://wa.me/4930901820"),
        ("+34 912 345 678", None, "tel:+34912345678", "https://wa.me/34912345678"),
        ("+34 912 345 678", "Spain", "tel:+34912345678", "https://wa.me/34912345678"),
        ("030 901820", None, None, None),
        ("030 901820", "Germany", None, None),
        ("12", "DE", None, None),
        ("call me <!here>", "DE", None, None),
        ("+49" + "9" * 5000, "DE", None, None),
        (None, "DE", None, None),
    ],
)
def test_only_valid_numbers_become_links(
    phone: str | None, country: str | None, tel: str | None, whatsapp: str | None
) -> None:
    links = contact_links(None, phone, country)
    assert (links.phone, links.whatsapp) == (tel, whatsapp)


@pytest.mark.parametrize(
    ("email", "link"),
    [
        ("ada@initech.example", "mailto:ada@initech.example"),
        ("ada+x@initech.example", "mailto:ada+x@initech.example"),
        ("ada?bcc=x@initech.example", "mailto:ada%3Fbcc%3Dx@initech.example"),
        ("ada", None),
        ("<a@b.example>", None),
        ("a@b.example\nbcc: c", None),
        (None, None),
    ],
)
def test_only_mail_addresses_become_links(email: str | None, link: str | None) -> None:
    assert contact_links(email, None, None).mail == link


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https://",
        "https://a b",
        "https://a|b",
        "http://[",
        "x" * 3000,
        "",
        None,
    ],
)
def test_other_addresses_are_no_links(text: str | None) -> None:
    assert web_link(text) is None


async def test_a_playbook_in_a_file_with_a_script_for_content_is_only_text(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    handoff = await day.accepted()
    values = {"title": "Spring", "objections": "No | Yes | javascript:alert(1)"}
    reply = await day.do(keep_campaign.keep, "spring-pricing", values, by=MIA)
    assert "the link should begin with https" in said(reply)
    assert "javascript" not in said(await card_of(day, handoff.lead_id))
