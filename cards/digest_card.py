"""The daily digest: one message, what needs somebody now first, then what changed and both sides'
promises. What is longer stands in its thread (`cards.digest_details_card`)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

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
    Note,
    Paragraph,
    Words,
)
from cards.promise_lines import (
    Change,
    Promise,
    PromiseLine,
    RateLine,
    VolumeLine,
    change_line,
    promise_line,
)
from leads.missing import Missing
from leads.rates import Rate
from leads.standing import Standing

_WORDS = "digest"


@dataclass(frozen=True, kw_only=True)
class UrgentLead:
    """A lead that needs somebody now: `who` (a name) owes it `missing` since `since`."""

    lead_id: int
    name: str
    company: str | None
    missing: Missing
    who: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class NewCriteria:
    """A version of the criteria that came into force. `by` is a name, None for Baton itself."""

    version: int
    at: datetime
    by: str | None
    why: str


@dataclass(frozen=True, kw_only=True)
class DigestView:
    """One working day's digest. The counts are from `since` (the last digest) to now, or to
    `until` where that is set; what is late is counted now, `urgent` are the first of that.
    `rejected_for` are labels of reasons, the most frequent first; `before` is the day of the last
    digest, with which `changes` compare."""

    day: date
    before: date
    since: datetime
    handed_over: int
    accepted: int
    rejected: int
    late: int
    until: datetime | None = None
    rejected_for: tuple[tuple[str, int], ...] = ()
    urgent: tuple[UrgentLead, ...] = ()
    changes: tuple[Change, ...] = ()
    criteria: tuple[NewCriteria, ...] = ()
    promises: tuple[PromiseLine, ...] = ()


def digest_card(view: DigestView) -> Card:
    """Short enough for a phone."""
    blocks: list[Block] = [
        Heading(
            text=Words(_WORDS, "heading", late=view.late, day=view.day),
            short=Words(_WORDS, "short", day=view.day),
        ),
        *map(_urgent, view.urgent),
    ]
    if view.late > len(view.urgent):
        more = Words(_WORDS, "more_late", more=view.late - len(view.urgent))
        blocks.append(Note(text=more))
    blocks.append(Paragraph(text=Words(_WORDS, "happened", view=view)))
    changes = (
        *map(change_line, view.changes),
        *(Words(_WORDS, "criteria", criteria=one) for one in view.criteria),
    )
    if changes:
        changed = Words(_WORDS, "changed", before=view.before)
        blocks += [Note(text=changed), Bullets(lines=changes)]
    if view.promises:
        lines = tuple(map(promise_line, view.promises))
        blocks += [Note(text=Words("promises", "over")), Bullets(lines=lines)]
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


def _urgent(lead: UrgentLead) -> Paragraph:
    opens = Button(label=Words("lead_lines", "open"), action=Action.MORE, subject=str(lead.lead_id))
    return Paragraph(text=Words(_WORDS, "urgent", lead=lead), button=opens)


_WITHIN = Words("definitions", "duration", amount=1, unit="h")
_DAYS = Words("definitions", "duration", amount=2, unit="d")
_ADA = UrgentLead(
    lead_id=17,
    name="Ada Byron",
    company="Initech",
    missing=Missing.TOUCH,
    who="Ana Ortiz",
    since=datetime(2026, 11, 19, 15, 30, tzinfo=UTC),
)
_EXAMPLE = DigestView(
    day=date(2026, 11, 23),
    before=date(2026, 11, 20),
    since=datetime(2026, 11, 20, 8, 0, tzinfo=UTC),
    handed_over=12,
    accepted=8,
    rejected=3,
    rejected_for=(("Company too small", 2), ("Not now", 1)),
    late=5,
    urgent=(
        _ADA,
        replace(
            _ADA,
            lead_id=21,
            name="Bo Lind",
            company=None,
            missing=Missing.ANSWER,
            who="Noah Lind",
            since=datetime(2026, 11, 20, 9, 0, tzinfo=UTC),
        ),
        replace(
            _ADA,
            lead_id=24,
            name="Cy Park",
            company="Umbrella",
            missing=Missing.DECISION,
            who="Ben Adler",
            since=datetime(2026, 11, 20, 16, 10, tzinfo=UTC),
        ),
    ),
    changes=(
        Change(promise=Promise.TOUCH, standing=Standing.RED, before=Standing.GREEN),
        Change(
            promise=Promise.ACCEPTANCE,
            standing=Standing.YELLOW,
            before=Standing.YELLOW,
            rate=Rate(successes=13, n=21),
            rate_before=Rate(successes=11, n=19),
        ),
    ),
    criteria=(
        NewCriteria(
            version=4,
            at=datetime(2026, 11, 20, 14, 0, tzinfo=UTC),
            by="Mia Novak",
            why="students no longer reach the threshold",
        ),
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
            promise=Promise.ATTEMPTS,
            standing=Standing.GREEN,
            rate=Rate(successes=6, n=6),
            promised=3,
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
        RateLine(
            promise=Promise.ANSWERS,
            standing=Standing.RED,
            rate=Rate(successes=2, n=5),
            promised=_DAYS,
        ),
    ),
)
_NASTY = "<!channel> *Bob* <@U1> ](https://evil.example) \u202e&amp;"

EXAMPLES: Mapping[str, Card | Form] = {
    "monday": digest_card(_EXAMPLE),
    "nothing_late": digest_card(
        replace(
            _EXAMPLE,
            until=datetime(2026, 11, 23, 8, 0, tzinfo=UTC),
            late=0,
            urgent=(),
            rejected=0,
            rejected_for=(),
            changes=(),
            criteria=(),
            promises=(
                VolumeLine(
                    standing=Standing.RED, found=3, expected=8, goal=40, is_whole_week=False
                ),
            ),
        )
    ),
    "only_late": digest_card(
        replace(
            _EXAMPLE,
            handed_over=0,
            accepted=0,
            rejected=0,
            rejected_for=(),
            late=1,
            urgent=(replace(_ADA, missing=Missing.REP, who="Mia Novak"),),
            changes=(),
            criteria=(),
            promises=(),
        )
    ),
    "hostile": digest_card(
        replace(
            _EXAMPLE,
            urgent=(replace(_ADA, name=_NASTY, company=_NASTY, who=_NASTY),),
            rejected_for=((_NASTY, 3),),
            criteria=(replace(_EXAMPLE.criteria[0], by=_NASTY, why=_NASTY * 5),),
        )
    ),
}
