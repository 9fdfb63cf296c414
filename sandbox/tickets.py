"""What an interaction lends the app: a trigger to open a view, an address to answer to."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from sandbox.arguments import SlackError

TRIGGER_SECONDS = 3.0
RESPONSE_SECONDS = 30 * 60
RESPONSE_USES = 5


@dataclass(kw_only=True)
class Trigger:
    user: str
    expires: float
    used: bool = False


@dataclass(kw_only=True)
class ResponseAddress:
    """Where an app may answer five times in 30 minutes; `message_ts` is the message clicked."""

    user: str
    channel: str
    expires: float
    message_ts: str = ""
    thread_ts: str | None = None
    uses: int = 0
    posted_ts: str = ""


class Tickets:
    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._triggers: dict[str, Trigger] = {}
        self._addresses: dict[str, ResponseAddress] = {}

    def new_trigger(self, user: str) -> str:
        self._forget_old()
        trigger_id = (
            f"{int(self._clock() * 1000)}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        )
        self._triggers[trigger_id] = Trigger(user=user, expires=self._clock() + TRIGGER_SECONDS)
        return trigger_id

    def exchange(self, trigger_id: str) -> str:
        """The user whose interaction it was; each trigger works once."""
        trigger = self._triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.used:
            raise SlackError("exchanged_trigger_id")
        if self._clock() > trigger.expires:
            raise SlackError("expired_trigger_id")
        trigger.used = True
        return trigger.user

    def new_address(
        self, user: str, channel: str, message_ts: str = "", thread_ts: str | None = None
    ) -> str:
        key = f"T0001/{secrets.token_hex(12)}"
        expires = self._clock() + RESPONSE_SECONDS
        self._addresses[key] = ResponseAddress(
            user=user, channel=channel, expires=expires, message_ts=message_ts, thread_ts=thread_ts
        )
        return key

    def address(self, key: str) -> ResponseAddress | None:
        return self._addresses.get(key)

    def use(self, key: str) -> ResponseAddress:
        address = self._addresses.get(key)
        if address is None or self._clock() > address.expires:
            raise SlackError("expired_url")
        if address.uses >= RESPONSE_USES:
            raise SlackError("used_url")
        address.uses += 1
        return address

    def _forget_old(self) -> None:
        """Keeps the last ten minutes, so that a late or second use is still told apart."""
        long_ago = self._clock() - 600
        while self._triggers and next(iter(self._triggers.values())).expires < long_ago:
            del self._triggers[next(iter(self._triggers))]
