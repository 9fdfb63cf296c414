"""What each role finds on Baton's home page."""

from cards import terminal
from cards.actions import Action
from commands import accept_lead, reject_lead
from commands.context import Context
from commands.reply import Home, Nothing
from commands.show_home import home
from leads.person import Person, Role
from storage import accounts
from storage.tables import CopyRow, OutboxRow
from tests.commands.story import ADA, ANA, MAX, MIA, Story, person
from tests.commands.telling import buttons, promising


async def shown(story: Story, actor: Person) -> str:
    reply = await story.database.read(lambda session: home(story.context(session, actor), "", {}))
    assert isinstance(reply, Home)
    return terminal.text(reply.card)


async def test_a_rep_sees_open_leads_with_clocks_and_buttons_to_open_them(story: Story) -> None:
    offered = await story.offer(ANA)
    reply = await story.act(home, ANA, "")
    assert isinstance(reply, Home)
    text = terminal.text(reply.card)
    assert "Your 1 open lead" in text
    assert "Accept or reject by" in text
    assert "Newest rejections" not in text
    assert next((one.action, one.subject) for one in buttons(reply.card)) == (
        Action.MORE,
        str(offered.lead),
    )


async def test_a_marketer_sees_the_weeks_quality_and_the_newest_rejections(
    story: Story,
) -> None:
    promising(story)
    for number in range(12):
        offered = await story.offer(ANA, first_name=f"Ada{number}")
        if number < 6:
            await story.act(accept_lead.accept, ANA, offered.subject)
        else:
            story.clock.advance(minutes=1)
            await story.act(
                reject_lead.reject, ANA, offered.subject, reason="other", text="They supply us"
            )
    text = await shown(story, MAX)
    assert "12 leads handed over in the last 7 days" in text
    assert "50% (6 of 12" in text
    assert text.index("Ada11") < text.index("Ada10")
    assert text.count("“They supply us”, Ana Ortiz") == 5
    assert "open lead" not in text
    assert await shown(story, MIA) == text


async def test_a_week_older_than_seven_days_isnt_this_week(story: Story) -> None:
    await story.offer(ANA)
    story.clock.advance(days=7)
    assert "No leads were handed to sales" in await shown(story, MAX)


async def test_an_admin_sees_what_could_not_be_delivered_and_who_has_no_account(
    story: Story,
) -> None:
    text = await shown(story, ADA)
    assert "No chat account is known yet for Ana Ortiz, Ben Weber" in text
    assert "Criteria in force: version 1" in text
    await story.offer(ANA)

    def trouble(ctx: Context) -> None:
        for one in ctx.setup.team.people:
            accounts.save(
                ctx.session,
                platform="slack",
                workspace="T1",
                user_id=one.name,
                email=one.email,
                name=one.name,
                now=ctx.now,
            )
        row = ctx.session.get_one(OutboxRow, 1)
        row.state, row.error = "dead", "not_in_channel"

    assert await story.all(CopyRow)
    await story.do(trouble)
    text = await shown(story, ADA)
    assert "No chat account" not in text
    assert "1 message couldn't be delivered. The newest: not_in_channel." in text


async def test_somebody_of_many_roles_sees_all_their_parts(story: Story) -> None:
    everything = person("Ana Ortiz", *Role)
    text = await shown(story, everything)
    assert text.index("Your leads") < text.index("Lead quality") < text.index("For admins")


async def test_nobody_in_particular_has_no_home(story: Story) -> None:
    assert await story.do(lambda ctx: home(ctx, "", {})) == Nothing()
