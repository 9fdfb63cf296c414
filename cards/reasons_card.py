"""Why leads were rejected: how often each reason was given, what it teaches, newest examples."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from cards.actions import Action
from cards.asking import Asking, answer, ask_button
from cards.model import Block, Button, Card, Form, Heading, Note, Paragraph, Words
from cards.moves import compared, moved
from leads.agreement import Teaches
from leads.movement import Direction, Movement
from leads.rates import Rate

_WORDS = "reasons"


@dataclass(frozen=True, kw_only=True)
class Example:
    """One rejected lead."""

    lead_id: int
    name: str
    company: str | None
    at: datetime
    url: str | None = None
    """Where the CRM has it."""


@dataclass(frozen=True, kw_only=True)
class ReasonLine:
    """One reason: `share` of the rejections of the period gave it; newest example first."""

    label: str
    teaches: Teaches
    share: Rate
    moved: Movement | None = None
    """How the share moved against the period before, where there was one."""
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ReasonsView:
    """The rejections of leads offered in a period of local days, most frequent reason first.
    `answered` is how many of the rejections made in the period marketing answered."""

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
    decided: int
    rejected: int
    answered: Rate
    lines: tuple[ReasonLine, ...]
    more: int = 0


def reasons_card(view: ReasonsView) -> Card:
    """One paragraph a reason, with a button that opens the newest lead."""
    blocks: list[Block] = [
        Heading(
            text=Words(_WORDS, "heading", only=view.only), short=Words(_WORDS, "heading", only=None)
        ),
        Note(text=Words(_WORDS, "when", period=view.period, first=view.first, last=view.last)),
    ]
    if view.lines:
        blocks.append(
            Paragraph(
                text=Words(
                    _WORDS,
                    "verdict",
                    rejected=view.rejected,
                    decided=view.decided,
                    answered=view.answered,
                    before=compared(view.before),
                )
            )
        )
    else:
        blocks.append(Paragraph(text=Words(_WORDS, "nothing", decided=view.decided)))
    for line in view.lines:
        newest = line.examples[0] if line.examples else None
        button = (
            Button(
                label=Words(_WORDS, "open", name=newest.name),
                action=Action.MORE,
                subject=str(newest.lead_id),
            )
            if newest
            else None
        )
        text = Words(
            _WORDS,
            "reason",
            label=line.label,
            share=line.share,
            moved=moved(line.moved) if line.moved else None,
            teaches=line.teaches,
            examples=line.examples,
        )
        blocks.append(Paragraph(text=text, button=button))
    if view.more:
        blocks.append(Note(text=Words(_WORDS, "more", more=view.more)))
    return answer(
        view.asking,
        summary=Words(_WORDS, "summary", rejected=view.rejected, period=view.period),
        blocks=tuple(blocks),
        further=(
            ask_button(Words("quality", "by_campaign"), f"quality campaign {view.period}"),
            ask_button(Words("criteria", "ask"), "criteria"),
        ),
        explained="reasons",
    )


_AT = datetime(2026, 11, 20, 15, 20, tzinfo=UTC)
_EXAMPLE = ReasonsView(
    asking=Asking(question="reasons this month", may_share=True),
    period="this month",
    before="the 23 days before",
    first=date(2026, 11, 1),
    last=date(2026, 11, 23),
    decided=34,
    rejected=13,
    answered=Rate(successes=9, n=12),
    lines=(
        ReasonLine(
            label="Company too small",
            teaches=Teaches.FIT,
            share=Rate(successes=8, n=13),
            moved=Movement(direction=Direction.UP, by=0.12),
            examples=(
                Example(
                    lead_id=17,
                    name="Ada Byron",
                    company="Initech",
                    at=_AT,
                    url="https://crm.acme.example/leads/L-17",
                ),
                Example(lead_id=12, name="Bo Lind", company=None, at=_AT),
            ),
        ),
        ReasonLine(label="Not now", teaches=Teaches.TIMING, share=Rate(successes=5, n=13)),
    ),
)

EXAMPLES: Mapping[str, Card | Form] = {
    "two_reasons": reasons_card(_EXAMPLE),
    "one_campaign": reasons_card(
        replace(_EXAMPLE, only="spring-pricing", said="campaign spring-pricing")
    ),
    "nothing_rejected": reasons_card(replace(_EXAMPLE, rejected=0, lines=())),
    "nothing_decided": reasons_card(replace(_EXAMPLE, decided=0, rejected=0, lines=())),
    "hostile": reasons_card(
        replace(
            _EXAMPLE,
            lines=(
                replace(
                    _EXAMPLE.lines[0],
                    examples=(
                        Example(
                            lead_id=18,
                            name="*Bob* <!here> ](https://evil.example)",
                            company="<@U1> & Söhne \u202e`x`",
                            at=_AT,
                            url="javascript:alert(1)",
                        ),
                    ),
                ),
            ),
        )
    ),
}
