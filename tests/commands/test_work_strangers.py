"""Somebody whom the team file doesn't know."""

from commands import greet_stranger
from commands.context import Context
from commands.present import CardKind, present
from leads.person import Team
from storage import accounts
from storage.database import Database
from storage.tables import CopyRow
from tests.commands.working_day import ANA, EVA, TEAM, TOM, WorkingDay, channel, said
from tests.conftest import Clock

NORA = {"name": "Nora New", "user_id": "U9"}


async def notices(day: WorkingDay) -> list[CopyRow]:
    return [copy for copy in await day.rows(CopyRow) if copy.kind == CardKind.STRANGER]


async def test_a_stranger_is_told_whom_to_ask_and_admins_what_to_add(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    told = await day.do(greet_stranger.greet, "nora@acme.example", NORA, by=None, place=channel())
    assert "Ask Eva Adler to add you" in said(told)
    assert "nora@acme.example" in said(told)
    (notice,) = await notices(day)
    assert notice.destination == f"person:{EVA.email}"

    def draw(ctx: Context) -> str:
        return said(present(ctx, CardKind.STRANGER, notice.subject))

    words = await day.read(draw)
    for line in (
        "[[people]]",
        'name = "Nora New"',
        'email = "nora@acme.example"',
        'roles = ["rep"]',
    ):
        assert line in words


async def test_admins_hear_of_the_same_stranger_once_a_day(
    database: Database, clock: Clock
) -> None:
    day = await WorkingDay(database, clock).begin()
    for _ in range(3):
        await day.do(greet_stranger.greet, "U9", NORA, by=None, place=channel())
        clock.advance(minutes=5)
    assert len(await notices(day)) == 1
    await day.do(greet_stranger.greet, "U8", {"user_id": "U8"}, by=None, place=channel())
    assert len(await notices(day)) == 2
    clock.advance(days=1)
    await day.do(greet_stranger.greet, "U9", NORA, by=None, place=channel())
    assert len(await notices(day)) == 3


async def test_without_admins_the_managers_are_asked(database: Database, clock: Clock) -> None:
    day = await WorkingDay(database, clock, Team(people=(ANA, TOM), channels=TEAM.channels)).begin()
    told = await day.do(greet_stranger.greet, "U9", NORA, by=None, place=channel())
    assert "Ask Tom Berg to add you" in said(told)
    assert "I see no e-mail on your account" in said(told)
    assert [copy.destination for copy in await notices(day)] == [f"person:{TOM.email}"]


async def test_a_stranger_who_joined_meanwhile_is_no_news(database: Database, clock: Clock) -> None:
    day = await WorkingDay(database, clock).begin()
    await day.write(
        lambda ctx: accounts.save(
            ctx.session,
            platform="slack",
            workspace="T1",
            user_id="U2",
            email=ANA.email,
            name="Ana",
            now=ctx.now,
        )
    )
    assert await day.read(lambda ctx: present(ctx, CardKind.STRANGER, "slack/T1/U2")) is None
    card = await day.read(lambda ctx: present(ctx, CardKind.STRANGER, "odd"))
    assert "tried to use Baton" in said(card)
