"""The alarm that what sales takes, or why it refuses, has moved beyond noise."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from cards.asking import ask_button
from cards.model import Actions, Block, Card, Heading, Note, Paragraph, Words
from cards.proposal_card import example_lines
from cards.proposal_view import ExampleLead
from leads.rates import Rate

_WORDS = "criteria_drift"
_MOST_EXAMPLES = 3
_MOST_LINES = 6


@dataclass(frozen=True, kw_only=True)
class DriftLine:
    """A share of all decisions: the accepted ones, or those refused for `reason` (its label)."""

    reason: str | None
    before: Rate
    now: Rate
    is_up: bool
    examples: tuple[ExampleLead, ...]


def drift_card(since: date, lines: tuple[DriftLine, ...]) -> Card:
    """What has moved, most surprising first, each with leads that show it."""
    blocks: list[Block] = [Heading(text=Words(_WORDS, "heading"))]
    for line in lines[:_MOST_LINES]:
        blocks.append(Paragraph(text=Words(_WORDS, "told", one=line)))
        blocks += example_lines(line.examples[:_MOST_EXAMPLES])
    blocks += [
        Note(text=Words(_WORDS, "how", since=since)),
        Paragraph(text=Words(_WORDS, "next")),
        Actions(
            buttons=(
                ask_button(Words(_WORDS, "reasons"), "reasons last 30 days"),
                ask_button(Words("proposal", "ask"), "retune"),
            )
        ),
    ]
    summary = Words(_WORDS, "summary", first=lines[0], more=len(lines) - 1)
    return Card(summary=summary, blocks=tuple(blocks))


_NASTY = "<!channel> *x* {{ 7*7 }} [a](https://b.example) \u202e"
_ADA = ExampleLead(lead_id=17, name="Ada Byron", company="Initech")
_FEWER = DriftLine(
    reason=None,
    before=Rate(successes=112, n=160),
    now=Rate(successes=22, n=46),
    is_up=False,
    examples=(_ADA, replace(_ADA, lead_id=18, name="Alan Turing", company=None)),
)
_MORE = DriftLine(
    reason="Company too small",
    before=Rate(successes=12, n=160),
    now=Rate(successes=13, n=46),
    is_up=True,
    examples=(replace(_ADA, lead_id=19, name="Grace Hopper"),),
)
_SINCE = date(2026, 11, 9)

EXAMPLES: Mapping[str, Card] = {
    "accepted_less": drift_card(_SINCE, (_FEWER,)),
    "more": drift_card(_SINCE, (_FEWER, _MORE)),
    "hostile": drift_card(
        _SINCE, (replace(_MORE, reason=_NASTY, examples=(replace(_ADA, name=_NASTY),)),)
    ),
}
