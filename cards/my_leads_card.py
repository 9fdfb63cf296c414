"""A rep's open leads with their clocks, and what a search found."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from cards.asking import Asking, answer, ask_button
from cards.lead_lines import FoundLine, Next, OpenLeadLine, found, open_lead
from cards.model import Card, Form, Heading, Mention, Note, Paragraph, Words
from leads.lifecycle import Stage

_MINE = "my_leads"
_FIND = "find"


@dataclass(frozen=True, kw_only=True)
class MyLeadsView:
    """All that the asker holds: `late` and `total` count beyond the lines that are shown."""

    asking: Asking
    lines: tuple[OpenLeadLine, ...]
    total: int
    late: int
    capacity: int


@dataclass(frozen=True, kw_only=True)
class FindView:
    """What a search found; `is_cut` says that there are more."""

    asking: Asking
    text: str
    lines: tuple[FoundLine, ...]
    is_cut: bool = False


def my_leads_card(view: MyLeadsView) -> Card:
    """What is due first stands at the top."""
    heading = Heading(text=Words(_MINE, "heading", total=view.total))
    summary = Words(_MINE, "summary", total=view.total, late=view.late)
    state = Paragraph(
        text=Words(_MINE, "state", total=view.total, late=view.late, capacity=view.capacity)
    )
    hidden = view.total - len(view.lines)
    more = (Note(text=Words(_MINE, "more", more=hidden)),) if hidden > 0 else ()
    return answer(
        view.asking,
        summary=summary,
        blocks=(heading, state, *map(open_lead, view.lines), *more),
        further=(ask_button(Words("help", "ask"), "help"),),
    )


def find_card(view: FindView) -> Card:
    """The leads that match, newest first."""
    heading = Heading(text=Words(_FIND, "heading", text=view.text), short=Words(_FIND, "short"))
    summary = Words(_FIND, "summary", text=view.text, n=len(view.lines), is_cut=view.is_cut)
    if not view.lines:
        nothing = Paragraph(text=Words(_FIND, "nothing", text=view.text))
        return answer(view.asking, summary=summary, blocks=(heading, nothing))
    cut = (Note(text=Words(_FIND, "cut", n=len(view.lines))),) if view.is_cut else ()
    return answer(view.asking, summary=summary, blocks=(heading, *map(found, view.lines), *cut))


_DUE = datetime(2026, 11, 23, 13, 2, tzinfo=UTC)
_LINES = (
    OpenLeadLine(
        lead_id=17,
        name="Ada Byron",
        title="VP Engineering",
        company="Initech",
        stage=Stage.MQL,
        score=72,
        next=Next.DECIDE,
        due=_DUE,
        is_late=True,
    ),
    OpenLeadLine(
        lead_id=18,
        name="Bo Lind",
        title=None,
        company="Lind & Co",
        stage=Stage.SAL,
        score=64,
        next=Next.TOUCH,
        due=_DUE,
    ),
    OpenLeadLine(
        lead_id=19,
        name="cy@umbrella.example",
        title=None,
        company=None,
        stage=Stage.MQL,
        score=61,
        next=Next.DECIDE,
        due=_DUE,
        snoozed_until=_DUE,
    ),
    OpenLeadLine(
        lead_id=20,
        name="Dee Park",
        title="CTO",
        company="Hooli",
        stage=Stage.OPPORTUNITY,
        score=88,
        next=Next.WORK,
        due=None,
    ),
)
_MINE_EXAMPLE = MyLeadsView(asking=Asking(question=""), lines=_LINES, total=4, late=1, capacity=20)
_FOUND = FoundLine(
    lead_id=17,
    name="Ada Byron",
    title="VP Engineering",
    company="Initech",
    stage=Stage.SAL,
    holder=Mention(name="Ana Ortiz", email="ana@acme.example"),
    received_at=_DUE,
)
_NASTY = "*Bob* <!channel> <https://evil.example|x> ](javascript:x) \u202e{{DATE(1)}}"

EXAMPLES: Mapping[str, Card | Form] = {
    "mine": my_leads_card(_MINE_EXAMPLE),
    "mine_full": my_leads_card(replace(_MINE_EXAMPLE, total=24, late=0)),
    "mine_none": my_leads_card(replace(_MINE_EXAMPLE, lines=(), total=0, late=0)),
    "mine_hostile": my_leads_card(
        replace(
            _MINE_EXAMPLE,
            lines=(replace(_LINES[0], name=_NASTY, title=_NASTY, company=_NASTY),),
            total=1,
        )
    ),
    "found": find_card(
        FindView(asking=Asking(question="find ada", may_share=True), text="ada", lines=(_FOUND,))
    ),
    "found_many": find_card(
        FindView(asking=Asking(question="find ada"), text="ada", lines=(_FOUND,) * 10, is_cut=True)
    ),
    "found_nothing": find_card(
        FindView(asking=Asking(question=f"find {_NASTY}"), text=_NASTY, lines=())
    ),
}
