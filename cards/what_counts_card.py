"""What each figure counts, in plain words."""

from collections.abc import Mapping
from enum import StrEnum

from cards.asking import Asking, answer, ask_button
from cards.model import Bullets, Card, Form, Heading, Words
from leads.rates import JUDGEABLE_FROM

_WORDS = "what_counts"


class Figure(StrEnum):
    """What can be asked for in figures: the name of its subcommand."""

    QUALITY = "quality"
    REASONS = "reasons"
    FUNNEL = "funnel"
    VELOCITY = "velocity"
    SLA = "sla"
    REPS = "reps"
    CAMPAIGNS = "campaigns"
    GOALS = "goals"


_LIKELY = Words(_WORDS, "likely", floor=JUDGEABLE_FROM)
_BEFORE = Words(_WORDS, "before", floor=JUDGEABLE_FROM)
_TIMES = (Words(_WORDS, "median"), Words(_WORDS, "work"))

LINES: Mapping[Figure, tuple[Words, ...]] = {
    Figure.QUALITY: (
        Words(_WORDS, "quality_offered"),
        Words(_WORDS, "quality_accepted"),
        _LIKELY,
        _BEFORE,
        Words(_WORDS, "light"),
        Words(_WORDS, "undone"),
    ),
    Figure.REASONS: (
        Words(_WORDS, "reasons_share"),
        Words(_WORDS, "reasons_examples"),
        Words(_WORDS, "reasons_answered"),
        _BEFORE,
        Words(_WORDS, "undone"),
    ),
    Figure.FUNNEL: (
        Words(_WORDS, "funnel_cohort"),
        Words(_WORDS, "funnel_conversion"),
        Words(_WORDS, "funnel_rep"),
        _LIKELY,
        _BEFORE,
        _TIMES[0],
    ),
    Figure.VELOCITY: (
        Words(_WORDS, "velocity_offer"),
        Words(_WORDS, "velocity_business"),
        Words(_WORDS, "velocity_stages"),
        *_TIMES,
        Words(_WORDS, "velocity_age"),
        _BEFORE,
    ),
    Figure.SLA: (
        Words(_WORDS, "sla_decide"),
        Words(_WORDS, "sla_touch"),
        Words(_WORDS, "sla_attempts"),
        Words(_WORDS, "sla_marketing"),
        Words(_WORDS, "sla_answers"),
        Words(_WORDS, "sla_due"),
        Words(_WORDS, "work"),
        Words(_WORDS, "overdue_light"),
    ),
    Figure.REPS: (
        Words(_WORDS, "reps_who"),
        Words(_WORDS, "sla_decide"),
        Words(_WORDS, "sla_touch"),
        Words(_WORDS, "quality_accepted"),
        Words(_WORDS, "reps_won"),
        *_TIMES,
    ),
    Figure.CAMPAIGNS: (
        Words(_WORDS, "campaigns_touch"),
        Words(_WORDS, "campaigns_money"),
        Words(_WORDS, "campaigns_cost"),
    ),
    Figure.GOALS: (
        Words(_WORDS, "goals_shared"),
        Words(_WORDS, "goals_found"),
        Words(_WORDS, "goals_pace"),
        Words(_WORDS, "light"),
    ),
}
"""What is said of each figure, the most important first."""


def what_counts_card(asking: Asking, figure: Figure) -> Card:
    """The definitions behind one figure, with a button that shows it."""
    name = Words(_WORDS, "name", figure=figure)
    return answer(
        asking,
        summary=Words(_WORDS, "summary", name=name),
        blocks=(
            Heading(text=Words(_WORDS, "heading", name=name), short=Words(_WORDS, "ask")),
            Bullets(lines=LINES[figure]),
        ),
        further=(
            ask_button(Words(_WORDS, "show"), figure.value),
            ask_button(Words("definitions", "ask"), "definitions"),
        ),
    )


def listing() -> Words:
    """How to ask what a figure counts."""
    return Words(_WORDS, "listing", figures=tuple(figure.value for figure in Figure))


EXAMPLES: Mapping[str, Card | Form] = {
    figure.value: what_counts_card(Asking(question=f"definitions {figure}", may_share=True), figure)
    for figure in Figure
}
