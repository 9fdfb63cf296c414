"""The weekly, monthly and quarterly reviews: `view(ctx, period)` gathers the figures that the
questions show, `root(ctx, period)` is the message, `point(ctx, period, point)` a reply in its
thread."""
