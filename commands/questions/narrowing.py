"""Reads what a statistic is asked about: a period, and one campaign, source or rep, if any."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import select

from cards.asking import Asking
from cards.help_card import Expected, not_understood
from cards.model import Card
from commands.context import Context
from commands.figures.counted import Only
from commands.figures.reps import may_see
from commands.questions.subcommand import name_of, near, zone
from leads import periods
from leads.breakdown import Breakdown
from leads.periods import Period
from leads.person import Person
from storage import tally
from storage.tables import CampaignRow

FILLERS = frozenset({"by", "of", "for", "from", "in", "per", "the"})
_FORMS = {form: by for by in Breakdown for form in (by.value, f"{by}s")}


@dataclass(frozen=True, kw_only=True)
class Narrowed:
    """What is asked about. `by` is set where leads are to be told apart, `only` where one
    campaign, source or rep was named, which people call `name`. `said` is how to ask for the same
    about another period: "campaign spring-pricing", or nothing."""

    period: Period
    by: Breakdown | None = None
    only: Only | None = None
    name: str | None = None

    @property
    def said(self) -> str:
        if self.only is not None:
            return f"{self.only.by} {self.only.value}"
        return self.by.value if self.by else ""


def viewer(ctx: Context, asking: Asking) -> Person | None:
    """Who will read the answer: the asker, or nobody in particular where it is shared."""
    return None if asking.shared_by is not None else ctx.actor


def read(
    ctx: Context,
    asking: Asking,
    words: str,
    question: str,
    allowed: Collection[Breakdown],
    *,
    tells_apart: bool = False,
) -> Narrowed | Card:
    """What `words` after the subcommand `question` ask about, or what to say when they can't be
    read. Of `allowed` one may be named; a rep only by those who may see that rep. Without a name
    they ask to tell leads apart, where the question does that."""
    rest, said = periods.split_off(words, ctx.now, zone(ctx))
    period = said or periods.parse("", ctx.now, zone(ctx))
    asked = [word for word in rest.split() if word.casefold() not in FILLERS]
    if not asked:
        return Narrowed(period=period)
    by = _FORMS.get(asked[0].casefold())
    name = " ".join(asked[1:] if by else asked)
    if by is not None and by not in allowed:
        return not_understood(" ".join(asked), Expected.PERIOD, (question,))
    if by is not None and not name:
        if tells_apart:
            return Narrowed(period=period, by=by)
        return not_understood(by.value, Expected.WHICH_ONE, _some(ctx, by, period, question))
    known = {one: _known(ctx, one, period) for one in ([by] if by else sorted(allowed))}
    for one, names in known.items():
        value = names.get(name.casefold())
        if value is not None:
            return _checked(ctx, asking, period, Only(by=one, value=value), question)
    return not_understood(name, _expected(by), _suggestions(question, by, name, known, said))


def _some(ctx: Context, by: Breakdown, period: Period, question: str) -> tuple[str, ...]:
    """Questions about a few that could be named."""
    if by is Breakdown.REP:
        return (question,)
    names = sorted(set(_known(ctx, by, period).values()))
    return tuple(f"{question} {by} {name}" for name in names[:3]) or (question,)


def _checked(
    ctx: Context, asking: Asking, period: Period, only: Only, question: str
) -> Narrowed | Card:
    if only.by is not Breakdown.REP:
        return Narrowed(period=period, only=only, name=only.value)
    if not may_see(viewer(ctx, asking), only.value):
        return not_understood(name_of(ctx, only.value), Expected.OTHERS_FIGURES, (question,))
    return Narrowed(period=period, only=only, name=name_of(ctx, only.value))


def _known(ctx: Context, by: Breakdown, period: Period) -> dict[str, str]:
    """What may be named, as people write it, and the value that is counted under it."""
    if by is Breakdown.REP:
        return _reps(ctx)
    counted = tally.totals(ctx.session, by, ("received", "mql"), period.first, period.last)
    values = set(counted) | set(
        tally.totals(ctx.session, by, ("offered",), period.first, period.last)
    )
    if by is Breakdown.CAMPAIGN:
        values |= set(ctx.session.exec(select(CampaignRow.name)))
    return {value.casefold(): value for value in sorted(values, reverse=True)}


def _reps(ctx: Context) -> dict[str, str]:
    """By e-mail, by name, and by first name where only one has it; "me" is the asker."""
    known: dict[str, str] = {}
    firsts: dict[str, list[str]] = {}
    for person in ctx.setup.team.people:
        known[person.email.casefold()] = known[person.name.casefold()] = person.email
        firsts.setdefault(person.name.split()[0].casefold(), []).append(person.email)
    for first, emails in firsts.items():
        if len(emails) == 1:
            known.setdefault(first, emails[0])
    if ctx.actor is not None:
        known["me"] = ctx.actor.email
    return known


def _expected(by: Breakdown | None) -> Expected:
    match by:
        case Breakdown.REP:
            return Expected.REP
        case Breakdown.SOURCE:
            return Expected.SOURCE
        case Breakdown.CAMPAIGN | None:
            return Expected.PERIOD


def _suggestions(
    question: str,
    by: Breakdown | None,
    name: str,
    known: dict[Breakdown, dict[str, str]],
    said: Period | None,
) -> tuple[str, ...]:
    """Questions that come near: another breakdown or name, with the period that was understood;
    where a period seems to be what was mistaken, another period."""
    ending = f" {said.label}" if said else ""
    found = [] if by else [f"{question} {one}{ending}" for one in near(name, list(known))]
    for one, names in known.items():
        # A campaign needs no word before it; a rep and a source do, to be told from one.
        start = question if one is Breakdown.CAMPAIGN and by is None else f"{question} {one}"
        found += [f"{start} {close}{ending}" for close in near(name, list(names))]
    if found:
        return tuple(dict.fromkeys(found))
    start = f"{question} {by}" if by else question
    return tuple(f"{start} {one}" for one in periods.suggestions(name)[:2])
