"""Trouble on demand: what Teams and the network do to a bot on a bad day."""

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum


class Trouble(StrEnum):
    THROTTLED = "throttled"  # 429 with Retry-After, nothing happens
    CLASH = "clash"  # 412, nothing happens
    BAD_GATEWAY = "bad_gateway"  # 502, nothing happens
    GATEWAY_TIMEOUT = "gateway_timeout"  # 504, and it happens all the same
    SERVER_ERROR = "server_error"  # 500, nothing happens
    NOT_TEAMS = "not_teams"  # 200 with a proxy's page, nothing happens
    LOST_ANSWER = "lost_answer"  # it happens, then the connection is cut
    OUTAGE = "outage"  # the connection is cut, nothing happens
    SLOW = "slow"  # it happens, and the answer waits until `gate` is set
    REFUSED = "refused"  # `status` and `code`, nothing happens


HAPPENS = frozenset({Trouble.GATEWAY_TIMEOUT, Trouble.LOST_ANSWER, Trouble.SLOW})


@dataclass(kw_only=True)
class Mischief:
    """One kind of trouble for the calls whose "METHOD path" contains `where`; `calls` is how many
    suffer it, None for all until told to behave."""

    trouble: Trouble
    where: str = ""
    calls: int | None = None
    retry_after: str | None = "1"
    status: int = 403
    code: str = ""
    message: str = ""
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    struck: int = 0

    def strikes(self, call: str) -> bool:
        """Whether this call suffers it; counted."""
        if self.where not in call or (self.calls is not None and self.struck >= self.calls):
            return False
        self.struck += 1
        return True
