"""How the open leads would score under a proposal: how many reach the threshold, and in which band
of points they are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cards.asking import Asking, answer, ask_button
from cards.charts import Pair, PairsChart
from cards.model import Block, Card, Heading, Note, Paragraph, Picture, Table, Words
from leads.proposals import Preview

_WORDS = "proposal_preview"
_MOST_BANDS = 9
_WIDTHS = (10, 20, 25, 50, 100, 200, 500, 1000)


@dataclass(frozen=True, kw_only=True)
class PreviewView:
    """The open leads by score as they were at `at`, under the version in force and the proposed
    one."""

    asking: Asking
    base: int
    version: int
    threshold_before: int
    threshold: int
    preview: Preview
    at: datetime


def preview_card(view: PreviewView) -> Card:
    """In one sentence, then as a picture and a table."""
    now, then = view.preview.now, view.preview.then
    n = sum(now.values())
    told = {
        "n": n,
        "base": view.base,
        "version": view.version,
        "before": view.threshold_before,
        "after": view.threshold,
        "reach_now": _reach(now, view.threshold_before),
        "reach_then": _reach(then, view.threshold),
    }
    blocks: list[Block] = [
        Heading(
            text=Words(_WORDS, "heading", version=view.version),
            short=Words(_WORDS, "short", version=view.version),
        ),
        Paragraph(text=Words(_WORDS, "verdict", **told)),
    ]
    if n:
        blocks += _bands_of(view)
    blocks.append(Note(text=Words(_WORDS, "how", at=view.at)))
    return answer(
        view.asking,
        summary=Words(_WORDS, "verdict", **told),
        blocks=tuple(blocks),
        further=(ask_button(Words("criteria", "ask"), "criteria"),),
    )


def no_preview(asking: Asking, version: int, base: int) -> Card:
    """What waits is a return to earlier rules, or is being worked out anew: nothing was scored by
    it yet."""
    text = Words(_WORDS, "nothing", version=version)
    different = ask_button(Words("criteria_versions", "compare"), f"criteria diff {base} {version}")
    return answer(asking, summary=text, blocks=(Paragraph(text=text),), further=(different,))


def _bands_of(view: PreviewView) -> list[Block]:
    bands = _bands(view.preview)
    now, then = view.preview.now, view.preview.then
    counted = [(low, high, _count(now, low, high), _count(then, low, high)) for low, high in bands]
    chart = PairsChart(
        title="Open leads by score",
        first=f"version {view.base}, in force",
        second=f"version {view.version}, proposed",
        pairs=tuple(
            Pair(label=f"{low} to {high}", first=before, second=after)
            for low, high, before, after in counted
        ),
    )
    middle = {"now": _median(now), "then": _median(then)}
    alt = Words(_WORDS, "middle", **middle, base=view.base, version=view.version)
    table = Table(
        head=(
            Words(_WORDS, "band_head"),
            Words(_WORDS, "version_head", version=view.base),
            Words(_WORDS, "version_head", version=view.version),
        ),
        rows=tuple(
            (
                Words(_WORDS, "band", low=low, high=high),
                Words(_WORDS, "count", n=before),
                Words(_WORDS, "count", n=after),
            )
            for low, high, before, after in reversed(counted)
        ),
        numeric=frozenset({1, 2}),
    )
    return [Picture(chart=chart, alt=alt), table]


def _bands(preview: Preview) -> list[tuple[int, int]]:
    """From the lowest score to the highest, in at most so many bands of a round width."""
    scores = [*preview.now, *preview.then]
    lowest, highest = min(scores), max(scores)
    whole = highest - lowest + 1
    width = next((one for one in _WIDTHS if whole <= one * (_MOST_BANDS - 1)), whole)
    bands = range(lowest // width, highest // width + 1)
    return [(width * at, width * at + width - 1) for at in bands]


def _count(by_score: Mapping[int, int], low: int, high: int) -> int:
    return sum(n for points, n in by_score.items() if low <= points <= high)


def _reach(by_score: Mapping[int, int], threshold: int) -> int:
    return sum(n for points, n in by_score.items() if points >= threshold)


def _median(by_score: Mapping[int, int]) -> int:
    left = sum(by_score.values()) / 2
    for points in sorted(by_score):
        left -= by_score[points]
        if left <= 0:
            return points
    return 0


_EXAMPLE = PreviewView(
    asking=Asking(question="preview", may_share=True),
    base=7,
    version=8,
    threshold_before=60,
    threshold=58,
    preview=Preview(
        now={-5: 4, 12: 31, 25: 60, 38: 40, 45: 52, 60: 28, 65: 14, 85: 9},
        then={-15: 6, 8: 35, 25: 48, 38: 38, 47: 52, 58: 30, 66: 17, 90: 12},
    ),
    at=datetime(2026, 11, 23, 8, 30, tzinfo=UTC),
)

EXAMPLES: Mapping[str, Card] = {
    "preview": preview_card(_EXAMPLE),
    "nobody": preview_card(replace(_EXAMPLE, preview=Preview(now={}, then={}))),
    "wide": preview_card(
        replace(_EXAMPLE, preview=Preview(now={-4000: 1, 60: 2}, then={99: 2, 5000: 1}))
    ),
    "nothing": no_preview(Asking(question="preview"), 8, 7),
}
