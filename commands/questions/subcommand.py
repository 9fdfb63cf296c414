"""What one subcommand of `/leads` is, and what every answer to it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo

from cards.asking import Asking
from cards.model import Card, Mention, Words
from commands.context import Context
from leads.person import Role

Handler = Callable[[Context, Asking, str], Card]
"""Answers the words after the subcommand, in their own case."""

EVERYBODY = frozenset(Role)


@dataclass(frozen=True, kw_only=True)
class Subcommand:
    """A row of the table that the dispatch, the help, the suggestions, the command lists of the
    platforms and the README are made from. `usage` and `example` are as typed after `/leads`;
    `runs` says that the example needs nothing that only the asker knows, `shares` that the answer
    may be shown to everybody in a conversation."""

    name: str
    usage: str
    summary: Words
    example: str
    handler: Handler
    roles: frozenset[Role] = EVERYBODY
    aliases: tuple[str, ...] = ()
    runs: bool = True
    shares: bool = True
    shown_by: str | None = None
    """The question that shows what this one does, where asking does something: a platform that
    draws an answer again must not do it again."""


def zone(ctx: Context) -> ZoneInfo:
    """The zone whose days are counted."""
    return ZoneInfo(ctx.setup.agreement.timezone)


def midnight(ctx: Context, day: date) -> datetime:
    """When `day` begins in the agreement's zone, in UTC."""
    return datetime.combine(day, time(), zone(ctx)).astimezone(UTC)


def days_between(ctx: Context, first: date, last: date) -> tuple[datetime, datetime]:
    """The moments from which and before which the days `first` to `last` are, in UTC."""
    return midnight(ctx, first), midnight(ctx, last + timedelta(days=1))


def name_of(ctx: Context, email: str) -> str:
    """What people call the colleague with this e-mail; the e-mail where they have left."""
    person = ctx.setup.team.find(email)
    return person.name if person else email


def mention_of(ctx: Context, email: str) -> Mention:
    """The colleague with this e-mail, by name, without a ping."""
    return Mention(name=name_of(ctx, email), email=email)


def near(text: str, names: list[str], n: int = 2) -> list[str]:
    """Those of `names` that `text` may be a slip of, the nearest first."""
    by_key = {name.casefold(): name for name in names}
    return [by_key[key] for key in get_close_matches(text.casefold(), by_key, n=n, cutoff=0.6)]
