"""`/leads quality [campaign|source|rep|reason] [period]`: how many of the leads sales accepted."""

from collections.abc import Mapping
from datetime import date

from sqlmodel import select

from cards.asking import Asking
from cards.help_card import Expected, not_understood
from cards.model import Card
from cards.quality_card import Breakdown, QualityRow, QualityView, quality_card
from commands.context import Context
from commands.questions import reasons
from commands.questions.subcommand import name_of, near, zone
from leads import periods
from leads.periods import Period
from leads.rates import Rate
from leads.standing import light_for
from storage import tally
from storage.tables import CampaignRow

_MEASURES = ("offered", "accepted", "rejected")
_MOST_ROWS = 15
_FILLERS = frozenset({"by", "of", "for", "from", "in", "per", "the"})
_DIMENSIONS = {
    **{form: breakdown for breakdown in Breakdown for form in (breakdown, f"{breakdown}s")},
    "reason": None,
    "reasons": None,
}
"""What may be asked for; None is answered by the reasons themselves."""


def answer(ctx: Context, asking: Asking, words: str) -> Card:
    """The quality of the leads offered in the period that `words` name, told apart as they say
    (by campaign), or of the one campaign they name."""
    rest, period = periods.split_off(words, ctx.now, zone(ctx))
    said = period or periods.parse("", ctx.now, zone(ctx))
    asked = " ".join(word for word in rest.split() if word.casefold() not in _FILLERS)
    if asked.casefold() in _DIMENSIONS or not asked:
        by = _DIMENSIONS.get(asked.casefold(), Breakdown.CAMPAIGN)
        return reasons.of_period(ctx, asking, said) if by is None else _all(ctx, asking, said, by)
    names = _known_campaigns(ctx, said)
    only = next((name for name in names if name.casefold() == asked.casefold()), None)
    if only is not None:
        return _one(ctx, asking, said, only)
    return not_understood(asked, Expected.PERIOD, _suggestions(asked, names, period))


def total_of(ctx: Context, first: date, last: date) -> QualityRow:
    """All leads offered on these local days together."""
    found = tally.totals(ctx.session, tally.ALL, _MEASURES, first, last)
    return _row(ctx, None, found.get("", {}))


def _known_campaigns(ctx: Context, period: Period) -> list[str]:
    """Campaigns that have a playbook, and those that leads of `period` came from."""
    names = set(ctx.session.exec(select(CampaignRow.name)))
    return sorted(names | set(_totals(ctx, Breakdown.CAMPAIGN, period)))


def _all(ctx: Context, asking: Asking, period: Period, by: Breakdown) -> Card:
    total = total_of(ctx, period.first, period.last)
    found = _totals(ctx, by, period)
    rows = [_row(ctx, _shown(ctx, by, value), counts) for value, counts in found.items()]
    if rows and (unknown := _rest(ctx, total, rows)).offered > 0:
        rows.append(unknown)
    rows.sort(key=lambda row: (-row.offered, row.name or ""))
    return quality_card(
        QualityView(
            asking=asking,
            by=by,
            period=period.label,
            first=period.first,
            last=period.last,
            total=total,
            rows=tuple(rows[:_MOST_ROWS]),
            more=max(0, len(rows) - _MOST_ROWS),
            goal=ctx.setup.agreement.marketing.acceptance_rate,
        )
    )


def _one(ctx: Context, asking: Asking, period: Period, campaign: str) -> Card:
    counts = _totals(ctx, Breakdown.CAMPAIGN, period).get(campaign, {})
    return quality_card(
        QualityView(
            asking=asking,
            by=Breakdown.CAMPAIGN,
            only=campaign,
            period=period.label,
            first=period.first,
            last=period.last,
            total=_row(ctx, campaign, counts),
            rows=(),
            goal=ctx.setup.agreement.marketing.acceptance_rate,
        )
    )


def _totals(ctx: Context, by: Breakdown, period: Period) -> dict[str, dict[str, int]]:
    return tally.totals(ctx.session, by, _MEASURES, period.first, period.last)


def _shown(ctx: Context, by: Breakdown, value: str) -> str:
    return name_of(ctx, value) if by is Breakdown.REP else value


def _row(ctx: Context, name: str | None, counts: Mapping[str, int]) -> QualityRow:
    # A lead may change its campaign between the offer and an undo; then a part may be below zero.
    offered, accepted, rejected = (max(0, counts.get(measure, 0)) for measure in _MEASURES)
    rate = Rate(successes=accepted, n=accepted + rejected)
    goal = ctx.setup.agreement.marketing.acceptance_rate
    return QualityRow(name=name, offered=offered, accepted=rate, standing=light_for(rate, goal))


def _rest(ctx: Context, total: QualityRow, rows: list[QualityRow]) -> QualityRow:
    """The leads that came without a campaign, source or rep: in the total, but in no row."""
    accepted = total.accepted.successes - sum(row.accepted.successes for row in rows)
    decided = total.accepted.n - sum(row.accepted.n for row in rows)
    counts = {
        "offered": total.offered - sum(row.offered for row in rows),
        "accepted": accepted,
        "rejected": decided - accepted,
    }
    return _row(ctx, None, counts)


def _suggestions(asked: str, names: list[str], period: Period | None) -> tuple[str, ...]:
    """Questions that come near: another campaign or breakdown, with the period that was
    understood; where a period seems to be what was mistaken, another period."""
    ending = f" {period.label}" if period else ""
    breakdowns = [*Breakdown, "reason"]
    first, _, others = asked.partition(" ")
    by = next(iter(near(first, breakdowns, 1)), None)
    close = near(asked, names) + ([] if others else near(asked, breakdowns))
    if close:
        return tuple(f"quality {name}{ending}" for name in dict.fromkeys(close))
    unread = others if by and others else asked
    start = f"quality {by}" if by else "quality"
    return tuple(f"{start} {name}" for name in periods.suggestions(unread)[:2])
