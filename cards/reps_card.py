"""How each rep does, by name, with the whole team first: to see what is needed, not who is best."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cards import moves
from cards.asking import Asking, answer, ask_button
from cards.model import Card, Form, Heading, Note, Paragraph, Table, Words
from leads.rates import Rate

_WORDS = "reps"


@dataclass(frozen=True, kw_only=True)
class RepRow:
    """One rep; `name` is None for the whole team. Rates in time are of what fell due, `accepted`
    is of the decided; the first touch is timed in business time after accepting."""

    name: str | None
    offered: int
    accepted: Rate
    decided: Rate
    touched: Rate
    first_touch: timedelta | None
    touches_timed: int
    won: int


@dataclass(frozen=True, kw_only=True)
class RepsView:
    """The team, and the reps whom the asker may see, in the order of their names. `alone` says
    that it is the asker only; `more` counts reps left out."""

    asking: Asking
    period: str
    first: date
    last: date
    team: RepRow
    rows: tuple[RepRow, ...]
    alone: bool = False
    more: int = 0


def reps_card(view: RepsView) -> Card:
    """One table; what both sides agreed on comes first."""
    heading = Heading(text=Words(_WORDS, "heading", alone=view.alone))
    when = Note(text=Words(_WORDS, "when", period=view.period, first=view.first, last=view.last))
    summary = Words(_WORDS, "summary", period=view.period, team=view.team)
    if not view.team.offered and not view.rows:
        return answer(
            view.asking,
            summary=summary,
            blocks=(heading, when, Paragraph(text=Words(_WORDS, "nothing"))),
            further=(ask_button(Words("quality", "all_time"), "reps all"),),
            explained="reps",
        )
    return answer(
        view.asking,
        summary=summary,
        blocks=(heading, when, _table(view), Note(text=Words(_WORDS, "how", more=view.more))),
        further=(
            ask_button(Words("sla", "ask"), f"sla {view.period}"),
            ask_button(Words("velocity", "ask"), f"velocity {view.period}"),
        ),
        explained="reps",
    )


def _table(view: RepsView) -> Table:
    return Table(
        head=tuple(
            Words(_WORDS, f"{name}_head")
            for name in ("rep", "decided", "touched", "first_touch", "accepted", "offered", "won")
        ),
        rows=tuple(_row(row) for row in (view.team, *view.rows)),
        numeric=frozenset({5, 6}),
    )


def _row(row: RepRow) -> tuple[Words, ...]:
    return (
        Words(_WORDS, "rep", name=row.name),
        moves.brief(row.decided),
        moves.brief(row.touched),
        moves.median(row.first_touch, row.touches_timed, at_work=True),
        moves.brief(row.accepted),
        Words("quality", "count", n=row.offered),
        Words("quality", "count", n=row.won),
    )


_ANA = RepRow(
    name="Ana Ortiz",
    offered=24,
    accepted=Rate(successes=15, n=22),
    decided=Rate(successes=19, n=22),
    touched=Rate(successes=14, n=15),
    first_touch=timedelta(hours=5, minutes=12),
    touches_timed=15,
    won=2,
)
_EXAMPLE = RepsView(
    asking=Asking(question="reps last 30 days"),
    period="last 30 days",
    first=date(2026, 10, 25),
    last=date(2026, 11, 23),
    team=replace(
        _ANA,
        name=None,
        offered=38,
        accepted=Rate(successes=21, n=34),
        decided=Rate(successes=27, n=34),
        touched=Rate(successes=18, n=21),
    ),
    rows=(
        _ANA,
        RepRow(
            name="Ben Weber",
            offered=14,
            accepted=Rate(successes=6, n=12),
            decided=Rate(successes=8, n=12),
            touched=Rate(successes=4, n=6),
            first_touch=timedelta(hours=7),
            touches_timed=6,
            won=0,
        ),
    ),
)
_NOTHING = Rate(successes=0, n=0)

EXAMPLES: Mapping[str, Card | Form] = {
    "manager": reps_card(_EXAMPLE),
    "one_rep": reps_card(replace(_EXAMPLE, rows=_EXAMPLE.rows[:1], alone=True)),
    "shared": reps_card(replace(_EXAMPLE, rows=())),
    "nothing": reps_card(
        replace(
            _EXAMPLE,
            team=RepRow(
                name=None,
                offered=0,
                accepted=_NOTHING,
                decided=_NOTHING,
                touched=_NOTHING,
                first_touch=None,
                touches_timed=0,
                won=0,
            ),
            rows=(),
        )
    ),
    "hostile": reps_card(
        replace(_EXAMPLE, rows=(replace(_ANA, name="<!here> *Ana* {{TIME(x)}} \u202e"),), more=3)
    ),
}
