"""What marketing and sales of the demo agreed on: the agreement at the top, and what it leaves open
there."""

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from leads.agreement import Agreement, Goal, WinTier

_A_WEEK = 25
"""Leads that marketing promises: fewer than it sends, as its webinar brings so many small ones."""
_TIERS = (WinTier(label="Big win", at_least=15_000),)


def agreed(agreement: Agreement, now: datetime) -> Agreement:
    """`agreement` with goals for the quarter of `now` and a name for large wins. It knows no
    holidays, so that the demo is the same on any day."""
    today = now.astimezone(ZoneInfo(agreement.timezone)).date()
    goal = Goal(
        period=f"{today.year}-Q{(today.month + 2) // 3}",
        mqls=480,
        pipeline=900_000,
        revenue=260_000,
    )
    return replace(
        agreement,
        holidays=None,
        marketing=replace(agreement.marketing, leads_per_week=_A_WEEK),
        goals=(goal,),
        wins=_TIERS,
    )
