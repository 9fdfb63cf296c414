"""How good the handed-over leads were: who was accepted, by campaign, source or rep."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from cards.asking import Asking, answer, ask_button
from cards.model import Block, Card, Form, Heading, Light, Mention, Note, Paragraph, Table, Words
from cards.moves import brief, moved
from leads.breakdown import Breakdown
from leads.movement import Direction, Movement
from leads.rates import Rate
from leads.standing import Standing

_WORDS = "quality"


@dataclass(frozen=True, kw_only=True)
class QualityRow:
    """One campaign, source or rep. `name` is None for leads that came without one. `accepted`
    counts among the decided, `standing` compares it with the agreement, `moved` with the period
    before, where there was one."""

    name: str | None
    offered: int
    accepted: Rate
    standing: Standing
    moved: Movement | None = None


@dataclass(frozen=True, kw_only=True)
class QualityView:
    """Quality in a period of local days, both included. `goal` is the share of leads that
    marketing promised would be accepted; `more` counts rows left out."""

    asking: Asking
    by: Breakdown
    only: str | None = None
    """The one campaign, source or rep that was asked for."""
    said: str = ""
    """How to ask for the same of another period, after the subcommand."""
    period: str
    before: str | None = None
    """What the period before is called."""
    first: date
    last: date
    total: QualityRow
    rows: tuple[QualityRow, ...]
    more: int = 0
    goal: float | None = None


def quality_card(view: QualityView) -> Card:
    """The verdict in one line, then a table, the largest first."""
    heading = Heading(
        text=Words(_WORDS, "heading", by=view.by, only=view.only), short=Words(_WORDS, "ask")
    )
    when = Note(text=Words(_WORDS, "when", period=view.period, first=view.first, last=view.last))
    summary = Words(_WORDS, "summary", total=view.total, period=view.period)
    if not view.total.offered:
        nothing = Paragraph(text=Words(_WORDS, "nothing", only=view.only))
        wider = ask_button(Words(_WORDS, "all_time"), f"quality {view.said or view.by} all")
        return answer(
            view.asking,
            summary=summary,
            blocks=(heading, when, nothing),
            further=(wider,),
            explained="quality",
        )
    verdict = Paragraph(
        text=Words(
            _WORDS,
            "verdict",
            total=view.total,
            light=Light(view.total.standing),
            goal=view.goal,
            moved=moved(view.total.moved) if view.before else None,
            before=view.before,
        )
    )
    table: tuple[Block, ...] = (_table(view),) if view.rows else ()
    how = Note(text=Words(_WORDS, "how", more=view.more))
    return answer(
        view.asking,
        summary=summary,
        blocks=(heading, when, verdict, *table, how),
        further=(
            *(
                ask_button(Words(_WORDS, f"by_{other}"), f"quality {other} {view.period}")
                for other in Breakdown
                if other is not view.by
            ),
            ask_button(Words(_WORDS, "why_rejected"), _why(view)),
        ),
        explained="quality",
    )


def _why(view: QualityView) -> str:
    of = f"{view.said} " if view.only else ""
    return f"reasons {of}{view.period}"


def _table(view: QualityView) -> Table:
    """The rate comes first: a phone shows two or three columns."""
    return Table(
        head=(
            Words(_WORDS, f"name_{view.by}"),
            Words(_WORDS, "accepted"),
            Words(_WORDS, "moved_head"),
            Words(_WORDS, "standing_head"),
            Words(_WORDS, "offered"),
        ),
        rows=tuple(
            (
                Words(_WORDS, "name", name=row.name, by=view.by),
                brief(row.accepted),
                moved(row.moved),
                Words(_WORDS, "standing", light=Light(row.standing)),
                Words(_WORDS, "count", n=row.offered),
            )
            for row in view.rows
        ),
        numeric=frozenset({4}),
    )


_EXAMPLE = QualityView(
    asking=Asking(question="quality campaign last 30 days", may_share=True),
    by=Breakdown.CAMPAIGN,
    period="last 30 days",
    before="the 30 days before",
    first=date(2026, 10, 25),
    last=date(2026, 11, 23),
    total=QualityRow(
        name=None,
        offered=38,
        accepted=Rate(successes=21, n=34),
        standing=Standing.YELLOW,
        moved=Movement(direction=Direction.UP, by=0.08),
    ),
    rows=(
        QualityRow(
            name="spring-pricing",
            offered=24,
            accepted=Rate(successes=13, n=21),
            standing=Standing.YELLOW,
            moved=Movement(direction=Direction.DOWN, by=-0.31, is_clear=True),
        ),
        QualityRow(
            name="webinar-ai",
            offered=9,
            accepted=Rate(successes=5, n=9),
            standing=Standing.NONE,
            moved=Movement(direction=Direction.UNKNOWN),
        ),
        QualityRow(name=None, offered=5, accepted=Rate(successes=3, n=4), standing=Standing.NONE),
    ),
    goal=0.7,
)

EXAMPLES: Mapping[str, Card | Form] = {
    "by_campaign": quality_card(_EXAMPLE),
    "one_campaign": quality_card(
        replace(
            _EXAMPLE,
            only="spring-pricing",
            said="campaign spring-pricing",
            total=_EXAMPLE.rows[0],
            rows=(),
        )
    ),
    "shared": quality_card(
        replace(
            _EXAMPLE,
            asking=Asking(
                question="quality",
                shared_by=Mention(name="Mia Novak", email="mia@acme.example"),
            ),
        )
    ),
    "nothing": quality_card(
        replace(
            _EXAMPLE,
            period="today",
            first=date(2026, 11, 23),
            total=QualityRow(
                name=None, offered=0, accepted=Rate(successes=0, n=0), standing=Standing.NONE
            ),
            rows=(),
        )
    ),
    "hostile": quality_card(
        replace(
            _EXAMPLE,
            rows=(
                replace(
                    _EXAMPLE.rows[0],
                    name="<!channel> *spring* <https://evil.example|free> {{TIME(x)}} \u202e",
                ),
            ),
        )
    ),
}
