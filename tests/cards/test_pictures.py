"""Charts become small images that say what the values say."""

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image

from cards.charts import (
    Bar,
    Chart,
    DistributionChart,
    FunnelChart,
    Pair,
    PairsChart,
    ParetoChart,
    TrendChart,
    TrendPoint,
)
from cards.pictures import HEIGHT, WIDTH, draw

MONDAY = date(2026, 9, 28)
HOSTILE = "$x^2$ <!channel> \\frac{a} %s"


def trend(shares: list[float | None]) -> TrendChart:
    """A week for each share."""
    return TrendChart(
        title="Leads accepted by sales",
        goal=0.7,
        points=tuple(
            TrendPoint(since=MONDAY + timedelta(weeks=n), share=one, low=0.3, high=0.9, n=20)
            for n, one in enumerate(shares)
        ),
    )


def bars(*numbers: int) -> tuple[Bar, ...]:
    """A bar for each number."""
    return tuple(Bar(label=f"Step {n}", n=number) for n, number in enumerate(numbers))


def charts() -> Iterator[Chart]:
    """One of each kind, and what could break it."""
    yield trend([0.5, None, 0.7])
    yield trend([])
    yield ParetoChart(title=HOSTILE, bars=(Bar(label=HOSTILE * 9, n=3), *bars(*range(30))))
    yield FunnelChart(title="Funnel", steps=bars(160, 98, 0, 0))
    yield FunnelChart(title="Funnel", steps=())
    yield DistributionChart(
        title="First touch", bars=bars(12, 0, 3), median=timedelta(hours=3), promised="1 day"
    )
    yield DistributionChart(title="First touch", bars=())
    yield PairsChart(title=HOSTILE, first=HOSTILE, second="then", pairs=())
    pairs = tuple(Pair(label=f"{10 * n} to {10 * n + 9}", first=n, second=9 - n) for n in range(10))
    yield PairsChart(title="Open leads by score", first="now", second="then", pairs=pairs)
    shares = (Pair(label=HOSTILE * 3, first=0.0, second=1.0), Pair(label="", first=1, second=0.5))
    yield PairsChart(title="", first="expected", second="seen", pairs=shares, are_shares=True)


@pytest.mark.parametrize("chart", list(charts()))
def test_a_chart_is_an_image_of_one_size_that_a_message_can_carry(chart: Chart) -> None:
    drawn = draw(chart)
    image = Image.open(BytesIO(drawn))
    assert (image.format, image.size) == ("PNG", (WIDTH, HEIGHT))
    assert len(drawn) < 30_000
    assert len(image.convert("RGB").getcolors(WIDTH * HEIGHT) or ()) > 2  # something is on it


def test_another_value_is_another_image() -> None:
    assert draw(trend([0.5, 0.6])) != draw(trend([0.5, 0.9]))
    assert draw(trend([0.5, 0.6])) == draw(trend([0.5, 0.6]))
