"""How far the leads of a period came, from MQL to won."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from cards.asking import Asking, answer, ask_button
from cards.model import Card, Form, Heading, Note, Paragraph, Table, Words
from leads.lifecycle import Stage
from leads.rates import Rate

_WORDS = "funnel"


@dataclass(frozen=True, kw_only=True)
class FunnelStep:
    """A stage and how many reached it. `of_previous` counts among those of the stage before; it is
    None for the first stage."""

    stage: Stage
    reached: int
    of_previous: Rate | None


@dataclass(frozen=True, kw_only=True)
class FunnelView:
    """The leads that became MQL in a period of local days, and where they are by now."""

    asking: Asking
    period: str
    first: date
    last: date
    steps: tuple[FunnelStep, ...]
    lost: int = 0


def funnel_card(view: FunnelView) -> Card:
    """A table of the stages, and what the figures count."""
    entered = view.steps[0].reached if view.steps else 0
    won = view.steps[-1].reached if view.steps else 0
    heading = Heading(text=Words(_WORDS, "heading"))
    when = Note(text=Words(_WORDS, "when", period=view.period, first=view.first, last=view.last))
    summary = Words(_WORDS, "summary", entered=entered, won=won, period=view.period)
    if not entered:
        nothing = Paragraph(text=Words(_WORDS, "nothing"))
        wider = ask_button(Words("quality", "all_time"), "funnel all")
        return answer(
            view.asking, summary=summary, blocks=(heading, when, nothing), further=(wider,)
        )
    verdict = Paragraph(
        text=Words(
            _WORDS,
            "verdict",
            entered=entered,
            won=won,
            of_all=Rate(successes=won, n=entered),
        )
    )
    table = Table(
        head=(
            Words(_WORDS, "stage_head"),
            Words(_WORDS, "reached_head"),
            Words(_WORDS, "previous_head"),
        ),
        rows=tuple(
            (
                Words(_WORDS, "stage", stage=step.stage),
                Words("quality", "count", n=step.reached),
                Words(_WORDS, "conversion", rate=step.of_previous),
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
            ask_button(Words("quality", "ask"), f"quality {view.period}"),
            ask_button(Words("quality", "why_rejected"), f"reasons {view.period}"),
        ),
    )


def _step(stage: Stage, reached: int, before: int) -> FunnelStep:
    return FunnelStep(
        stage=stage,
        reached=reached,
        of_previous=Rate(successes=reached, n=before),
    )


_EXAMPLE = FunnelView(
    asking=Asking(question="funnel this quarter", may_share=True),
    period="this quarter",
    first=date(2026, 10, 1),
    last=date(2026, 11, 23),
    steps=(
        FunnelStep(stage=Stage.MQL, reached=38, of_previous=None),
        _step(Stage.SAL, 24, 38),
        _step(Stage.SQL, 11, 24),
        _step(Stage.OPPORTUNITY, 6, 11),
        _step(Stage.WON, 2, 6),
    ),
    lost=3,
)

EXAMPLES: Mapping[str, Card | Form] = {
    "quarter": funnel_card(_EXAMPLE),
    "nothing": funnel_card(replace(_EXAMPLE, steps=())),
}
