"""`/leads sla […] [period]`: what both sides promised, and how it was kept."""

from cards.asking import Asking
from cards.model import Card, Words
from cards.promise_lines import Promise
from cards.sla_card import KeptPromise, MissingField, SlaView, VolumeKept, sla_card
from cards.terms_card import duration
from commands.context import Context
from commands.figures import sla
from commands.figures.sla import Kept, Sla, Volume
from commands.questions import narrowing
from commands.questions.narrowing import Narrowed
from leads.breakdown import Breakdown

_MOST_FIELDS = 3


def answer(ctx: Context, asking: Asking, words: str) -> Card:
    """Both sides in the period that `words` name; of one rep what sales promised, of one campaign
    or source what marketing did."""
    asked = narrowing.read(ctx, asking, words, "sla", tuple(Breakdown))
    if not isinstance(asked, Narrowed):
        return asked
    found = sla.of(ctx, asked.period, asked.only)
    return sla_card(
        SlaView(
            asking=asking,
            only=asked.name,
            said=asked.said if asked.only else "",
            period=asked.period.label,
            before=found.before.label if found.before else None,
            first=asked.period.first,
            last=asked.period.last,
            sales=tuple(_line(ctx, found, kept) for kept in found.sales if kept.rate.n),
            marketing=tuple(_line(ctx, found, kept) for kept in found.marketing if kept.rate.n),
            volume=_volume(found.volume) if found.volume else None,
        )
    )


def _line(ctx: Context, found: Sla, kept: Kept) -> KeptPromise:
    missing = found.missing if kept.promise is Promise.FIELDS else ()
    return KeptPromise(
        promise=kept.promise,
        promised=promised(ctx, kept.promise),
        rate=kept.rate,
        light=kept.light,
        moved=kept.moved if kept.before is not None else None,
        late_n=kept.late.n,
        late=kept.late.median,
        overdue=kept.overdue,
        overdue_since=kept.overdue_since,
        missing=tuple(MissingField(field=one.field, n=one.n) for one in missing[:_MOST_FIELDS]),
    )


def promised(ctx: Context, promise: Promise) -> Words | float | int | None:
    """The time, share or number that the agreement promises; None where it names none."""
    sales, marketing = ctx.setup.agreement.sales, ctx.setup.agreement.marketing
    match promise:
        case Promise.DECIDE:
            return duration(sales.accept_within)
        case Promise.TOUCH:
            return duration(sales.contact_within)
        case Promise.ATTEMPTS:
            return sales.attempts
        case Promise.ACCEPTANCE:
            return marketing.acceptance_rate
        case Promise.VOLUME:
            return marketing.leads_per_week
        case Promise.FIELDS:
            return None
        case Promise.ANSWERS:
            within = marketing.answer_rejections_within
            return duration(within) if within else None


def _volume(volume: Volume) -> VolumeKept:
    return VolumeKept(
        found=volume.found,
        expected=volume.expected,
        goal=volume.goal,
        light=volume.light,
        before=volume.before,
    )
