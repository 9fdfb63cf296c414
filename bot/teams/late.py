"""The answers to the last sends, also those that come when nobody waits for them any more."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable

from commands.delivery import MessageRef, Unreachable

_KEPT = 1000


class LateAnswers:
    """Teams can't be asked for a message that carries a number of ours, so an answer that is only
    slow mustn't be thrown away: the request goes on, and the next try takes its answer. The last
    thousand are kept. What is lost with the connection or with this process is sent again, and may
    then be seen twice."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._flights: OrderedDict[int, asyncio.Task[MessageRef]] = OrderedDict()

    async def wait(self, outbox_id: int, sending: Awaitable[MessageRef]) -> MessageRef:
        """What `sending` returns or raises, or Unreachable when that takes too long."""
        flight = asyncio.ensure_future(sending)
        if not isinstance(flight, asyncio.Task):
            raise TypeError("a coroutine is wanted")
        self._flights[outbox_id] = flight
        flight.add_done_callback(_look)
        if len(self._flights) > _KEPT:
            self._flights.popitem(last=False)
        try:
            async with asyncio.timeout(self._patience):
                return await asyncio.shield(flight)
        except TimeoutError:
            raise Unreachable("no answer yet", uncertain=True) from None

    def arrived(self, outbox_id: int) -> MessageRef | None:
        """The message, if it was sent and answered; None when there is nothing to hope for. Raises
        Unreachable while the answer may still come."""
        flight = self._flights.get(outbox_id)
        if flight is None:
            return None
        if not flight.done():
            raise Unreachable("no answer yet", uncertain=True)
        if flight.cancelled() or flight.exception():
            return None
        return flight.result()


def _look(flight: asyncio.Task[MessageRef]) -> None:
    """An error that nobody waits for any more isn't worth a warning."""
    if not flight.cancelled():
        flight.exception()
