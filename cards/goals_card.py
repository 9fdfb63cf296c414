"""What both teams want to reach together, and whether they keep pace."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from cards.asking import Asking, answer, ask_button
from cards.model import Block, Bullets, Card, Form, Heading, Light, Paragraph, Words
from leads.standing import Standing, worst

_WORDS = "goals"


@dataclass(frozen=True, kw_only=True)
class TargetLine:
    """So much was found of a target (mqls, pipeline or revenue); `expected` is what the working
    days that are over should have brought."""

    target: str
    found: int
    goal: int
    expected: float
    light: Standing


@dataclass(frozen=True, kw_only=True)
class GoalPart:
    """The goals of one period, its last day included."""

    period: str
    first: date
    last: date
    share_over: float
    days_left: int
    targets: tuple[TargetLine, ...]


@dataclass(frozen=True, kw_only=True)
class GoalsView:
    """The goals of the time that was asked about, the shortest time first."""

    asking: Asking
    currency: str
    goals: tuple[GoalPart, ...]


def goals_card(view: GoalsView) -> Card:
    """A list of targets for each period."""
    blocks: list[Block] = [Heading(text=Words(_WORDS, "heading"))]
    if not view.goals:
        blocks.append(Paragraph(text=Words(_WORDS, "none_set")))
    for goal in view.goals:
        lines = (
            Words(
                _WORDS,
                "target",
                target=target,
                light=Light(target.light),
                currency=view.currency,
            )
            for target in goal.targets
        )
        blocks += [
            Paragraph(text=Words(_WORDS, "goal", goal=goal)),
            Bullets(lines=tuple(lines)),
        ]
    first = view.goals[0] if view.goals else None
    lights = [target.light for target in first.targets] if first else []
    return answer(
        view.asking,
        summary=Words(_WORDS, "summary", first=first, light=Light(worst(*lights))),
        blocks=tuple(blocks),
        further=(
            ask_button(Words("campaigns", "ask"), "campaigns this quarter"),
            ask_button(Words("sla", "ask"), "sla"),
        ),
        explained="goals",
    )


_EXAMPLE = GoalsView(
    asking=Asking(question="goals", may_share=True),
    currency="EUR",
    goals=(
        GoalPart(
            period="2026-Q4",
            first=date(2026, 10, 1),
            last=date(2026, 12, 31),
            share_over=0.58,
            days_left=39,
            targets=(
                TargetLine(
                    target="mqls", found=310, goal=480, expected=278.4, light=Standing.GREEN
                ),
                TargetLine(
                    target="pipeline",
                    found=148_000,
                    goal=400_000,
                    expected=232_000,
                    light=Standing.RED,
                ),
                TargetLine(
                    target="revenue",
                    found=72_500,
                    goal=150_000,
                    expected=87_000,
                    light=Standing.YELLOW,
                ),
            ),
        ),
    ),
)
_PAST = replace(
    _EXAMPLE.goals[0],
    period="2026-Q3",
    first=date(2026, 7, 1),
    last=date(2026, 9, 30),
    share_over=1.0,
    days_left=0,
    targets=(
        TargetLine(
            target="revenue", found=161_000, goal=150_000, expected=150_000, light=Standing.GREEN
        ),
    ),
)

EXAMPLES: Mapping[str, Card | Form] = {
    "quarter": goals_card(_EXAMPLE),
    "over": goals_card(replace(_EXAMPLE, goals=(_PAST,))),
    "none_set": goals_card(replace(_EXAMPLE, goals=())),
    "hostile": goals_card(replace(_EXAMPLE, currency="<!channel> *x*")),
}
