"""Thanks to a rep whose reasons moved rules of the criteria that came into force."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from cards.asking import ask_button
from cards.model import Actions, Bullets, Card, Heading, Paragraph, Words

_WORDS = "criteria_thanks"
_MOST_LINES = 6


@dataclass(frozen=True, kw_only=True)
class ThanksLine:
    """`n` of the rep's rejections for `reason` moved the rule `label`: new where `before` is None,
    dropped where `after` is."""

    n: int
    reason: str
    label: str
    before: int | None
    after: int | None


def thanks_card(version: int, base: int, lines: tuple[ThanksLine, ...]) -> Card:
    """What became of the rep's answers, those with most behind them first."""
    told = [Words(_WORDS, "line", one=line) for line in lines[:_MOST_LINES]]
    if len(lines) > _MOST_LINES:
        told.append(Words(_WORDS, "more", n=len(lines) - _MOST_LINES))
    see = ask_button(Words(_WORDS, "see"), f"criteria diff {base} {version}")
    return Card(
        summary=Words(_WORDS, "summary", version=version),
        blocks=(
            Heading(text=Words(_WORDS, "heading")),
            Paragraph(text=Words(_WORDS, "thanks", version=version)),
            Bullets(lines=tuple(told)),
            Actions(buttons=(see,)),
        ),
    )


_NASTY = "<!channel> *x* {{ 7*7 }} [a](https://b.example) \u202e"
_SMALL = ThanksLine(
    n=9, reason="Company too small", label="Company size: 20 or less", before=None, after=-10
)
_LINES = (
    _SMALL,
    ThanksLine(n=14, reason="Student", label="Student or free mailbox", before=-15, after=-20),
    ThanksLine(n=1, reason="Not a fit", label="Attended a webinar", before=5, after=None),
)

EXAMPLES: Mapping[str, Card] = {
    "thanks": thanks_card(8, 7, _LINES),
    "many": thanks_card(8, 7, _LINES * 4),
    "hostile": thanks_card(8, 7, (replace(_SMALL, reason=_NASTY, label=_NASTY),)),
}
