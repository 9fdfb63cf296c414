"""The quarterly celebration: what both teams won together, and how. No ranking."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

from cards.model import Block, Bullets, Card, Form, Heading, Note, Paragraph, Words
from cards.review_views import CelebrationView, GoalLine, Point, WonLine
from leads.standing import Standing

_WORDS = "celebration"
_MOST_WINS = 40
_MOST_NAMES = 60


def celebration_card(view: CelebrationView) -> Card:
    """How many, how, and the goals; names are in the thread."""
    blocks: list[Block] = [
        Heading(text=Words(_WORDS, "heading", view=view)),
        Paragraph(text=Words(_WORDS, "together", view=view)),
    ]
    if view.campaigns:
        blocks.append(Paragraph(text=Words(_WORDS, "began", campaigns=view.campaigns)))
    if view.goals:
        lines = tuple(Words(_WORDS, "goal", line=line) for line in view.goals)
        blocks.append(Bullets(lines=lines))
    blocks.append(Note(text=Words(_WORDS, "thread")))
    return Card(summary=Words(_WORDS, "summary", view=view), blocks=tuple(blocks))


def celebration_point(view: CelebrationView, point: Point) -> Card | None:
    """Who is thanked, or every win; None for other points."""
    if point is Point.THANKS:
        return _thanks(view)
    return _wins(view) if point is Point.WINS else None


def _thanks(view: CelebrationView) -> Card:
    title = Words(_WORDS, "thanks_heading")
    lines: list[Words] = []
    if view.reps:
        lines.append(Words(_WORDS, "thanks_reps", names=view.reps[:_MOST_NAMES]))
    if view.marketers:
        lines.append(Words(_WORDS, "thanks_marketers", names=view.marketers[:_MOST_NAMES]))
    if view.content:
        lines.append(Words(_WORDS, "thanks_content", content=view.content))
    return Card(
        summary=title,
        blocks=(
            Heading(text=title),
            Bullets(lines=tuple(lines)),
            Note(text=Words(_WORDS, "thanks_how")),
        ),
    )


def _wins(view: CelebrationView) -> Card:
    title = Words(_WORDS, "wins_heading")
    lines = tuple(
        Words(_WORDS, "won", line=line, currency=view.currency) for line in view.wins[:_MOST_WINS]
    )
    hidden = view.n - len(lines)
    more = (Note(text=Words(_WORDS, "more", more=hidden)),) if hidden > 0 else ()
    return Card(summary=title, blocks=(Heading(text=title), Bullets(lines=lines), *more))


_ROI = "https://acme.example/roi"
_EXAMPLE = CelebrationView(
    first=date(2026, 7, 1),
    last=date(2026, 9, 30),
    label="2026-Q3",
    n=3,
    amount=78_000,
    currency="EUR",
    wins=(
        WonLine(
            whom="Initech",
            day=date(2026, 7, 14),
            amount=18_000,
            rep="Ana Ortiz",
            campaign="Spring pricing",
            owner="Noah Lind",
            content=(_ROI,),
            accepted_after=timedelta(minutes=12),
        ),
        WonLine(
            whom="Hooli",
            day=date(2026, 8, 20),
            amount=60_000,
            tier="Big win",
            rep="Ben Adler",
            campaign="Webinar on AI",
            owner="Priya Shah",
            accepted_after=timedelta(minutes=41),
        ),
        WonLine(whom="Bo Lind", day=date(2026, 9, 2), amount=None, rep="Ana Ortiz"),
    ),
    reps=("Ana Ortiz", "Ben Adler"),
    marketers=("Noah Lind", "Priya Shah"),
    campaigns=("Spring pricing", "Webinar on AI"),
    content=(_ROI,),
    accepted_after=timedelta(minutes=26),
    goals=(
        GoalLine(
            period="2026-Q3",
            target="revenue",
            found=78_000,
            goal=75_000,
            expected=75_000,
            standing=Standing.GREEN,
            days_left=0,
            currency="EUR",
        ),
    ),
)
_NASTY = "<!channel> *Bob* <@U1> ](https://evil.example) \u202e&amp;"
_HOSTILE = replace(
    _EXAMPLE,
    n=1,
    wins=(replace(_EXAMPLE.wins[0], whom=_NASTY, content=(_NASTY, "javascript:alert(1)")),),
    reps=(_NASTY,),
    campaigns=(_NASTY,),
    content=(_NASTY,),
)


def _replies(view: CelebrationView, name: str) -> Mapping[str, Card | Form]:
    told = {point: celebration_point(view, point) for point in view.points}
    return {f"{name}_{point}": card for point, card in told.items() if card is not None}


EXAMPLES: Mapping[str, Card | Form] = {
    "quarter": celebration_card(_EXAMPLE),
    "one_bare_win": celebration_card(
        replace(
            _EXAMPLE,
            n=1,
            amount=0,
            wins=_EXAMPLE.wins[2:],
            reps=("Ana Ortiz",),
            marketers=(),
            campaigns=(),
            content=(),
            accepted_after=None,
            goals=(),
        )
    ),
    **_replies(_EXAMPLE, "point"),
    "hostile": celebration_card(_HOSTILE),
    **_replies(_HOSTILE, "hostile_point"),
}
