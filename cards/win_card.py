"""A win, told once: who won what, with which campaign. Small and warm, no leaderboard."""

from collections.abc import Mapping
from dataclasses import dataclass

from cards.model import Block, Card, Form, Note, Paragraph, Words

_TEMPLATE = "win"


@dataclass(frozen=True, kw_only=True)
class WinView:
    """One win. `campaign` is its title; `owner` the name of who keeps its playbook."""

    lead: str
    company: str | None = None
    amount: float | None = None
    rep: str
    campaign: str | None = None
    owner: str | None = None
    convinced: str | None = None


def win_card(view: WinView) -> Card:
    """Nobody is mentioned: the names are a thank-you, not a ping."""
    told = Words(
        _TEMPLATE,
        "told",
        whom=view.company or view.lead,
        rep=view.rep,
        amount=view.amount,
        campaign=view.campaign,
        owner=view.owner,
    )
    blocks: tuple[Block, ...] = (Paragraph(text=told),)
    if view.convinced:
        blocks = (*blocks, Note(text=Words(_TEMPLATE, "convinced", text=view.convinced)))
    summary = Words(_TEMPLATE, "summary", whom=view.company or view.lead, rep=view.rep)
    return Card(summary=summary, blocks=blocks)


_HOSTILE = "<!channel> *Ada* <https://evil.example|click> \u202e\x00"

EXAMPLES: Mapping[str, Card | Form] = {
    "shared": win_card(
        WinView(
            lead="Ada Byron",
            company="Initech",
            amount=18000,
            rep="Ana Ortiz",
            campaign="Spring pricing",
            owner="Mia Chen",
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
            convinced=_HOSTILE * 100,
        )
    ),
}
