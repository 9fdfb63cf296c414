"""How fast leads move, step by step, and how old those are that are in hands."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cards import moves
from cards.asking import Asking, answer, ask_button
from cards.model import Block, Card, Form, Heading, Note, Paragraph, Table, Words
from leads.durations import Leg
from leads.movement import Direction, Pace
from leads.rates import JUDGEABLE_FROM

_WORDS = "velocity"
_AT_WORK = frozenset({Leg.DECISION, Leg.FIRST_TOUCH})


@dataclass(frozen=True, kw_only=True)
class LegLine:
    """How long one leg took the one in the middle of `n`, and how that moved against the period
    before, where there was one."""

    leg: Leg
    n: int
    median: timedelta | None
    moved: Pace | None = None


@dataclass(frozen=True, kw_only=True)
class OpenAges:
    """How long the `n` leads in hands have been MQLs; `old` of them for 30 days or more."""

    n: int
    median: timedelta | None
    oldest: timedelta | None
    old: int


@dataclass(frozen=True, kw_only=True)
class VelocityView:
    """The legs of a period of local days, in order."""

    asking: Asking
    only: str | None = None
    """The one campaign or rep that was asked for."""
    said: str = ""
    """How to ask for the same of another period, after the subcommand."""
    period: str
    before: str | None = None
    """What the period before is called."""
    first: date
    last: date
    legs: tuple[LegLine, ...]
    ages: OpenAges


def velocity_card(view: VelocityView) -> Card:
    """The whole way in one line, then a table of its steps."""
    of = f"{view.said} " if view.said else ""
    cycle = next((leg for leg in view.legs if leg.leg is Leg.CYCLE), None)
    whole = moves.median(cycle.median, cycle.n) if cycle else None
    customers = cycle.n if cycle else 0
    is_judged = customers >= JUDGEABLE_FROM
    blocks: list[Block] = [
        Heading(
            text=Words(_WORDS, "heading", only=view.only), short=Words(_WORDS, "heading", only=None)
        ),
        Note(
            text=Words(
                _WORDS,
                "when",
                period=view.period,
                first=view.first,
                last=view.last,
                before=moves.compared(view.before),
            )
        ),
    ]
    if any(leg.n for leg in view.legs):
        if cycle:
            blocks.append(
                Paragraph(
                    text=Words(_WORDS, "verdict", cycle=whole, n=customers, is_judged=is_judged)
                )
            )
        blocks.append(_table(view))
    else:
        blocks.append(Paragraph(text=Words(_WORDS, "nothing")))
    blocks.append(Paragraph(text=Words(_WORDS, "ages", ages=view.ages)))
    return answer(
        view.asking,
        summary=Words(_WORDS, "summary", cycle=whole, is_judged=is_judged, period=view.period),
        blocks=tuple(blocks),
        further=(
            ask_button(Words("quality", "all_time"), f"velocity {of}all"),
            ask_button(Words("sla", "ask"), f"sla {view.period}"),
        ),
        explained="velocity",
    )


def _table(view: VelocityView) -> Table:
    return Table(
        head=(
            Words(_WORDS, "leg_head"),
            Words(_WORDS, "median_head"),
            Words(_WORDS, "moved_head"),
            Words(_WORDS, "leads_head"),
        ),
        rows=tuple(
            (
                Words(_WORDS, "leg", leg=leg.leg),
                moves.median(leg.median, leg.n, at_work=leg.leg in _AT_WORK),
                moves.quickened(leg.moved, at_work=leg.leg in _AT_WORK),
                Words("quality", "count", n=leg.n),
            )
            for leg in view.legs
        ),
        numeric=frozenset({3}),
    )


def _leg(leg: Leg, n: int, direction: Direction, **took: float) -> LegLine:
    span = timedelta(**took)
    return LegLine(leg=leg, n=n, median=span, moved=Pace(direction=direction, by=span / 8))


_EXAMPLE = VelocityView(
    asking=Asking(question="velocity this quarter", may_share=True),
    period="this quarter",
    before="the 54 days before",
    first=date(2026, 10, 1),
    last=date(2026, 11, 23),
    legs=(
        _leg(Leg.OFFER, 38, Direction.LEVEL, seconds=30),
        _leg(Leg.DECISION, 34, Direction.DOWN, minutes=36),
        _leg(Leg.FIRST_TOUCH, 22, Direction.UP, hours=26),
        _leg(Leg.SAL, 24, Direction.LEVEL, minutes=55),
        _leg(Leg.SQL, 11, Direction.DOWN, days=2, hours=7),
        _leg(Leg.OPPORTUNITY, 6, Direction.UNKNOWN, days=9),
        LegLine(leg=Leg.WON, n=0, median=None),
        _leg(Leg.CYCLE, 12, Direction.UNKNOWN, days=46, hours=5),
    ),
    ages=OpenAges(
        n=17, median=timedelta(days=6, hours=4), oldest=timedelta(days=44, hours=2), old=2
    ),
)

EXAMPLES: Mapping[str, Card | Form] = {
    "quarter": velocity_card(_EXAMPLE),
    "one_rep": velocity_card(
        replace(
            _EXAMPLE,
            only="<!channel> *Ana* {{ 7*7 }}",
            said="rep ana@acme.example",
            legs=_EXAMPLE.legs[1:3],
        )
    ),
    "nothing": velocity_card(
        replace(
            _EXAMPLE,
            before=None,
            period="all",
            legs=(LegLine(leg=Leg.CYCLE, n=0, median=None),),
            ages=OpenAges(n=0, median=None, oldest=None, old=0),
        )
    ),
}
