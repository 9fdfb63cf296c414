"""What one person's digest says, from the rows as they are now."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from cards.lead_lines import Next, OpenLeadLine
from cards.personal_digest_card import (
    BackAgain,
    DueLead,
    PersonalView,
    TeamLine,
    ToAnswer,
)
from commands import clocks
from commands.context import Context
from commands.mirror import mirror_of, trend_of
from commands.questions.my_leads import lines_of
from commands.questions.subcommand import name_of
from leads.person import Person, Role
from storage import digest_rows, rejections
from storage.rejections import Rejected

_DAY = timedelta(days=1)
_LONGEST_BREAK = 30
_MOST_LEADS = 5
_MOST_REJECTIONS = 3
_MOST_REPS = 8


def compose(
    ctx: Context, person: Person, day: date, *, since: datetime | None
) -> PersonalView | None:
    """The digest of `person` for this day of theirs; None when it is empty. The mirror is a part
    of it where it has news from `since` on (always, where that is None)."""
    lines = _due(ctx, person, day) if Role.REP in person.roles else []
    answers = _answers(ctx, person)
    disputes = _disputes(ctx, person)
    late = sum(line.is_late for line in lines) + sum(one.is_late for one in answers)
    end = _midnight(person, day + _DAY)
    view = PersonalView(
        name=person.name.split(maxsplit=1)[0],
        day=day,
        late=late,
        today=sum(not line.is_late for line in lines)
        + sum(one.due is not None and ctx.now <= one.due < end for one in answers),
        due=tuple(_line(line) for line in lines[:_MOST_LEADS]),
        due_more=max(0, len(lines) - _MOST_LEADS),
        back=_back(ctx, person, since or ctx.now - _DAY) if Role.REP in person.roles else (),
        answers=tuple(answers[:_MOST_REJECTIONS]),
        answers_more=max(0, len(answers) - _MOST_REJECTIONS),
        disputes=tuple(disputes[:_MOST_REJECTIONS]),
        disputes_more=max(0, len(disputes) - _MOST_REJECTIONS),
        team=_late_in(ctx, team_of(ctx, person)),
        mirror=mirror_of(ctx, person, since) if Role.REP in person.roles else None,
        trend=trend_of(ctx, team_of(ctx, person), day) if has_trend(ctx, person, day) else None,
    )
    return None if view.is_empty else view


def team_of(ctx: Context, person: Person) -> tuple[Person, ...]:
    """The reps whose manager this person is; every rep for a manager whom no rep names; nobody for
    somebody who manages nothing."""
    if Role.MANAGER not in person.roles:
        return ()
    reps = ctx.setup.team.with_role(Role.REP)
    own = tuple(rep for rep in reps if rep.manager == person.email)
    return own or tuple(rep for rep in reps if rep.email != person.email)


def has_trend(ctx: Context, person: Person, day: date) -> bool:
    """Whether this day's digest may tell how the person's team works: once a week, on the first
    working day that the person has in it."""
    on = clocks.calendar(ctx, person)
    earlier = (day - timedelta(days=n) for n in range(1, day.weekday() + 1))
    return bool(team_of(ctx, person)) and not any(on.works_on(each) for each in earlier)


def last_time(ctx: Context, person: Person, day: date, at: time) -> datetime:
    """When the person's digest was due on their working day before `day`, in UTC."""
    on = clocks.calendar(ctx, person)
    before = day - _DAY
    for _ in range(_LONGEST_BREAK):
        if on.works_on(before):
            break
        before -= _DAY
    return datetime.combine(before, at, ZoneInfo(person.timezone)).astimezone(UTC)


def _due(ctx: Context, rep: Person, day: date) -> list[OpenLeadLine]:
    """What the rep has to decide or to reach by the end of the day, the most urgent first."""
    end = _midnight(rep, day + _DAY)
    return [
        line
        for line in lines_of(ctx, rep.email)
        if line.next is not Next.WORK and line.due is not None and line.due < end
    ]


def _line(line: OpenLeadLine) -> DueLead:
    assert line.due is not None
    return DueLead(
        lead_id=line.lead_id,
        name=line.name,
        company=line.company,
        next=line.next,
        due=line.due,
        is_late=line.is_late,
    )


def _back(ctx: Context, rep: Person, since: datetime) -> tuple[BackAgain, ...]:
    found = digest_rows.came_back(ctx.session, rep.email, since, ctx.now, _MOST_LEADS)
    return tuple(
        BackAgain(lead_id=lead.id, name=lead.name, company=lead.company.name) for lead in found
    )


def _answers(ctx: Context, person: Person) -> list[ToAnswer]:
    if Role.MARKETER not in person.roles:
        return []
    return [_rejected(ctx, one) for one in rejections.waiting(ctx.session, person.email)]


def _disputes(ctx: Context, person: Person) -> list[ToAnswer]:
    """Every open one for a manager, a marketer's own for a marketer."""
    if not person.roles & {Role.MANAGER, Role.MARKETER}:
        return []
    return [
        _rejected(ctx, one, is_dispute=True)
        for one in rejections.disputed_open(ctx.session)
        if Role.MANAGER in person.roles or person.email in {one.owner, one.disputed_by}
    ]


def _rejected(ctx: Context, one: Rejected, *, is_dispute: bool = False) -> ToAnswer:
    due = None if is_dispute else one.answer_by
    return ToAnswer(
        lead_id=one.lead.id,
        name=one.lead.name,
        company=one.lead.company.name,
        reason=one.reason,
        by=name_of(ctx, one.by),
        due=due,
        is_late=due is not None and due < ctx.now,
    )


def _late_in(ctx: Context, reps: Sequence[Person]) -> tuple[TeamLine, ...]:
    if not reps:
        return ()
    names = {rep.email: rep.name for rep in reps}
    return tuple(
        TeamLine(rep=names[one.rep], to_decide=one.accept_late, to_touch=one.touch_late)
        for one in digest_rows.waiting_by_rep(ctx.session, ctx.now)
        if one.rep in names and one.late
    )[:_MOST_REPS]


def _midnight(person: Person, day: date) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(person.timezone)).astimezone(UTC)
