"""What one person has to do today, in their own chat; with a rep's mirror, which only the rep
ever sees."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from cards.actions import Action
from cards.asking import ask_button
from cards.lead_lines import Next
from cards.model import (
    Actions,
    Block,
    Bullets,
    Button,
    Card,
    Divider,
    Form,
    Heading,
    Note,
    Paragraph,
    Words,
)

_WORDS = "personal"


@dataclass(frozen=True, kw_only=True)
class DueLead:
    """A lead that the reader has to decide on or to reach by `due`."""

    lead_id: int
    name: str
    company: str | None
    next: Next
    due: datetime
    is_late: bool


@dataclass(frozen=True, kw_only=True)
class BackAgain:
    """A lead that rested and was offered to the reader again."""

    lead_id: int
    name: str
    company: str | None


@dataclass(frozen=True, kw_only=True)
class ToAnswer:
    """A rejection that the reader has to answer (`is_dispute`: to settle) by `due`, where it has
    to be by a time."""

    lead_id: int
    name: str
    company: str | None
    reason: str
    by: str
    due: datetime | None = None
    is_late: bool = False
    is_dispute: bool = False


@dataclass(frozen=True, kw_only=True)
class BurstLine:
    """So many rejections for one reason within so long."""

    reason: str
    n: int
    within: timedelta
    at: datetime


@dataclass(frozen=True, kw_only=True)
class MirrorView:
    """A rep's habits of seven days: names of leads accepted and never touched, bursts of one
    reason, and `last_minute` of so many acceptances."""

    untouched: tuple[str, ...] = ()
    untouched_more: int = 0
    bursts: tuple[BurstLine, ...] = ()
    last_minute: int = 0
    accepted: int = 0


@dataclass(frozen=True, kw_only=True)
class TeamLine:
    """What is late with one rep of the reader's team."""

    rep: str
    to_decide: int
    to_touch: int


@dataclass(frozen=True, kw_only=True)
class TrendView:
    """A team's mirror: counts of the seven days to `last`, and of the seven before; no names."""

    last: date
    reps: int
    untouched: tuple[int, int]
    bursts: tuple[int, int]
    last_minute: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class PersonalView:
    """One person's day. Lists hold what is shown, `…_more` how many are left out; `late` counts
    all that is late of what the reader owes."""

    name: str
    day: date
    late: int = 0
    today: int = 0
    due: tuple[DueLead, ...] = ()
    due_more: int = 0
    back: tuple[BackAgain, ...] = ()
    answers: tuple[ToAnswer, ...] = ()
    answers_more: int = 0
    disputes: tuple[ToAnswer, ...] = ()
    disputes_more: int = 0
    team: tuple[TeamLine, ...] = ()
    mirror: MirrorView | None = None
    trend: TrendView | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell."""
        return not (
            self.due
            or self.back
            or self.answers
            or self.disputes
            or self.team
            or self.mirror
            or self.trend
        )


def personal_digest_card(view: PersonalView) -> Card:
    """What is due first comes first; the mirror comes last."""
    return Card(
        summary=Words(_WORDS, "summary", view=view),
        blocks=(
            Heading(text=Words(_WORDS, "heading", view=view), short=Words(_WORDS, "short")),
            *_leads(view),
            *_rejections("answers_heading", view.answers, view.answers_more),
            *_rejections("disputes_heading", view.disputes, view.disputes_more),
            *_team(view.team),
            *(_mirror(view.mirror) if view.mirror else ()),
            *(_trend(view.trend) if view.trend else ()),
            *_further(view),
        ),
    )


def nothing_personal() -> Card:
    """Nothing waits for the person who asked."""
    text = Words(_WORDS, "nothing")
    return Card(summary=text, blocks=(Paragraph(text=text),))


def no_part() -> Card:
    """The person who asked has no role that anything waits for."""
    text = Words(_WORDS, "no_part")
    return Card(summary=text, blocks=(Paragraph(text=text),))


def _leads(view: PersonalView) -> Iterator[Block]:
    yield from (_paragraph("due", one.lead_id, lead=one) for one in view.due)
    if view.due_more:
        yield Note(text=Words(_WORDS, "more_due", more=view.due_more))
    if view.back:
        yield Note(text=Words(_WORDS, "back_heading"))
    yield from (_paragraph("back", one.lead_id, lead=one) for one in view.back)


def _rejections(title: str, some: tuple[ToAnswer, ...], more: int) -> Iterator[Block]:
    if some:
        yield Note(text=Words(_WORDS, title))
    yield from (_paragraph("rejected", one.lead_id, one=one) for one in some)
    if more:
        yield Note(text=Words(_WORDS, "more", more=more))


def _team(team: tuple[TeamLine, ...]) -> Iterator[Block]:
    if team:
        yield Note(text=Words(_WORDS, "team_heading"))
        yield Bullets(lines=tuple(Words(_WORDS, "team", line=line) for line in team))


def _further(view: PersonalView) -> Iterator[Block]:
    asks = (
        (view.due or view.back, ask_button(Words("my_leads", "ask"), "mine")),
        (view.team, ask_button(Words(_WORDS, "ask_digest"), "digest")),
        (view.answers, ask_button(Words("quality", "why_rejected"), "reasons last 7 days")),
    )
    if buttons := tuple(button for wanted, button in asks if wanted):
        yield Actions(buttons=buttons)


def _paragraph(macro: str, lead_id: int, **values: object) -> Paragraph:
    opens = Button(label=Words("lead_lines", "open"), action=Action.MORE, subject=str(lead_id))
    return Paragraph(text=Words(_WORDS, macro, **values), button=opens)


def _mirror(mirror: MirrorView) -> list[Block]:
    lines = [Words(_WORDS, "mirror_burst", burst=burst) for burst in mirror.bursts]
    if mirror.untouched:
        untouched = Words(
            _WORDS, "mirror_untouched", names=mirror.untouched, more=mirror.untouched_more
        )
        lines.insert(0, untouched)
    if mirror.last_minute:
        n, of = mirror.last_minute, mirror.accepted
        lines.append(Words(_WORDS, "mirror_last_minute", n=n, of=of))
    return [
        Divider(),
        Paragraph(text=Words(_WORDS, "mirror_heading")),
        Bullets(lines=tuple(lines)),
        Note(text=Words(_WORDS, "mirror_how")),
    ]


def _trend(trend: TrendView) -> list[Block]:
    pairs = (
        ("trend_untouched", trend.untouched),
        ("trend_bursts", trend.bursts),
        ("trend_last_minute", trend.last_minute),
    )
    lines = tuple(
        Words(_WORDS, macro, now=now, before=before)
        for macro, (now, before) in pairs
        if now or before
    )
    return [
        Divider(),
        Paragraph(text=Words(_WORDS, "trend_heading", trend=trend)),
        Bullets(lines=lines),
        Note(text=Words(_WORDS, "trend_how")),
    ]


_AT = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)
_TODAY = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
_REP = PersonalView(
    name="Ana",
    day=date(2026, 11, 23),
    late=1,
    today=2,
    due=(
        DueLead(
            lead_id=17,
            name="Ada Byron",
            company="Initech",
            next=Next.TOUCH,
            due=_AT,
            is_late=True,
        ),
        DueLead(
            lead_id=21, name="Bo Lind", company=None, next=Next.DECIDE, due=_TODAY, is_late=False
        ),
        DueLead(
            lead_id=24, name="Cy Park", company="Hooli", next=Next.TOUCH, due=_TODAY, is_late=False
        ),
    ),
    back=(BackAgain(lead_id=9, name="Dee Park", company="Umbrella"),),
)
_MIRROR = MirrorView(
    untouched=("Ada Byron", "Eve Holt"),
    bursts=(BurstLine(reason="Company too small", n=5, within=timedelta(minutes=9), at=_AT),),
    last_minute=4,
    accepted=6,
)
_MARKETER = PersonalView(
    name="Noah",
    day=date(2026, 11, 23),
    late=1,
    today=1,
    answers=(
        ToAnswer(
            lead_id=31,
            name="Fay Kern",
            company="Globex",
            reason="Company too small",
            by="Ben Adler",
            due=_AT,
            is_late=True,
        ),
        ToAnswer(
            lead_id=32,
            name="Gil Moss",
            company=None,
            reason="Contact details are wrong",
            by="Ana Ortiz",
            due=_TODAY,
        ),
    ),
    answers_more=3,
    disputes=(
        ToAnswer(
            lead_id=33,
            name="Hal Voss",
            company="Wonka",
            reason="No say in buying",
            by="Ben Adler",
            is_dispute=True,
        ),
    ),
)
_MANAGER = PersonalView(
    name="Mia",
    day=date(2026, 11, 23),
    team=(
        TeamLine(rep="Ana Ortiz", to_decide=1, to_touch=2),
        TeamLine(rep="Ben Adler", to_decide=0, to_touch=1),
    ),
    disputes=_MARKETER.disputes,
    trend=TrendView(
        last=date(2026, 11, 19),
        reps=4,
        untouched=(3, 1),
        bursts=(0, 2),
        last_minute=(4, 4),
    ),
)
_NASTY = "<!channel> *Bob* <@U1> ](https://evil.example) \u202e&amp;"

EXAMPLES: Mapping[str, Card | Form] = {
    "rep": personal_digest_card(_REP),
    "rep_with_mirror": personal_digest_card(replace(_REP, mirror=_MIRROR, due_more=4)),
    "only_mirror": personal_digest_card(
        PersonalView(
            name="Ana", day=_REP.day, mirror=MirrorView(untouched=("Ada Byron",), accepted=2)
        )
    ),
    "marketer": personal_digest_card(_MARKETER),
    "manager": personal_digest_card(_MANAGER),
    "nothing": nothing_personal(),
    "no_part": no_part(),
    "hostile": personal_digest_card(
        replace(
            _REP,
            name=_NASTY,
            due=(replace(_REP.due[0], name=_NASTY, company=_NASTY),),
            answers=(replace(_MARKETER.answers[0], name=_NASTY, reason=_NASTY, by=_NASTY),),
            team=(TeamLine(rep=_NASTY, to_decide=1, to_touch=0),),
            mirror=replace(
                _MIRROR,
                untouched=(_NASTY,) * 3,
                bursts=(replace(_MIRROR.bursts[0], reason=_NASTY),),
            ),
        )
    ),
}
