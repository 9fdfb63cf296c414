"""How far the leads of a period came, from MQL to won."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cards.asking import Asking, answer, ask_button
from cards.model import Card, Form, Heading, Note, Paragraph, Table, Words
from cards.moves import brief, compared, median, moved
from leads.lifecycle import Stage
from leads.movement import Direction, Movement
from leads.rates import Rate

_WORDS = "funnel"


@dataclass(frozen=True, kw_only=True)
class FunnelStep:
    """A stage and how many reached it. `of_previous` counts among those of the stage before; it is
    None for the first stage. `timed` of them took `median` in the middle, from that stage."""

    stage: Stage
    reached: int
    of_previous: Rate | None
    moved: Movement | None = None
    """How `of_previous` moved against the period before, where there was one."""
    median: timedelta | None = None
    timed: int = 0


@dataclass(frozen=True, kw_only=True)
class FunnelView:
    """The leads that became MQL in a period of local days, and where they are by now."""

    asking: Asking
    only: str | None = None
    """The one campaign, source or rep that was asked for."""
    said: str = ""
    """How to ask for the same of another period, after the subcommand."""
    period: str
    before: str | None = None
    """What the period before is called."""
    first: date
    last: date
    steps: tuple[FunnelStep, ...]
    lost: int = 0


def funnel_card(view: FunnelView) -> Card:
    """A table of the stages, and what the figures count."""
    entered = view.steps[0].reached if view.steps else 0
    won = view.steps[-1].reached if view.steps else 0
    heading = Heading(
        text=Words(_WORDS, "heading", only=view.only), short=Words(_WORDS, "heading", only=None)
    )
    of = f"{view.said} " if view.said else ""
    when = Note(text=Words(_WORDS, "when", period=view.period, first=view.first, last=view.last))
    summary = Words(_WORDS, "summary", entered=entered, won=won, period=view.period)
    if not entered:
        nothing = Paragraph(text=Words(_WORDS, "nothing"))
        wider = ask_button(Words("quality", "all_time"), f"funnel {of}all")
        return answer(
            view.asking,
            summary=summary,
            blocks=(heading, when, nothing),
            further=(wider,),
            explained="funnel",
        )
    verdict = Paragraph(
        text=Words(
            _WORDS,
            "verdict",
            entered=entered,
            won=won,
            of_all=Rate(successes=min(won, entered), n=entered),
            first=view.steps[0].stage,
            before=compared(view.before),
        )
    )
    table = Table(
        head=(
            Words(_WORDS, "stage_head"),
            Words(_WORDS, "reached_head"),
            Words(_WORDS, "previous_head"),
            Words(_WORDS, "time_head"),
            Words("quality", "moved_head"),
        ),
        rows=tuple(
            (
                Words(_WORDS, "stage", stage=step.stage),
                Words("quality", "count", n=step.reached),
                brief(step.of_previous),
                median(step.median, step.timed),
                moved(step.moved),
            )
            for step in view.steps
        ),
        numeric=frozenset({1}),
    )
    return answer(
        view.asking,
        summary=summary,
        blocks=(heading, when, verdict, table, Note(text=Words(_WORDS, "how", lost=view.lost))),
        further=(
            ask_button(Words("quality", "ask"), f"quality {of}{view.period}"),
            ask_button(Words("quality", "why_rejected"), f"reasons {of}{view.period}"),
            ask_button(Words("velocity", "ask"), f"velocity {view.period}"),
        ),
        explained="funnel",
    )


def _step(stage: Stage, reached: int, before: int, days: float) -> FunnelStep:
    return FunnelStep(
        stage=stage,
        reached=reached,
        of_previous=Rate(successes=reached, n=before),
        moved=Movement(direction=Direction.UP, by=0.12),
        median=timedelta(days=days),
        timed=reached,
    )


_EXAMPLE = FunnelView(
    asking=Asking(question="funnel this quarter", may_share=True),
    period="this quarter",
    before="the 54 days before",
    first=date(2026, 10, 1),
    last=date(2026, 11, 23),
    steps=(
        FunnelStep(stage=Stage.MQL, reached=38, of_previous=None),
        _step(Stage.SAL, 24, 38, 0.03),
        _step(Stage.SQL, 11, 24, 2.3),
        _step(Stage.OPPORTUNITY, 6, 11, 9),
        _step(Stage.WON, 2, 6, 31),
    ),
    lost=3,
)

EXAMPLES: Mapping[str, Card | Form] = {
    "quarter": funnel_card(_EXAMPLE),
    "one_campaign": funnel_card(
        replace(
            _EXAMPLE,
            only="spring-pricing <!here> *x*",
            said="campaign spring-pricing <!here> *x*",
            steps=_EXAMPLE.steps[1:],
        )
    ),
    "nothing": funnel_card(replace(_EXAMPLE, steps=())),
}
