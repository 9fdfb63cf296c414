"""A win, told once: who won what, with which campaign, content and speed. Small and warm, no
leaderboard."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from cards.model import Block, Bullets, Card, Form, Note, Paragraph, Words

_TEMPLATE = "win"


@dataclass(frozen=True, kw_only=True)
class WinView:
    """One win. `campaign` is its title; `owner` the name of who keeps its playbook; `tier` what
    the agreement calls a win of this size. `content` are addresses of what the lead was shown;
    `accepted_after` is business time."""

    lead: str
    company: str | None = None
    amount: float | None = None
    currency: str = "EUR"
    tier: str | None = None
    rep: str
    campaign: str | None = None
    owner: str | None = None
    content: tuple[str, ...] = ()
    accepted_after: timedelta | None = None
    convinced: str | None = None


def win_card(view: WinView) -> Card:
    """Nobody is mentioned: the names are a thank-you, not a ping."""
    whom = view.company or view.lead
    blocks: list[Block] = [Paragraph(text=Words(_TEMPLATE, "told", view=view, whom=whom))]
    helped = (
        ("accepted_after", view.accepted_after is not None),
        ("content", bool(view.content)),
        ("convinced", bool(view.convinced)),
    )
    lines = tuple(Words(_TEMPLATE, macro, view=view) for macro, is_known in helped if is_known)
    if lines:
        blocks.append(Bullets(lines=lines))
    blocks.append(Note(text=Words(_TEMPLATE, "cheer")))
    summary = Words(_TEMPLATE, "summary", whom=whom, rep=view.rep)
    return Card(summary=summary, blocks=tuple(blocks))


_HOSTILE = "<!channel> *Ada* <https://evil.example|click> \u202e\x00"

EXAMPLES: Mapping[str, Card | Form] = {
    "shared": win_card(
        WinView(
            lead="Ada Byron",
            company="Initech",
            amount=18000,
            tier="Big win",
            rep="Ana Ortiz",
            campaign="Spring pricing",
            owner="Mia Chen",
            content=("https://acme.example/roi",),
            accepted_after=timedelta(minutes=12),
            convinced="The seat audit paid for itself before the trial was over.",
        )
    ),
    "bare": win_card(WinView(lead="Ada Byron", rep="Ana Ortiz")),
    "hostile": win_card(
        WinView(
            lead=_HOSTILE,
            company=_HOSTILE * 40,
            rep="Ana Ortiz",
            campaign=_HOSTILE,
            owner=_HOSTILE,
            tier=_HOSTILE,
            content=(_HOSTILE, "javascript:alert(1)"),
            convinced=_HOSTILE * 100,
        )
    ),
}
