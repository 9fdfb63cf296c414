"""The daily digest: one message, what needs somebody now first, then both sides' promises."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import StrEnum

from cards.actions import Action
from cards.asking import ask_button
from cards.model import (
    Actions,
    Block,
    Bullets,
    Button,
    Card,
    Form,
    Heading,
    Light,
    Note,
    Paragraph,
    Words,
)
from leads.rates import Rate
from leads.standing import Standing

_WORDS = "digest"
_MOST_REPS = 5


class Promise(StrEnum):
    """What is held against the agreement, sales' first."""

    DECIDE = "decide"
    TOUCH = "touch"
    ACCEPTANCE = "acceptance"
    VOLUME = "volume"
    FIELDS = "fields"


@dataclass(frozen=True, kw_only=True)
class RateLine:
    """A promise that is kept or not, each time: `rate` is how often it was. `promised` is the
    agreed time or share as the agreement says it; `missing` is the field missed most."""

    promise: Promise
    standing: Standing
    rate: Rate
    promised: Words | float | None = None
    missing: Words | None = None
    missing_n: int = 0


@dataclass(frozen=True, kw_only=True)
class VolumeLine:
    """Leads since Monday (on a Monday: of the week before) against the share of the week's goal
    that its working days so far make."""

    standing: Standing
    found: int
    expected: float
    goal: int
    is_whole_week: bool
    promise: Promise = Promise.VOLUME


@dataclass(frozen=True, kw_only=True)
class WaitingLine:
    """What one rep owes; `late` counts how many of all of it are past their time."""

    rep: str
    to_decide: int
    decide_late: int
    to_touch: int
    touch_late: int

    @property
    def late(self) -> int:
        """Leads that need this rep now."""
        return self.decide_late + self.touch_late


@dataclass(frozen=True, kw_only=True)
class OldestLead:
    """The lead that has waited longest for its first touch, in whole days."""

    lead_id: int
    name: str
    company: str | None
    since: datetime
    days: int


@dataclass(frozen=True, kw_only=True)
class DigestView:
    """One working day's digest. The counts are from `since` (the last digest) to now, or to
    `until` where that is set; what waits is counted now. `rejected_for` are labels of
    reasons, the most frequent first."""

    day: date
    since: datetime
    handed_over: int
    accepted: int
    rejected: int
    until: datetime | None = None
    rejected_for: tuple[tuple[str, int], ...] = ()
    waiting: tuple[WaitingLine, ...] = ()
    oldest: OldestLead | None = None
    promises: tuple[RateLine | VolumeLine, ...] = ()

    @property
    def late(self) -> int:
        """Leads that need someone now."""
        return sum(line.late for line in self.waiting)


def digest_card(view: DigestView) -> Card:
    """Short enough for a phone."""
    blocks: list[Block] = [
        Heading(text=Words(_WORDS, "heading", late=view.late, day=view.day)),
    ]
    owing = view.waiting[:_MOST_REPS]
    if owing:
        blocks.append(Bullets(lines=tuple(Words(_WORDS, "waiting", line=line) for line in owing)))
    if len(view.waiting) > len(owing):
        rest = view.waiting[_MOST_REPS:]
        left = Words(_WORDS, "more_reps", reps=len(rest), late=sum(line.late for line in rest))
        blocks.append(Note(text=left))
    if view.oldest:
        opens = Button(
            label=Words("lead_lines", "open"),
            action=Action.MORE,
            subject=str(view.oldest.lead_id),
        )
        blocks.append(Paragraph(text=Words(_WORDS, "oldest", oldest=view.oldest), button=opens))
    blocks.append(Paragraph(text=Words(_WORDS, "happened", view=view)))
    if view.promises:
        lines = tuple(
            Words(_WORDS, f"promise_{line.promise}", line=line, light=Light(line.standing))
            for line in view.promises
        )
        blocks += [Note(text=Words(_WORDS, "over")), Bullets(lines=lines)]
    blocks.append(
        Actions(
            buttons=(
                ask_button(Words("my_leads", "ask"), "mine"),
                ask_button(Words("quality", "ask"), "quality last 7 days"),
                ask_button(Words("quality", "why_rejected"), "reasons last 7 days"),
            )
        )
    )
    return Card(summary=Words(_WORDS, "summary", view=view), blocks=tuple(blocks))


_WITHIN = Words("definitions", "duration", amount=1, unit="h")
_EXAMPLE = DigestView(
    day=date(2026, 11, 23),
    since=datetime(2026, 11, 20, 8, 0, tzinfo=UTC),
    handed_over=12,
    accepted=8,
    rejected=3,
    rejected_for=(("Company too small", 2), ("Not now", 1)),
    waiting=(
        WaitingLine(rep="Ana Ortiz", to_decide=2, decide_late=1, to_touch=3, touch_late=1),
        WaitingLine(rep="Ben Adler", to_decide=0, decide_late=0, to_touch=2, touch_late=1),
        WaitingLine(rep="Mia Novak", to_decide=1, decide_late=0, to_touch=0, touch_late=0),
    ),
    oldest=OldestLead(
        lead_id=17,
        name="Ada Byron",
        company="Initech",
        since=datetime(2026, 11, 17, 9, 0, tzinfo=UTC),
        days=6,
    ),
    promises=(
        RateLine(
            promise=Promise.DECIDE,
            standing=Standing.YELLOW,
            rate=Rate(successes=18, n=19),
            promised=_WITHIN,
        ),
        RateLine(
            promise=Promise.TOUCH,
            standing=Standing.RED,
            rate=Rate(successes=9, n=14),
            promised=_WITHIN,
        ),
        RateLine(
            promise=Promise.ACCEPTANCE,
            standing=Standing.YELLOW,
            rate=Rate(successes=13, n=21),
            promised=0.7,
        ),
        VolumeLine(standing=Standing.GREEN, found=41, expected=40, goal=40, is_whole_week=True),
        RateLine(
            promise=Promise.FIELDS,
            standing=Standing.YELLOW,
            rate=Rate(successes=20, n=21),
            missing=Words("definitions", "field", name="phone"),
            missing_n=1,
        ),
    ),
)

EXAMPLES: Mapping[str, Card | Form] = {
    "monday": digest_card(_EXAMPLE),
    "nothing_late": digest_card(
        replace(
            _EXAMPLE,
            until=datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
            waiting=(),
            oldest=None,
            rejected=0,
            rejected_for=(),
            promises=(
                VolumeLine(
                    standing=Standing.RED, found=3, expected=8, goal=40, is_whole_week=False
                ),
            ),
        )
    ),
    "many_reps": digest_card(replace(_EXAMPLE, waiting=_EXAMPLE.waiting * 3)),
    "hostile": digest_card(
        replace(
            _EXAMPLE,
            oldest=OldestLead(
                lead_id=1,
                name="<!channel> *Bob* <@U1>",
                company="](https://evil.example) \u202e&amp;",
                since=_EXAMPLE.since,
                days=0,
            ),
        )
    ),
}
