"""Draws charts as PNG images that can be read on a phone: few marks, large words, and every value
written beside its mark, so that nothing is told by colour alone."""

from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import TYPE_CHECKING, assert_never

from cards import figures
from cards.charts import (
    Bar,
    Chart,
    DistributionChart,
    FunnelChart,
    PairsChart,
    ParetoChart,
    TrendChart,
)
from cards.plain_characters import one_line

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH, HEIGHT = 800, 500
"""Pixels: more would make the letters small on a phone."""
_DPI = 100
_COLOURS = 32
"""As many as flat shapes and smooth letters need: a picture of some 20 KB also fits into a message
of Teams, which carries it as text."""

# Wong, "Points of view: Color blindness", Nature Methods 8 (2011): told apart by everybody.
_BLUE, _ORANGE, _GREY, _INK = "#0072B2", "#D55E00", "#8A8F98", "#22262B"
_PALE = "#CFE3F1"
_FONT, _SMALL = 17, 15
_LONGEST_LABEL = 28
_MOST_BARS = 8
_MOST_TICKS = 6
_HALF = 0.2
"""Of the width of a bar that stands beside another."""


def draw(chart: Chart) -> bytes:
    """The chart as a PNG image of WIDTH x HEIGHT pixels. Takes about a second and much memory for
    the plotting library: run it in another process."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    # Labels are data: no formulas in them.
    with rc_context({"font.size": _FONT, "text.parse_math": False, "text.color": _INK}):
        layout = ConstrainedLayoutEngine(w_pad=0.2, h_pad=0.2)
        figure = Figure(figsize=(WIDTH / _DPI, HEIGHT / _DPI), dpi=_DPI, layout=layout)
        FigureCanvasAgg(figure)
        axes = figure.add_subplot()
        # Over the whole picture, for long labels leave the axes little room.
        title = _label(chart.title, 60)
        figure.suptitle(title, x=0.015, ha="left", fontweight="bold", fontsize=_FONT + 3)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(length=0, colors=_INK)
        match chart:
            case TrendChart():
                _trend(axes, chart)
            case ParetoChart():
                _pareto(axes, chart)
            case FunnelChart():
                _funnel(axes, chart)
            case DistributionChart():
                _distribution(axes, chart)
            case PairsChart():
                _pairs(axes, chart)
            case _:
                assert_never(chart)
        return _png(figure)


def _trend(axes: "Axes", chart: TrendChart) -> None:
    places = range(len(chart.points))
    known = [(at, one) for at, one in enumerate(chart.points) if one.share is not None]
    for at, one in known:
        axes.plot([at, at], [one.low, one.high], color=_PALE, linewidth=14, solid_capstyle="butt")
    line = [one.share if one.share is not None else float("nan") for one in chart.points]
    axes.plot(places, line, color=_BLUE, linewidth=3, marker="o", markersize=9)
    for at, one in known:
        share = figures.percent(one.share or 0.0)
        _above(axes, share, at, one.high, weight="bold")
        _above(axes, f"n {figures.number(one.n)}", at, 0.0)
    if chart.goal is not None:
        axes.axhline(chart.goal, color=_ORANGE, linewidth=2, linestyle="--", zorder=1)
        promised = f"promised\n{figures.percent(chart.goal)}"
        right = len(chart.points) - 0.45
        axes.text(right, chart.goal, promised, color=_ORANGE, fontsize=_SMALL, va="center")
    axes.set_xlim(-0.5, max(len(chart.points) - 0.5, 0.5))  # what is promised stands outside
    axes.set_ylim(0, 1.12)
    axes.set_yticks([0, 0.5, 1], ["0%", "50%", "100%"])
    every = -(-len(chart.points) // _MOST_TICKS) or 1
    axes.set_xticks(
        [at for at in places if at % every == 0],
        [_day(one.since) for one in chart.points[::every]],
    )
    axes.grid(axis="y", color="#E6E8EB")
    axes.set_axisbelow(True)


def _pareto(axes: "Axes", chart: ParetoChart) -> None:
    bars = _few(chart.bars)
    whole = sum(bar.n for bar in bars) or 1
    running, notes = 0, []
    for bar in bars:
        running += bar.n
        together = f", {figures.percent(running / whole)} together" if bar is not bars[0] else ""
        notes.append(f"{figures.number(bar.n)}{together}")
    _lying(axes, bars, notes)


def _funnel(axes: "Axes", chart: FunnelChart) -> None:
    notes = []
    for before, bar in zip((None, *chart.steps), chart.steps, strict=False):
        share = (
            f", {figures.percent(bar.n / before.n)} of those above" if before and before.n else ""
        )
        notes.append(f"{figures.number(bar.n)}{share}")
    _lying(axes, chart.steps, notes)


def _distribution(axes: "Axes", chart: DistributionChart) -> None:
    places = range(len(chart.bars))
    axes.bar(places, [bar.n for bar in chart.bars], color=_BLUE, width=0.8)
    for at, bar in zip(places, chart.bars, strict=True):
        if bar.n:
            _above(axes, figures.number(bar.n), at, bar.n)
    axes.set_xticks(list(places), [_label(bar.label, 11) for bar in chart.bars])
    axes.set_yticks([])
    said = []
    if chart.median is not None:
        said.append(f"median {figures.duration(chart.median)}")
    if chart.promised:
        said.append(f"promised {_label(chart.promised, 30)}")
    if said:
        axes.text(
            1, 1, " · ".join(said), transform=axes.transAxes, ha="right", va="top", color=_ORANGE
        )
    axes.margins(y=0.18)


def _pairs(axes: "Axes", chart: PairsChart) -> None:
    places = range(len(chart.pairs))
    sides = (
        (chart.first, [pair.first for pair in chart.pairs], -_HALF, _GREY),
        (chart.second, [pair.second for pair in chart.pairs], _HALF, _BLUE),
    )
    for name, values, aside, colour in sides:
        where = [at + aside for at in places]
        axes.bar(where, values, color=colour, width=2 * _HALF * 0.92, label=_label(name, 40))
        for at, value in zip(where, values, strict=True):
            said = figures.percent(value) if chart.are_shares else figures.number(value)
            _above(axes, said, at, value)
    axes.set_xticks(list(places), [_label(pair.label, 12) for pair in chart.pairs])
    axes.set_yticks([])
    axes.margins(y=0.3)
    if chart.pairs:
        axes.legend(loc="upper left", frameon=False, ncols=2, borderpad=0)


def _above(axes: "Axes", text: str, x: float, y: float, weight: str = "normal") -> None:
    axes.annotate(
        text,
        (x, y),
        textcoords="offset points",
        xytext=(0, 6),
        ha="center",
        fontsize=_SMALL,
        fontweight=weight,
    )


def _lying(axes: "Axes", bars: Sequence[Bar], notes: Sequence[str]) -> None:
    """Bars that lie, the first at the top, each with its label before and its note behind it."""
    places = range(len(bars))
    axes.barh(places, [bar.n for bar in bars], color=_BLUE, height=0.62)
    axes.invert_yaxis()
    axes.set_yticks(list(places), [_label(bar.label) for bar in bars])
    axes.set_xticks([])
    axes.spines["bottom"].set_visible(False)
    for at, (bar, note) in enumerate(zip(bars, notes, strict=True)):
        axes.annotate(note, (bar.n, at), textcoords="offset points", xytext=(8, 0), va="center")
    axes.set_xlim(0, (max((bar.n for bar in bars), default=0) or 1) * 1.75)


def _few(bars: Sequence[Bar]) -> list[Bar]:
    """The bars, the smallest of many as one."""
    if len(bars) <= _MOST_BARS:
        return list(bars)
    rest = bars[_MOST_BARS - 1 :]
    others = Bar(label=f"{len(rest)} others", n=sum(bar.n for bar in rest))
    return [*bars[: _MOST_BARS - 1], others]


def _label(text: str, longest: int = _LONGEST_LABEL) -> str:
    line = one_line(text)
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…"


def _day(value: date) -> str:
    return figures.day(value).rpartition(" ")[0]


def _png(figure: "Figure") -> bytes:
    from PIL import Image

    drawn, small = BytesIO(), BytesIO()
    figure.savefig(drawn, format="png")
    image = Image.open(drawn).convert("RGB")
    image.quantize(_COLOURS, method=Image.Quantize.MEDIANCUT).save(small, "PNG", optimize=True)
    return small.getvalue()
