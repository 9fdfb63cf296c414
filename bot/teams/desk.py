"""What the Teams side needs of `bot.router.Router`."""

from typing import Protocol

from bot.intent import Intent
from commands.context import Place
from commands.reply import Reply


class Desk(Protocol):
    """Where intents are carried out."""

    async def handle(self, intent: Intent) -> Reply:
        """Do what was meant; everything is committed when this returns."""
        ...

    async def is_card_thread(self, place: Place) -> bool:
        """Whether the thread of `place` hangs on one of our cards."""
        ...
