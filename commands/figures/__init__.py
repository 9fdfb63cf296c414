"""What is asked and told in figures, one module a figure: `of(ctx, period, …)` counts it from the
tallies. Questions, digests and reviews show the same values, so that no two places disagree.

Days are the agreement's. What sales did with an offer counts on the day of the offer, what became
of a lead on the day it qualified, and what marketing answered on the day of the rejection.
"""
