"""A replay as a picture that can be read on a phone."""

from pathlib import Path

from leads.rates import Rate
from sources.replay import Replay
from sources.replay_report import points

# Wong, "Points of view: Color blindness", Nature Methods 8 (2011): told apart by everybody.
_BLUE, _GREY = "#0072B2", "#8A8F98"


def draw(replay: Replay, file: Path) -> None:
    """A picture of both sides batch by batch, with the likely range of each; wide enough to read
    on a phone."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.ticker import PercentFormatter

    figure = Figure(figsize=(7.2, 7.2), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    middles = [batch.first + batch.n / 2 for batch in replay.batches]
    for label, color, style, counts in (
        ("first rules", _GREY, "--", [batch.static_accepted for batch in replay.batches]),
        ("retuned", _BLUE, "-", [batch.accepted for batch in replay.batches]),
    ):
        rates = [
            Rate(successes=count, n=batch.handed_over)
            for count, batch in zip(counts, replay.batches, strict=True)
        ]
        lows, highs = zip(*(rate.interval for rate in rates), strict=True)
        axes.fill_between(middles, lows, highs, color=color, alpha=0.18, linewidth=0)
        values = [rate.successes / rate.n for rate in rates]
        axes.plot(middles, values, style, color=color, label=label, linewidth=3, marker="o")
    one = replay.overall
    axes.set_title(
        f"Accepted by sales: {one.retuned:.1%} retuned, {one.static:.1%} not\n"
        f"difference {points(one.delta)} points, likely {points(one.low)} to {points(one.high)}",
        fontsize=17,
        loc="left",
    )
    axes.set_xlabel("leads, in their order", fontsize=16)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    axes.xaxis.set_major_formatter("{x:,.0f}")
    axes.tick_params(labelsize=14)
    axes.grid(visible=True, axis="y", alpha=0.3)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.legend(fontsize=16, frameon=False)
    figure.savefig(file, format="png")
