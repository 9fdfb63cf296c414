"""`/leads reasons [period]`: why leads were rejected, and what that teaches."""

from datetime import date

from cards.asking import Asking
from cards.help_card import Expected, not_understood
from cards.model import Card
from cards.reasons_card import Example, ReasonLine, ReasonsView, reasons_card
from commands.context import Context
from commands.questions.subcommand import days_between, zone
from leads import periods
from leads.agreement import Reason, Teaches
from leads.periods import Period, UnknownPeriod
from leads.rates import Rate
from storage import tally
from storage.statistics import Rejection, newest_rejections

_MOST_REASONS = 10
_MOST_EXAMPLES = 3


def answer(ctx: Context, asking: Asking, words: str) -> Card:
    """The rejections of leads offered in the period that `words` name."""
    try:
        period = periods.parse(words, ctx.now, zone(ctx))
    except UnknownPeriod as unknown:
        near = tuple(f"reasons {name}" for name in unknown.suggestions[:2])
        return not_understood(words, Expected.PERIOD, near)
    return of_period(ctx, asking, period)


def of_period(ctx: Context, asking: Asking, period: Period) -> Card:
    """The same, of a period."""
    first, last = period.first, period.last
    everything = tally.totals(ctx.session, tally.ALL, ("accepted", "rejected"), first, last)
    decided = sum(max(0, n) for n in everything.get("", {}).values())
    found = tally.totals(ctx.session, "reason", ("rejected",), first, last)
    counts = {code: count["rejected"] for code, count in found.items() if count["rejected"] > 0}
    rejected = sum(counts.values())
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return reasons_card(
        ReasonsView(
            asking=asking,
            period=period.label,
            first=first,
            last=last,
            decided=decided,
            rejected=rejected,
            lines=tuple(
                _line(ctx, code, Rate(successes=n, n=rejected), first, last)
                for code, n in ordered[:_MOST_REASONS]
            ),
            more=max(0, len(ordered) - _MOST_REASONS),
        )
    )


def _line(ctx: Context, code: str, share: Rate, first: date, last: date) -> ReasonLine:
    since, until = days_between(ctx, first, last)
    newest = newest_rejections(
        ctx.session, since=since, until=until, limit=_MOST_EXAMPLES, reason=code
    )
    known = ctx.setup.agreement.reason(code)
    label, teaches = _meaning(known, newest, code)
    return ReasonLine(
        label=label,
        teaches=teaches,
        share=share,
        examples=tuple(
            Example(
                lead_id=one.lead.id,
                name=one.lead.name,
                company=one.lead.company.name,
                at=one.decided_at,
                url=ctx.setup.agreement.crm_address(one.lead),
            )
            for one in newest
        ),
    )


def _meaning(known: Reason | None, newest: list[Rejection], code: str) -> tuple[str, Teaches]:
    """The label and what it teaches; of a reason that the agreement has no more, as it was kept
    with the newest rejection."""
    if known is not None:
        return known.label, known.teaches
    if newest and newest[0].teaches in {each.value for each in Teaches}:
        return newest[0].reason_label, Teaches(newest[0].teaches)
    return code, Teaches.OTHER
