"""`/leads away …` and `/leads back`: who is away, and saying so."""

from collections.abc import Sequence

from cards import leave_card
from cards.asking import Asking
from cards.leave_card import Done
from cards.model import Card
from commands import leave_told, show_leave, take_leave
from commands.context import Context
from commands.leave_told import today_of
from commands.questions.subcommand import near
from leads import days_away
from leads.days_away import Trouble, UnknownDays
from leads.person import Person

_LONGEST_NAME = 4  # words


def answer(ctx: Context, asking: Asking, words: str) -> Card:
    """Who is away; or, with days, that the asker is; or, with a name before them, a colleague."""
    actor = ctx.actor
    if actor is None:
        return leave_card.not_read(asking, Trouble.UNREAD, words)
    if not words.strip():
        return show_leave.card(ctx, asking, actor)
    try:
        days = days_away.parse(words, today_of(ctx, actor))
    except UnknownDays as unknown:
        return _for_somebody(ctx, asking, words, unknown)
    return take_leave.take_days(ctx, asking, actor, days)


def back(ctx: Context, asking: Asking, words: str) -> Card:
    """The leave of today ends: the asker's own, or that of a colleague whom `words` name."""
    person = ctx.actor
    if person is None:
        return leave_card.gone(asking)
    if words.strip():
        named = _named(ctx, words.split())
        if len(named) != 1:
            return _unknown(ctx, asking, words, named)
        (person,) = named
        if not leave_told.may_tell_for(ctx, person.email):
            return leave_card.may_not(asking, person.name)
    today = today_of(ctx, person)
    spans = leave_told.spans_of(ctx, person)
    span = next((one for one in spans if one.days.first <= today <= one.days.last), None)
    if span is None:
        return show_leave.card(ctx, asking, person, done=Done.NOT_AWAY)
    return take_leave.end_span(ctx, asking, span)


def _for_somebody(ctx: Context, asking: Asking, words: str, unknown: UnknownDays) -> Card:
    """What doesn't begin with days may begin with a name."""
    said = words.split()
    if said[0].casefold() == "for" and _named(ctx, said[1:2]):
        said = said[1:]
    for count in range(min(_LONGEST_NAME, len(said)), 0, -1):
        named = _named(ctx, said[:count])
        rest = " ".join(said[count:])
        if len(named) == 1:
            return _of(ctx, asking, named[0], rest)
        if named:
            return _unknown(ctx, asking, " ".join(said[:count]), named)
    if unknown.trouble is Trouble.UNREAD and (name := _before_days(ctx, said)):
        return _unknown(ctx, asking, name, ())
    return leave_card.not_read(asking, unknown.trouble, unknown.text or words)


def _of(ctx: Context, asking: Asking, person: Person, days: str) -> Card:
    if not days:
        return show_leave.card(ctx, asking, person)
    if not leave_told.may_tell_for(ctx, person.email):
        return leave_card.may_not(asking, person.name)
    try:
        found = days_away.parse(days, today_of(ctx, person))
    except UnknownDays as unknown:
        return leave_card.not_read(asking, unknown.trouble, unknown.text or days)
    return take_leave.take_days(ctx, asking, person, found)


def _named(ctx: Context, words: Sequence[str]) -> Sequence[Person]:
    """The colleagues whom these words name: by e-mail, whole name, or first name."""
    said = " ".join(words).casefold().strip("@ ,:")
    found = ctx.setup.team.find(said)
    if found or not said:
        return (found,) if found else ()
    people = ctx.setup.team.people
    whole = [one for one in people if one.name.casefold() == said]
    return whole or [one for one in people if one.name.casefold().split()[0] == said]


def _before_days(ctx: Context, said: list[str]) -> str:
    """The words before something that can be read as days, "" where nothing can."""
    today = ctx.now.date()
    for count in range(1, min(_LONGEST_NAME, len(said) - 1) + 1):
        try:
            days_away.parse(" ".join(said[count:]), today)
        except UnknownDays:
            continue
        return " ".join(said[:count])
    return ""


def _unknown(ctx: Context, asking: Asking, text: str, named: Sequence[Person]) -> Card:
    names = [one.name for one in named]
    if not names:
        by_word = {
            word.casefold(): one.name
            for one in ctx.setup.team.people
            for word in (one.name, *one.name.split())
        }
        names = list(dict.fromkeys(by_word[match] for match in near(text, list(by_word))))
    return leave_card.unknown_person(asking, text, tuple(names[:3]))
