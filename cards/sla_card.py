"""What both sides promised each other, and how it was kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from cards import moves
from cards.asking import Asking, answer, ask_button
from cards.model import Block, Bullets, Card, Form, Heading, Light, Note, Paragraph, Words
from cards.promise_lines import Promise
from cards.terms_card import duration, field_name
from leads.agreement import Unit, WorkDuration
from leads.movement import Direction, Movement
from leads.rates import JUDGEABLE_FROM, Rate
from leads.standing import Standing, worst

_WORDS = "sla"


@dataclass(frozen=True, kw_only=True)
class MissingField:
    """A required field that so many leads lacked."""

    field: str
    n: int


@dataclass(frozen=True, kw_only=True)
class KeptPromise:
    """One promise: how often it was kept of the times it fell due. `promised` is the agreed time,
    share or number; `late_n` were kept late, in the middle by `late`, and `overdue` are not yet."""

    promise: Promise
    promised: Words | float | int | None
    rate: Rate
    light: Standing
    moved: Movement | None = None
    late_n: int = 0
    late: timedelta | None = None
    overdue: int = 0
    overdue_since: datetime | None = None
    missing: tuple[MissingField, ...] = ()


@dataclass(frozen=True, kw_only=True)
class VolumeKept:
    """Leads handed over of those that the working days so far should have brought; `before` were
    there in the period before."""

    found: int
    expected: float
    goal: int
    light: Standing
    before: int | None = None


@dataclass(frozen=True, kw_only=True)
class SlaView:
    """Both sides in a period of local days; a side without a line wasn't asked about."""

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
    sales: tuple[KeptPromise, ...] = ()
    marketing: tuple[KeptPromise, ...] = ()
    volume: VolumeKept | None = None


def sla_card(view: SlaView) -> Card:
    """A list of promises for each side, with the worst light beside its name."""
    volume = view.volume
    marketing = [line.light for line in view.marketing] + ([volume.light] if volume else [])
    sales = [line.light for line in view.sales]
    blocks: list[Block] = [
        Heading(
            text=Words(_WORDS, "heading", only=view.only), short=Words(_WORDS, "heading", only=None)
        ),
        Note(
            text=Words(
                _WORDS,
                "when",
                period=view.period,
                first=view.first,
                last=view.last,
                before=moves.compared(view.before),
            )
        ),
    ]
    if sales:
        blocks += _side("sales", sales, [_line(view, line) for line in view.sales])
    if marketing:
        lines = [_line(view, line) for line in view.marketing]
        if volume:
            words = Words(_WORDS, "volume", line=volume, light=Light(volume.light))
            lines.insert(0, words)
        blocks += _side("marketing", marketing, lines)
    if not sales and not marketing:
        blocks.append(Paragraph(text=Words(_WORDS, "nothing")))
    of = f"{view.said} " if view.said else ""
    return answer(
        view.asking,
        summary=Words(
            _WORDS,
            "summary",
            period=view.period,
            sales=Light(worst(*sales)) if sales else None,
            marketing=Light(worst(*marketing)) if marketing else None,
        ),
        blocks=tuple(blocks),
        further=(
            ask_button(Words("reps", "ask"), f"reps {view.period}"),
            ask_button(Words("quality", "ask"), f"quality {of}{view.period}"),
            ask_button(Words("velocity", "ask"), f"velocity {view.period}"),
        ),
        explained="sla",
    )


def _side(side: str, lights: list[Standing], lines: list[Words]) -> tuple[Block, ...]:
    name = Words(_WORDS, "side", side=side, light=Light(worst(*lights)))
    return Paragraph(text=name), Bullets(lines=tuple(lines))


def _line(view: SlaView, line: KeptPromise) -> Words:
    judged = line.late is not None and line.late_n >= JUDGEABLE_FROM
    return Words(
        _WORDS,
        "kept",
        line=line,
        light=Light(line.light),
        moved=moves.moved(line.moved) if view.before else None,
        late=moves.span(line.late, at_work=True) if line.late is not None and judged else None,
        missing=tuple(
            Words(_WORDS, "missing", field=field_name(one.field), n=one.n) for one in line.missing
        ),
    )


def _up(by: float) -> Movement:
    return Movement(direction=Direction.UP if by > 0 else Direction.DOWN, by=by, is_clear=True)


_EXAMPLE = SlaView(
    asking=Asking(question="sla last 30 days", may_share=True),
    period="last 30 days",
    before="the 30 days before",
    first=date(2026, 10, 25),
    last=date(2026, 11, 23),
    sales=(
        KeptPromise(
            promise=Promise.DECIDE,
            promised=duration(WorkDuration(amount=1, unit=Unit.HOURS)),
            rate=Rate(successes=71, n=86),
            light=Standing.RED,
            moved=_up(0.11),
            late_n=13,
            late=timedelta(hours=2, minutes=20),
            overdue=2,
            overdue_since=datetime(2026, 11, 23, 8, 5, tzinfo=UTC),
        ),
        KeptPromise(
            promise=Promise.TOUCH,
            promised=duration(WorkDuration(amount=1, unit=Unit.DAYS)),
            rate=Rate(successes=48, n=49),
            light=Standing.YELLOW,
            moved=Movement(direction=Direction.LEVEL),
            late_n=1,
            late=timedelta(hours=3),
        ),
        KeptPromise(
            promise=Promise.ATTEMPTS,
            promised=3,
            rate=Rate(successes=7, n=7),
            light=Standing.GREEN,
            moved=Movement(direction=Direction.UNKNOWN),
        ),
    ),
    marketing=(
        KeptPromise(
            promise=Promise.ACCEPTANCE,
            promised=0.7,
            rate=Rate(successes=51, n=82),
            light=Standing.YELLOW,
            moved=_up(-0.09),
        ),
        KeptPromise(
            promise=Promise.FIELDS,
            promised=None,
            rate=Rate(successes=84, n=91),
            light=Standing.YELLOW,
            moved=Movement(direction=Direction.LEVEL),
            missing=(
                MissingField(field="company.name", n=5),
                MissingField(field="campaign", n=3),
            ),
        ),
        KeptPromise(
            promise=Promise.ANSWERS,
            promised=duration(WorkDuration(amount=2, unit=Unit.DAYS)),
            rate=Rate(successes=28, n=28),
            light=Standing.GREEN,
            moved=Movement(direction=Direction.UP, by=0.02),
        ),
    ),
    volume=VolumeKept(found=91, expected=168.4, goal=40, light=Standing.RED, before=120),
)

EXAMPLES: Mapping[str, Card | Form] = {
    "both_sides": sla_card(_EXAMPLE),
    "one_rep": sla_card(
        replace(_EXAMPLE, only="Ana Ortiz", said="rep ana@acme.example", marketing=(), volume=None)
    ),
    "nothing": sla_card(replace(_EXAMPLE, sales=(), marketing=(), volume=None, before=None)),
    "hostile": sla_card(
        replace(
            _EXAMPLE,
            only="<!channel> *x* [a](https://evil.example)",
            said="campaign x",
            sales=(),
            volume=None,
            marketing=(
                replace(
                    _EXAMPLE.marketing[1],
                    missing=(MissingField(field="extra.<@U1> `x` \u202e", n=2),),
                ),
            ),
        )
    ),
}
