"""First criteria from leads whose outcome is known: a newcomer's start that isn't guesswork."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from rich.markup import escape
from rich.table import Table

from leads.criteria import Criteria
from leads.person import Team
from leads.retuning.proposing import first_criteria
from leads.retuning.ranking import auc, threshold_of
from leads.retuning.reference import unrounded
from sources import first_agreement
from sources.outcome_csv import DecidedLeads, NothingToLearn
from sources.replay import history, options
from sources.replay_plan import Plan

_TRAINED = 0.8
"""The share of the leads, the oldest, that the criteria to be tested learn from."""


@dataclass(frozen=True, kw_only=True)
class FirstCriteria:
    """Criteria from all the leads, the weightiest rule first; and how well others, found in the
    same way in the oldest four fifths, tell accepted from rejected leads in the newest fifth (AUC:
    0.5 by chance, 1 always)."""

    criteria: Criteria
    tested: int
    auc_card: float
    auc_unrounded: float
    """Of a model without rounding and without a limit of rules."""


def learn(decided: DecidedLeads, volume: float) -> FirstCriteria:
    """The criteria for these leads, with a threshold that about the share `volume` of them
    reaches. Raises NothingToLearn when nothing tells the accepted from the rejected."""
    plan = Plan(volume=volume)
    past = history(decided, plan)
    kept = past.weight > 0
    cut = round(_TRAINED * len(decided))
    old = past.take(np.flatnonzero(kept[:cut]))
    newest = np.arange(cut, len(decided))
    accepted = decided.accepted[newest].astype(np.float64)
    alike = np.ones(len(newest))
    leads = decided.leads.take(newest)
    everything = past.take(np.flatnonzero(kept))
    try:
        found = first_criteria(everything, options(everything, plan))
        card = first_criteria(old, options(old, plan))
    except ValueError as error:
        raise NothingToLearn(
            f"Nothing in the mapped columns tells accepted leads from rejected ones, in "
            f"{len(decided):,} leads. Map more columns under [extra], or bring more leads."
        ) from error
    threshold = threshold_of(decided.leads.scores(found), np.ones(len(decided)), volume)
    rules = sorted(found.rules, key=lambda rule: -abs(rule.points))
    return FirstCriteria(
        criteria=replace(found, threshold=threshold, rules=tuple(rules)),
        tested=len(newest),
        auc_card=auc(leads.scores(card), accepted, alike),
        auc_unrounded=auc(unrounded(old, past.take(newest)), accepted, alike),
    )


def agreement_text(
    found: FirstCriteria, decided: DecidedLeads, team: Team | None, name: str
) -> str:
    """The agreement with these criteria, as TOML."""
    drafted = first_agreement.drafted(found.criteria, decided, team, name)
    return first_agreement.written(drafted, decided, name)


def card_table(found: FirstCriteria, decided: DecidedLeads) -> Table:
    """The rules, the weightiest first, with the leads they hold for."""
    table = Table(title="What a lead scores for", title_justify="left")
    table.add_column("points", justify="right")
    table.add_column("for")
    table.add_column("leads", justify="right")
    table.add_column("accepted", justify="right")
    for rule in found.criteria.rules:
        holds = decided.leads.holds(rule.when)
        accepted = f"{decided.accepted[holds].mean():.0%}" if holds.any() else ""
        table.add_row(f"{rule.points:+}", escape(rule.label), f"{holds.sum():,}", accepted)
    return table


def in_words(found: FirstCriteria, decided: DecidedLeads, out: str) -> Iterator[str]:
    """What it comes to, and what to do next, a sentence or two a line."""
    threshold = found.criteria.threshold
    above = decided.leads.scores(found.criteria) >= threshold
    took = f"{decided.accepted[above].mean():.0%}" if above.any() else "none"
    yield (
        f"Sales accepted {decided.accepted.mean():.0%} of {len(decided):,} leads. "
        f"{above.mean():.0%} of them reach {threshold} points; of those, sales accepted {took}."
    )
    lost = found.auc_unrounded - found.auc_card
    gives_up = f"gives up {lost:.3f}" if lost > 0 else "gives up nothing"
    yield (
        f"Tested on the newest {found.tested:,} leads with rules found in the older ones: of an "
        f"accepted and a rejected lead, the accepted one scores higher in "
        f"{found.auc_card:.0%} of the cases (AUC {found.auc_card:.3f}; without rounding and with "
        f"as many rules as it likes {found.auc_unrounded:.3f}: the card {gives_up})."
    )
    yield f"{out} is written. Next:"
    yield "  1. Read it: the rules must make sense to both sides. Edit what doesn't, and the rest."
    yield f"  2. AGREEMENT={out} python app.py agreement check"
    yield "  3. python app.py replay with the same file says what retuning would have brought."
