"""What people ask, at ten thousand and at a million leads: from the question to the message as
Slack gets it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

from bench.company import found
from bench.fill import fill
from bench.names import MANAGER, rep
from bench.report import Line, ms, reached
from bench.scale import Scale
from cards import slack
from commands import answer, criteria_in_force, post_digest, show_home
from commands.context import Context, Setup
from commands.reply import Home, Tell
from storage.database import Database, Session

_STATISTIC = 0.15
_GROWTH = 1.5
_OTHER = 1.0
STATISTICS = (
    "quality",
    "quality source 30 days",
    "quality campaign-07",
    "reasons",
    "reasons campaign campaign-07",
    "funnel",
    "funnel last 90 days",
    "velocity",
    "velocity all",
    "sla",
    "sla last 90 days",
    "reps",
    "reps last 90 days",
    "campaigns",
    "campaigns all",
    "goals",
)
"""The questions that must not get slower with the number of leads."""
_EVENTS = 10
_NO_VALUES: Mapping[str, str] = {}
_OPEN_PER_REP = 20


@dataclass(frozen=True, kw_only=True)
class _Office:
    """A company with so many leads, and who asks."""

    database: Database
    setup: Setup
    now: datetime

    def context(self, session: Session, email: str) -> Context:
        """What a command is given."""
        actor = self.setup.team.find(email)
        return Context(
            session=session, now=self.now, setup=self.setup, actor=actor, reads_only=True
        )


Ask = Callable[[Context], object]


def measure(scale: Scale) -> list[Line]:
    """Each question in both companies by turns."""
    setup = found(scale.folder, scale.reps)
    now = datetime.now(UTC)
    few = _office(scale, setup, now, scale.few_leads)
    many = _office(scale, setup, now, scale.many_leads)
    try:
        return [
            *(
                _line(scale, few, many, f"/leads {text}", MANAGER, _asked(text), _STATISTIC)
                for text in STATISTICS
            ),
            *(
                _line(scale, few, many, f"/leads {text}", rep(1), _asked(text), _OTHER)
                for text in ("find lindqvist 17", "find nobody-at-all", "mine")
            ),
            _line(scale, few, many, "App Home of a rep", rep(1), _home, _OTHER),
            _line(scale, few, many, "App Home of a manager", MANAGER, _home, _OTHER),
            _line(scale, few, many, "digest daily", MANAGER, _digest, _OTHER),
        ]
    finally:
        few.database.close_now()
        many.database.close_now()


def _office(scale: Scale, setup: Setup, now: datetime, leads: int) -> _Office:
    file: Path = scale.folder / f"{leads}-leads.db"
    if not file.exists():
        waiting = min(_OPEN_PER_REP * scale.reps, leads // 4)
        fill(file, leads=leads, reps=scale.reps, waiting=waiting, now=now, events=_EVENTS)
    database = Database.open(f"sqlite:///{file}")
    database.write_now(
        lambda session: criteria_in_force.seed(Context(session=session, now=now, setup=setup), ())
    )
    return _Office(database=database, setup=setup, now=now)


def _line(
    scale: Scale, few: _Office, many: _Office, what: str, email: str, ask: Ask, goal: float
) -> Line:
    took: dict[int, list[float]] = {id(few): [], id(many): []}
    for office in (few, many):
        _time(office, email, ask)
    for _ in range(scale.questions):
        for office in (few, many):
            took[id(office)].append(_time(office, email, ask))
    less, more = median(took[id(few)]), median(took[id(many)])
    counts_growth = goal == _STATISTIC
    text = f"under {ms(goal)}" + (f", at most {_GROWTH} x" if counts_growth else "")
    is_reached = more < goal and (more <= _GROWTH * less or not counts_growth)
    return Line(
        what=f"{what}, {scale.many_leads:,} leads",
        floor=f"{scale.few_leads:,} leads {ms(less)}",
        ours=ms(more),
        ratio=more / less,
        goal=text,
        reached=reached(is_reached),
    )


def _time(office: _Office, email: str, ask: Ask) -> float:
    began = time.perf_counter()
    office.database.read_now(lambda session: ask(office.context(session, email)))
    return time.perf_counter() - began


def _asked(text: str) -> Ask:
    def ask(ctx: Context) -> object:
        reply = answer.answer(ctx, text, _NO_VALUES)
        assert isinstance(reply, Tell)
        return slack.message(reply.card, {})

    return ask


def _home(ctx: Context) -> object:
    reply = show_home.home(ctx, "", _NO_VALUES)
    assert isinstance(reply, Home)
    return slack.home(reply.card, {})


def _digest(ctx: Context) -> object:
    card = post_digest.present_digest(ctx, ctx.now.date().isoformat())
    assert card is not None
    return slack.message(card, {})
