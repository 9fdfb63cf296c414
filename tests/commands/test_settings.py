"""People choose how Baton talks to them: where, when, and in whose numbers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cards.model import Card
from commands import accept_lead, answer, keep_settings, outgoing, quiet, reach_fallback
from commands.card_kind import CardKind
from commands.context import Context
from commands.present import present
from commands.reading import for_asker, for_destination
from commands.reply import Correct, Tell
from storage.database import Session
from storage.preferences import NONE, Preferences, keep, preferences_of
from storage.tables import CopyRow, OutboxRow
from tests.commands.story import ANA, BEN, MIA, Story, local, setup_of, words_of

CHOSEN = {"place": "thread", "quiet_from": "19:00", "quiet_to": "07:30", "digest_at": "never"}


async def choose(story: Story, **values: str) -> object:
    return await story.act(keep_settings.choose, ANA, ANA.email, **values)


async def preferences(story: Story) -> Preferences:
    return await story.do(lambda ctx: preferences_of(ctx.session, ANA.email))


async def test_what_was_chosen_is_kept_and_shown(story: Story) -> None:
    done = await choose(story, **CHOSEN, locale="de")
    assert isinstance(done, Tell)
    said = words_of(await story.act(answer.answer, ANA, "settings"))
    assert "19:00 to 07:30" in said
    assert "Never" in said
    assert "thread of the lead's line" in said
    assert "Deutsch" in said


async def test_choosing_the_usual_again_leaves_nothing_behind(story: Story) -> None:
    await choose(story, **CHOSEN, locale="de")
    usual = {"quiet_from": "none", "quiet_to": "none", "digest_at": "usual", "locale": "team"}
    await choose(story, place="dm", **usual)
    assert await preferences(story) == NONE


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"quiet_from": "19:00", "quiet_to": "none"}, "quiet_to"),
        ({"quiet_to": "07:00"}, "quiet_from"),
        ({"quiet_from": "19:00", "quiet_to": "19:00"}, "quiet_to"),
        ({"quiet_from": "25:00", "quiet_to": "07:00"}, "quiet_from"),
        ({"digest_at": "noonish"}, "digest_at"),
        ({"locale": "tlh"}, "locale"),
    ],
)
async def test_what_cannot_be_is_answered_beside_the_choice(
    story: Story, values: dict[str, str], field: str
) -> None:
    wrong = await choose(story, **values)
    assert isinstance(wrong, Correct)
    assert field in wrong.errors
    assert await preferences(story) == NONE


async def test_everybody_chooses_for_themselves(story: Story) -> None:
    for handler in (keep_settings.ask, keep_settings.choose):
        refused = words_of(await story.act(handler, MIA, ANA.email, **CHOSEN))
        assert "Everybody chooses for themselves" in refused
    assert await preferences(story) == NONE


async def test_an_answer_is_written_as_its_asker_chose(story: Story) -> None:
    await choose(story, locale="de")

    def card(ctx: Context) -> Card:
        reply = for_asker(ctx, answer.answer(ctx, "away", {}))
        assert isinstance(reply, Tell)
        return reply.card

    assert (await story.do(card, ANA)).locale == "de"
    assert (await story.do(card, BEN)).locale == "en"


async def test_a_card_is_written_as_its_reader_chose_and_for_many_as_the_agreement(
    story: Story,
) -> None:
    story.setup = replace(story.setup, agreement=replace(story.setup.agreement, locale="en-GB"))
    await choose(story, locale="de")
    offered = await story.offer(ANA)

    def drawn(session: Session, destination: str) -> Card:
        ctx = story.context(session)
        card = present(ctx, CardKind.BATTLE_CARD, offered.subject)
        assert card
        return for_destination(
            ctx, card, kind="battle_card", subject=offered.subject, destination=destination
        )

    locales = [
        (await story.database.read(lambda session, to=to: drawn(session, to))).locale  # type: ignore[misc]
        for to in (f"person:{ANA.email}", f"person:{BEN.email}", "channel:#handoffs")
    ]
    assert locales == ["de", "en-GB", "en-GB"]


async def post_of(story: Story, kind: CardKind, subject: str) -> tuple[CopyRow, OutboxRow]:
    found = [(copy, row) for copy, row in await story.posts(kind) if copy.subject == subject]
    return found[-1]


async def test_cards_come_in_the_thread_of_the_line_and_call_their_rep_until_decided(
    story: Story,
) -> None:
    await choose(story, place="thread")
    offered = await story.offer(ANA)
    line, _ = await post_of(story, CardKind.HANDOFF_LINE, str(offered.lead))
    card, row = await post_of(story, CardKind.BATTLE_CARD, offered.subject)
    assert (card.destination, card.thread_of) == ("channel:#handoffs", line.id)
    assert row.lane == card.lane == line.lane  # so that it never comes before the line

    def pings(ctx: Context) -> bool:
        shown = present(ctx, CardKind.BATTLE_CARD, offered.subject)
        assert shown
        called = for_destination(
            ctx, shown, kind=card.kind, subject=card.subject, destination=card.destination
        )
        return called.blocks[0].text.values["rep"].ping  # type: ignore[union-attr, no-any-return]

    assert await story.do(pings)
    await story.act(accept_lead.accept, ANA, offered.subject)
    assert not await story.do(pings)


async def test_a_lead_that_is_passed_on_comes_under_the_line_it_has(story: Story) -> None:
    await choose(story, place="thread")
    first = await story.offer(BEN)

    def on(ctx: Context) -> None:
        outgoing.to_rep(
            ctx,
            ANA.email,
            CardKind.BATTLE_CARD,
            first.subject,
            dedupe_key="again",
            lead_id=first.lead,
        )

    await story.do(on)
    card, _ = await post_of(story, CardKind.BATTLE_CARD, first.subject)
    assert card.destination == "channel:#handoffs"


async def test_without_a_channel_cards_come_to_the_own_chat(story: Story) -> None:
    story.setup = setup_of(channel=None)
    await choose(story, place="thread")
    offered = await story.offer(ANA)
    card, _ = await post_of(story, CardKind.BATTLE_CARD, offered.subject)
    assert card.destination == f"person:{ANA.email}"


async def test_a_card_that_could_not_be_posted_in_the_thread_comes_to_the_own_chat(
    story: Story,
) -> None:
    await choose(story, place="thread")
    offered = await story.offer(ANA)
    await story.do(lambda ctx: reach_fallback.reach_in_own_chat(ctx, offered.subject))
    card, _ = await post_of(story, CardKind.BATTLE_CARD, offered.subject)
    assert card.destination == f"person:{ANA.email}"
    assert len(await story.handoffs(offered.lead)) == 1


async def test_nothing_unasked_comes_in_quiet_hours_while_the_clock_counts_work(
    story: Story,
) -> None:
    await choose(story, quiet_from="10:30", quiet_to="11:30")
    offered = await story.offer(ANA)  # at 11:00
    _, row = await post_of(story, CardKind.BATTLE_CARD, offered.subject)
    assert row.due_at == local(2026, 11, 23, 11, 30)
    assert (await story.handoff(offered.handoff)).accept_by == local(2026, 11, 23, 12)
    _, line = await post_of(story, CardKind.HANDOFF_LINE, str(offered.lead))
    assert line.due_at == story.clock.now  # the channel's own


@pytest.mark.parametrize(
    ("at", "until"),
    [
        (local(2026, 11, 23, 18, 59), local(2026, 11, 23, 18, 59)),
        (local(2026, 11, 23, 19), local(2026, 11, 24, 7, 30)),
        (local(2026, 11, 24, 3), local(2026, 11, 24, 7, 30)),
        (local(2026, 11, 24, 7, 30), local(2026, 11, 24, 7, 30)),
    ],
)
async def test_quiet_hours_go_past_midnight(story: Story, at: datetime, until: datetime) -> None:
    await choose(story, quiet_from="19:00", quiet_to="07:30")
    assert await story.do(lambda ctx: quiet.loud_from(ctx, ANA, at)) == until


async def test_quiet_hours_that_end_when_clocks_change(story: Story) -> None:
    await choose(story, quiet_from="22:00", quiet_to="02:30")
    skipped = await story.do(lambda ctx: quiet.loud_from(ctx, ANA, local(2027, 3, 28, 1)))
    assert skipped == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)  # 03:30, after the gap
    twice = datetime(2026, 10, 25, 1, 15, tzinfo=UTC)  # the second 02:15
    over = await story.do(lambda ctx: quiet.loud_from(ctx, ANA, twice))
    assert over == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


_HOURS = st.integers(0, 47).map(lambda half: f"{half // 2:02}:{'30' if half % 2 else '00'}")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    begins=_HOURS,
    ends=_HOURS,
    minutes=st.integers(0, 60 * 24 * 400),
    zone=st.sampled_from(
        ["Europe/Madrid", "America/New_York", "Asia/Tokyo", "Australia/Lord_Howe"]
    ),
)
async def test_what_is_loud_is_outside_of_quiet_hours_and_never_before(
    begins: str, ends: str, minutes: int, zone: str, story: Story
) -> None:
    at = datetime(2026, 6, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    person = replace(ANA, timezone=zone)

    def check(ctx: Context) -> tuple[datetime, datetime]:
        chosen = Preferences(quiet_from=begins, quiet_to=ends)
        keep(ctx.session, ANA.email, chosen, ctx.now)
        loud = quiet.loud_from(ctx, person, at)
        return loud, quiet.loud_from(ctx, person, loud)

    loud, again = await story.do(check)
    assert at <= loud <= at + timedelta(hours=26)
    assert again == loud
