"""One try to deliver one row of the outbox: render it as things are now, send it, and say what
became of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from cards.charts import Chart
from cards.model import Card, Picture
from commands.context import Context, Platform, Setup
from commands.delivery import (
    Chat,
    MessageRef,
    Pictures,
    Throttled,
    Undeliverable,
    Unreachable,
)
from commands.quiet import held_until
from commands.reading import for_destination
from jobs.fingerprint import fingerprint
from storage import outbox
from storage.copies import Copy, Place, copy_of
from storage.database import Database, Session
from storage.deliveries import Claimed, Delayed, Delivered, Outcome, Parked, Posted

log = logging.getLogger(__name__)

Present = Callable[[Context, str, str], Card | None]
Draw = Callable[[Chart], Awaitable[bytes]]
"""A chart as a PNG image."""

RETRY_AFTER = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1200.0)
"""Seconds between tries: twelve in about 54 minutes, then the row is parked."""


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A row with its copy, and its card as it is at this moment."""

    copy: Copy
    card: Card | None
    digest: str | None
    quiet_until: datetime | None = None
    """When its reader wants to be told again, where that isn't now."""


@dataclass(kw_only=True)
class Attempt:
    """One try at `row`. `began` tells whether the platform may have heard of it."""

    row: Claimed
    chat: Chat
    database: Database
    setup: Setup
    clock: Callable[[], datetime]
    present: Present
    draw: Draw
    is_open: Callable[[], bool]
    """Whether the platform is to be asked at all: it may have gone down in the meantime."""
    places: asyncio.Semaphore
    time_limit: float
    retry_after: tuple[float, ...] = RETRY_AFTER
    began: bool = field(default=False, init=False)
    answered: bool | None = field(default=None, init=False)
    """Whether the platform answered; None when it wasn't asked."""
    hold: float = field(default=0.0, init=False)
    """Seconds for which the platform wants no more in this conversation."""

    async def outcome(self) -> Outcome:
        """Try, and return what became of it. Raises nothing but what stops the worker."""
        try:
            draft = await self.database.read(self._draft)
            if self._has_nothing_to_say(draft):
                return Delivered(row=self.row)
            if draft.quiet_until:
                return self._when_loud(draft.quiet_until)
            pictures = await self._drawn(draft.card)
            async with self.places:
                if not self.is_open():
                    return self.released()
                self.began = True
                async with asyncio.timeout(self.time_limit):
                    delivered = await self._send(draft, pictures)
        except Throttled as error:
            self.answered = True
            self.hold = error.retry_after
            return self._later(str(error), seconds=error.retry_after, counts=False, cleared=True)
        except Unreachable as error:
            self.answered = False
            return self._again(error.reason, cleared=not error.uncertain)
        except TimeoutError:
            self.answered = False
            return self._again(f"no answer within {self.time_limit:g} s", cleared=False)
        except Undeliverable as error:
            self.answered = True
            return Parked(row=self.row, error=error.reason, advice=error.advice)
        except Exception as error:
            # A mistake of ours in one card mustn't stop all others: it is retried, then parked.
            log.exception("outbox_attempt_failed", extra={"outbox_id": self.row.id})
            return self._again(f"{type(error).__name__}: {error}", cleared=not self.began)
        self.answered = True
        return delivered

    def released(self) -> Delayed:
        """What becomes of the row when this try ends without an answer: it is ready again."""
        return self._later("not tried", seconds=0, counts=False, cleared=not self.began)

    def _draft(self, session: Session) -> Draft:
        copy = copy_of(session, self.row.copy_id)
        if self.row.verb == outbox.REACT or (self.row.verb == outbox.UPDATE and copy.at is None):
            return Draft(copy=copy, card=None, digest=None)
        ctx = Context(session=session, now=self.clock(), setup=self.setup)
        card = self.present(ctx, copy.kind, copy.subject)
        if card:
            card = for_destination(
                ctx, card, kind=copy.kind, subject=copy.subject, destination=copy.destination
            )
        return Draft(
            copy=copy,
            card=card,
            digest=fingerprint(card) if card else None,
            quiet_until=self._quiet_until(ctx, copy),
        )

    def _quiet_until(self, ctx: Context, copy: Copy) -> datetime | None:
        """The end of the quiet hours, or of the night, in which this would come: a row that was to
        come before them may have been held up until now. Changing what stands in the chat disturbs
        nobody."""
        person = ctx.setup.team.find(copy.destination.removeprefix("person:"))
        if self.row.verb != outbox.POST or person is None:
            return None
        return held_until(ctx, person, copy.kind)

    def _has_nothing_to_say(self, draft: Draft) -> bool:
        match self.row.verb:
            case outbox.POST:
                # In doubt it may be in the chat, with live buttons, though nothing is to be said.
                unsaid = draft.card is None and not self.row.in_doubt
                return unsaid or draft.copy.at is not None
            case outbox.UPDATE:
                # Without a message the post is still to come, and shows all this, or is parked.
                # In doubt, an update that was lost may have arrived: what it shows isn't known.
                unchanged = draft.digest == draft.copy.shown and not self.row.in_doubt
                return draft.card is None or draft.copy.at is None or unchanged
            case _:
                return draft.copy.at is None

    async def _drawn(self, card: Card | None) -> Pictures:
        charts = (
            [block.chart for block in card.blocks if isinstance(block, Picture)] if card else []
        )
        return {chart: await self.draw(chart) for chart in charts}

    async def _send(self, draft: Draft, pictures: Pictures) -> Delivered:
        if self.row.verb == outbox.POST:
            return await self._post(draft, pictures)
        at = _ref(draft.copy.at)
        if at is None:
            return Delivered(row=self.row)
        if self.row.verb == outbox.UPDATE and draft.card:
            await self.chat.update(at, draft.card, pictures)
            return Delivered(row=self.row, shown=draft.digest)
        sign, _, message = self.row.detail.partition(" ")
        await self.chat.react(
            MessageRef(
                platform=at.platform,
                workspace=at.workspace,
                conversation=at.conversation,
                message=message,
                thread=at.message,
            ),
            sign,
        )
        return Delivered(row=self.row)

    async def _post(self, draft: Draft, pictures: Pictures) -> Delivered:
        destination, thread = draft.copy.destination, _ref(draft.copy.under)
        if self.row.in_doubt:
            found = await self.chat.find_posted(destination, thread, self.row.id)
            if found:
                # What it shows is what was true back then; the next update will see to that.
                return Delivered(row=self.row, posted=_posted(found))
        if draft.card is None:
            return Delivered(row=self.row)
        made = await self.chat.post(
            destination, draft.card, thread=thread, outbox_id=self.row.id, pictures=pictures
        )
        return Delivered(row=self.row, posted=_posted(made), shown=draft.digest)

    def _again(self, error: str, *, cleared: bool) -> Outcome:
        tried = self.row.attempts
        if tried >= len(self.retry_after):
            return Parked(
                row=self.row,
                error=error,
                advice="Check that the platform is up and that Baton may write there.",
            )
        # Spread by up to a tenth, so that what failed together doesn't come back together.
        spread = 1 + (self.row.id * 7919 % 100) / 1000
        seconds = self.retry_after[tried] * spread
        return self._later(error, seconds=seconds, counts=True, cleared=cleared)

    def _when_loud(self, moment: datetime) -> Delayed:
        return Delayed(
            row=self.row, ready_at=moment, counts=False, cleared=True, error="quiet hours"
        )

    def _later(self, error: str, *, seconds: float, counts: bool, cleared: bool) -> Delayed:
        return Delayed(
            row=self.row,
            ready_at=self.clock() + timedelta(seconds=seconds),
            counts=counts,
            cleared=cleared,
            error=error,
        )


def _ref(place: Place | None) -> MessageRef | None:
    if place is None:
        return None
    return MessageRef(
        platform=Platform(place.platform),
        workspace=place.workspace,
        conversation=place.conversation,
        message=place.message,
        thread=place.thread,
    )


def _posted(ref: MessageRef) -> Posted:
    return Posted(
        workspace=ref.workspace,
        conversation=ref.conversation,
        message=ref.message,
        thread=ref.thread,
    )
