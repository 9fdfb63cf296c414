"""What stands under a click: the card that the message shows, drawn again as things are now."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.directory import Directory
from bot.intent import Asked, Intent, Sender
from bot.teams.desk import Desk
from bot.teams.origin import ByClick
from cards.model import Card
from cards.teams import Frame
from commands import answer, present, viewing
from commands.context import Context, Place, Platform, Setup
from commands.delivery import Throttled, Undeliverable, Unreachable
from commands.reading import for_destination
from commands.reply import Home, Page, Tell
from leads.person import Person
from storage import outbox
from storage.conversations import ConversationRef
from storage.database import Database, Session


class Audience(Protocol):
    """Who sees a conversation's cards in a way of their own; see `bot.teams.viewers`."""

    def of(self, ref: ConversationRef) -> tuple[str, ...]:
        """Their user ids."""
        ...


@dataclass(frozen=True)
class Drawn:
    """A card and what goes around it."""

    card: Card
    frame: Frame


class OwnCards:
    """Draws the copies that the outbox posted, and the answers that can be asked for again."""

    def __init__(
        self,
        database: Database,
        setup: Setup,
        clock: Callable[[], datetime],
        *,
        desk: Desk,
        directory: Directory,
        audience: Audience,
    ) -> None:
        self._database = database
        self._setup = setup
        self._clock = clock
        self._desk = desk
        self._directory = directory
        self._audience = audience

    async def drawn(self, origin: ByClick, sender: Sender) -> Drawn | None:
        """The card of the message that was clicked, as the clicker may have it; None for one that
        can't be drawn again."""
        if origin.message:
            card = await self._copy(origin, origin.message, await self._person(sender))
            if card:
                return Drawn(card, Frame(viewers=self._audience.of(origin.spot.ref)))
        if origin.asked is None:
            return None
        return await self._answer(origin, origin.asked, sender)

    async def _copy(self, origin: ByClick, message: str, actor: Person | None) -> Card | None:
        ref = origin.spot.ref

        def draw(session: Session) -> Card | None:
            copy = outbox.copy_at(session, ref.conversation, message)
            if copy is None or copy.platform != Platform.TEAMS:
                return None
            ctx = Context(session=session, now=self._clock(), setup=self._setup)
            card = present.present(ctx, copy.kind, copy.subject)
            if card:
                card = for_destination(
                    ctx, card, kind=copy.kind, subject=copy.subject, destination=copy.destination
                )
            if card is None or actor is None or copy.destination == f"person:{actor.email}":
                return card  # what is sent to somebody is made for them
            seen_by = Context(session=session, now=ctx.now, setup=ctx.setup, actor=actor)
            return viewing.for_viewer(seen_by, card)

        return await self._database.read(draw)

    async def _answer(self, origin: ByClick, question: str, sender: Sender) -> Drawn | None:
        place = Place(
            platform=Platform.TEAMS,
            workspace=sender.workspace,
            conversation=origin.asked_in or origin.spot.ref.conversation,
            is_private=origin.asked_in is None and origin.spot.is_private,
        )
        # Drawing a card again mustn't do again what the words did.
        shown = Asked(text=answer.to_ask_again(question))
        intent = Intent(sender=sender, deed=shown, place=place)
        match await self._desk.handle(intent):
            case Tell(card=card) | Page(card=card) | Home(card=card):
                return Drawn(card, Frame(asked=question, asked_in=origin.asked_in))
            case _:
                return None

    async def _person(self, sender: Sender) -> Person | None:
        try:
            account = await self._directory.account_of(sender.workspace, sender.user_id)
        except (Throttled, Unreachable, Undeliverable):
            return None
        return self._setup.team.find(account.email)
