"""Teams can't be searched by a bot. An answer that is only slow is waited for; when the line is cut
nobody can know, and to say it twice is better than not at all: both cards work. For Slack see
test_doubt.py."""

import pytest

from commands.context import Platform
from storage.tables import FeedbackRow
from tests import acme
from tests.acme import ANA
from tests.stories.conftest import Acme
from tests.stories.teams import TeamsInATest
from tests.teams.connector import TeamsWorkspace
from tests.teams.trouble import Mischief, Trouble

pytestmark = pytest.mark.parametrize("platform", [Platform.TEAMS])


def _teams(here: Acme) -> TeamsWorkspace:
    assert isinstance(here.chat, TeamsInATest)
    return here.chat.teams


async def test_answers_that_come_late_post_nothing_twice(here: Acme) -> None:
    teams = _teams(here)
    slow = teams.misbehave(Mischief(trouble=Trouble.SLOW, where="POST", calls=6))
    await here.send([acme.lead(100 + n, "ES") for n in range(4)])
    await here.chat.until(lambda: slow.struck >= 2)
    here.clock.advance(minutes=2)  # the leases end
    slow.gate.set()
    await here.delivered()
    assert len(here.chat.person(ANA).cards()) == 4
    assert len(here.chat.channel("lead-handoffs")) == 4


async def test_when_the_line_is_cut_a_card_may_come_twice_and_is_one_offer_all_the_same(
    here: Acme,
) -> None:
    teams = _teams(here)
    await here.receives(ANA)  # the chat with Ana has begun
    await here.delivered()
    teams.misbehave(Mischief(trouble=Trouble.LOST_ANSWER, where="a:ana/activities", calls=1))
    await here.send([acme.lead(100, "ES")])
    await here.delivered()
    ana = here.chat.person(ANA)
    _, lost, kept = ana.cards()
    assert lost.says() == kept.says()
    assert (await ana.press(lost, "Accept")).is_done
    await here.chat.until(lambda: "It's yours" in kept.says())
    assert (await ana.press(lost, "Accept")).is_done
    assert len(await here.rows(FeedbackRow)) == 1


async def test_where_teams_has_no_reactions_for_bots_a_line_says_that_a_note_was_kept(
    here: Acme,
) -> None:
    name, _ = await here.receives(ANA)
    await here.delivered()
    refused = Mischief(trouble=Trouble.REFUSED, where="reactions", status=404, code="NotFound")
    _teams(here).misbehave(refused)
    await here.chat.person(ANA).say("Met her at the fair", thread_of=here.line(name))
    assert "Kept as a note" in await here.told(name, "Kept as a note")
