"""One story on both platforms, and what people see there word for word."""

import re
from calendar import month_abbr
from datetime import UTC, datetime
from pathlib import Path

from commands.context import Platform
from storage.database import Database
from tests.acme import ANA, BEN, MIA, NOAH, SAM
from tests.stories.chat import Card
from tests.stories.conftest import Acme, at_work

_DAY = rf"\b\d{{1,2}} (?:{'|'.join(month_abbr[1:])})\b(?: \d{{4}})?"
_TIME = r"\b\d{1,2}:\d\d(?: UTC)?"
_MOMENT = re.compile(f"{_DAY}(?:(?:,| at) {_TIME})?|{_TIME}")
"""Slack and Teams each write a moment in the reader's own zone and language."""
_ACCOUNT = re.compile(r"\bU\d{4}\b|\b29:[a-z]+")
_PLATFORM = re.compile(r"\b(?:Slack|Teams)\b")


class Transcript:
    """What was seen, line by line and in order; only the space between words doesn't matter."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def note(self, what: str, said: str, buttons: list[str] | None = None) -> None:
        """Somebody looks at something."""
        self.lines.append(f"— {what}")
        shown = _MOMENT.sub("‹moment›", said).replace("@", "").replace("• ", "")
        shown = shown.replace("/leads ", "")  # in Teams the words after it are all of a command
        shown = _PLATFORM.sub("‹chat›", _ACCOUNT.sub("‹account›", shown))
        self.lines += [" ".join(one.split()) for one in shown.splitlines() if one.strip()]
        self.lines += buttons or []

    def look(self, what: str, card: Card) -> None:
        self.note(what, card.says(), card.buttons())


async def _story(here: Acme) -> list[str]:
    seen = Transcript()
    ana, ben, mia = (here.chat.person(one) for one in (ANA, BEN, MIA))
    name, card = await here.receives(ANA)
    await here.delivered()
    seen.look("offered to Ana", card)
    seen.look("in the channel", here.line(name))

    await ben.press(card, "Accept")
    seen.note("Ben may not", ben.was_told())
    await ana.press(card, "Accept")
    await here.delivered()
    seen.look("accepted by Ana", card)
    await mia.press(card, "Undo")
    seen.note("Mia may not undo it", mia.was_told())
    await ana.press(card, "Undo")
    await here.delivered()
    seen.look("undone", card)

    form = (await ana.press(card, "Reject")).form
    assert form
    form = await form.choose("reason", "wrong_territory")
    assert (await form.send(person=BEN)).is_done
    await here.delivered()
    seen.look("rejected", card)
    seen.look("offered to Ben", await ben.card(f"{name},"))
    for one in here.chat.thread(here.line(name)):
        seen.look("in the thread", one)
    await ben.press(await ben.card(f"{name},"), "Accept")
    await here.delivered()
    seen.look("in the channel at last", here.line(name))

    for who in (ANA, NOAH, MIA):
        for question in ("quality", "reasons", "funnel", "help", "lead 1", "find byron", "qualty"):
            for channel in (None, "gtm"):
                answer = await here.chat.person(who).ask(question, channel)
                seen.note(f"{who} asks {question} in {channel}", answer)
    await here.chat.person(NOAH).share("reasons", "gtm")
    await here.delivered()
    (shared,) = here.chat.channel("gtm")
    seen.look("shared", shared)

    seen.note("a stranger asks", await here.chat.person(SAM).ask("quality"))
    await here.delivered()
    seen.look("Mia hears of it", await mia.card("Sam Stranger"))

    here.clock.put(datetime(2026, 11, 24, 8, 0, 30, tzinfo=UTC))
    await here.wake()
    await here.delivered()
    seen.look("the digest", here.chat.channel("gtm")[-1])
    return seen.lines


async def test_a_story_reads_the_same_on_slack_and_on_teams(tmp_path: Path) -> None:
    transcripts = {}
    for platform in Platform:
        url = f"sqlite:///{tmp_path / platform}.db"
        database = Database.open(url)
        database.migrate()
        await database.close()
        async with at_work(url, platform) as here:
            transcripts[platform] = await _story(here)
            assert here.chat.refused() == []
    assert transcripts[Platform.SLACK] == transcripts[Platform.TEAMS]
