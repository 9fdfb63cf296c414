"""Leads below the threshold that are offered by chance, so that the criteria also learn what they
leave out.

The agreement says which share of them (`exploration`), and everybody knows of the programme; which
lead it is nobody is told, for that would change the answer. Such handoffs are left out of
capacities, fair shares, and what marketing promises; the clocks run as always.
"""

from datetime import timedelta
from hashlib import blake2b
from math import ceil

from commands.context import Context
from commands.counting import local_day
from storage import handoffs, tally

OVER = timedelta(days=28)
"""By these last days the chance is set."""
_WEEK = timedelta(days=7)


def chance_of(ctx: Context, lead_id: int, version: int) -> float | None:
    """With which chance this lead, which stays below the threshold of this version, is offered;
    None when it isn't. A hash of both decides, so that it comes to the same however often it is
    asked."""
    most = ctx.setup.agreement.learning.exploration
    place = _place(lead_id, version)
    if place >= most:
        return None
    chance = probability(ctx, most)
    return chance if place < chance and _has_room(ctx, most) else None


def probability(ctx: Context, most: float) -> float:
    """The chance of any lead below the threshold: `most`, or less where so many come in that more
    than this share of the MQLs would be explored."""
    today = local_day(ctx, ctx.now)
    found = tally.totals(ctx.session, tally.ALL, ("received", "mql"), today - OVER, today)
    counts = found.get("", {"received": 0, "mql": 0})
    below = counts["received"] - counts["mql"]
    return most * min(1.0, counts["mql"] / below) if below > 0 else most


def _has_room(ctx: Context, most: float) -> bool:
    """Whether the last seven days may have one more: at most this share of their MQLs, rounded
    up. What isn't offered for that has no chance at that moment, whatever it is like; so those who
    are stay a random sample."""
    today = local_day(ctx, ctx.now)
    found = tally.totals(ctx.session, tally.ALL, ("mql",), today - _WEEK, today)
    room = ceil(most * found.get("", {"mql": 0})["mql"])
    return handoffs.explored_since(ctx.session, ctx.now - _WEEK) < room


def _place(lead_id: int, version: int) -> float:
    """From 0 to 1, evenly, and another for each version."""
    told = f"explore {version} {lead_id}".encode()
    return int.from_bytes(blake2b(told, digest_size=8).digest(), "big") / 2**64
