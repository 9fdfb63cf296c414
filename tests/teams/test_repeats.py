"""Teams, proxies and people on trains deliver things twice, late and in any order."""

import asyncio
from collections import Counter
from random import Random

from commands.card_kind import CardKind
from tests.teams.activities import describe, pressed, typed
from tests.teams.inbound import ANA, MIA, Inside
from tests.teams.records import Json, Message


def clicks(inside: Inside, card: Message, number: int) -> list[Json]:
    """A press, a form, a note in the thread and a question, each its own activity."""
    ana, mia = inside.teams.persona(ANA).user, inside.teams.persona(MIA).user
    chat = inside.teams.persona(ANA).chat
    channel = inside.teams.tenant.channel("gtm")
    subject = str(100 + number)
    press = {"verb": "lead.accept", "data": {"v": 1, "h": subject}}
    form = {"verb": "lead.note", "data": {"v": 1, "h": subject, "f": 1, "in_text": "x"}}
    on_card = {"replyToId": card.id}
    note = typed(inside.teams, f"@Baton note {number}") | {"id": f"n{number}"}
    question = typed(inside.teams, f"quality {number}") | {"id": f"q{number}"}
    return [
        describe(inside.teams, mia, channel, pressed(press, {}) | on_card, card.id),
        describe(inside.teams, mia, channel, pressed(form, {}) | on_card, card.id),
        describe(inside.teams, mia, channel, note, card.id),
        describe(inside.teams, ana, chat, question),
    ]


async def test_a_hundred_repeated_and_disordered_activities_do_nothing_twice(
    inside: Inside,
) -> None:
    await inside.teams.install_in_team()
    card = await inside.post("channel:gtm", CardKind.ANSWER, f"{MIA} definitions")
    once = [one for number in range(25) for one in clicks(inside, card, number)]
    chance = Random(7)
    arriving = once * 3
    chance.shuffle(arriving)
    for first in range(0, len(arriving), 20):
        together = (inside.teams.deliver(one) for one in arriving[first : first + 20])
        assert {one.status for one in await asyncio.gather(*together)} == {200}
        inside.clock.advance(minutes=20)  # by the end, what comes again is five hours old
    done = Counter(
        (deed.name, deed.subject, deed.values.get("message")) for deed in inside.office.deeds
    )
    assert set(done.values()) == {1}
    assert len(done) == 100
    assert len(inside.told(ANA)) == 25  # each question was answered once


async def test_a_late_leave_does_not_undo_a_later_join(inside: Inside) -> None:
    ana = inside.teams.persona(ANA)
    told = {"type": "installationUpdate"}
    add = describe(inside.teams, ana.user, ana.chat, told | {"action": "add"})
    remove = describe(inside.teams, ana.user, ana.chat, told | {"action": "remove"})
    late = remove | {"timestamp": "2026-11-20T10:00:00Z"}
    await inside.teams.deliver(add | {"timestamp": "2026-11-20T11:00:00.123Z"})
    await inside.teams.deliver(late)
    assert await inside.conversations.at("a:ana")
    await inside.teams.deliver(remove | {"timestamp": "2026-11-20T12:00:00Z"})
    assert await inside.conversations.at("a:ana") is None
    await inside.teams.deliver(late)
    await inside.teams.deliver(add | {"timestamp": "2026-11-20T13:00:00Z"})
    assert await inside.conversations.at("a:ana")
