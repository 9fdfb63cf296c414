"""Rules as columns of a matrix: what a rule gives each lead, in units of its points."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from leads.criteria import Rule
from leads.retuning.arrays import Flags, Numbers
from leads.retuning.lead_table import LeadTable

_FINE = 1000


def rule_columns(leads: LeadTable, rules: Sequence[Rule]) -> Numbers:
    """One column per rule: 1 where it gives its points, less where they have decayed, more where
    it gives them once per event."""
    columns = np.empty((leads.n, len(rules)), order="F")
    for number, rule in enumerate(rules):
        columns[:, number] = _column(leads, rule)
    return columns


def _column(leads: LeadTable, rule: Rule) -> Flags | Numbers:
    if rule.half_life is None and not rule.each:
        return leads.holds(rule.when)
    times = None
    if rule.cap is not None:
        times = max(round(rule.cap * _FINE / abs(rule.points)), 1) if rule.points else _FINE
    unit = replace(rule, points=_FINE, cap=times)
    found: Numbers = leads.points(unit) / _FINE
    return found
