"""The first day of somebody's leave: where the agreement says so, leads that wait for their
decision go to colleagues, once."""

from datetime import timedelta

from sqlmodel import col, select

from cards import leave_card
from cards.leave_card import Absence, BegunView, MovedLead
from cards.model import Card
from commands import moving_on, outgoing
from commands.card_kind import CardKind
from commands.context import Context
from commands.deciding import read
from commands.leave_told import today_of
from commands.moving_on import Because
from commands.questions.subcommand import name_of
from commands.working import number
from leads.agreement import OnLeave
from leads.lifecycle import HandoffState
from leads.person import Person
from storage import handoffs, job_runs, leave
from storage.leads import lead_value
from storage.tables import HandoffRow, JobRunRow, LeadRow, LeaveRow

_DAY = timedelta(days=1)


def begin_due(ctx: Context) -> int:
    """Begin every leave whose first day has come where its person lives; how many there were."""
    if ctx.setup.agreement.sales.on_leave is not OnLeave.MOVE:
        return 0
    today = ctx.now.date()  # of UTC; the world's calendars are a day ahead or behind
    begun = 0
    for row in leave.not_begun(ctx.session, today + _DAY, today - _DAY):
        person = ctx.setup.team.find(row.email)
        if person and row.first <= today_of(ctx, person) <= row.last:
            begin(ctx, person, row)
            begun += 1
    return begun


def begin(ctx: Context, person: Person, row: LeaveRow) -> tuple[MovedLead, ...]:
    """Have the leads that wait for this person's decision go on, where the agreement wants that
    and it wasn't done for this entry; they and their manager hear of it, but for the actor. Which
    leads went to whom."""
    if ctx.setup.agreement.sales.on_leave is not OnLeave.MOVE or row.id is None:
        return ()
    if not job_runs.claim(ctx.session, leave.BEGUN, str(row.id), ctx.now):
        return ()
    moved = sum(_move(ctx, person, one.id) for one in handoffs.open_of_rep(ctx.session, row.email))
    if not moved:
        return ()
    manager = person.manager or ctx.setup.agreement.fallback
    for email in dict.fromkeys((person.email, manager)):
        if email != ctx.actor_email:
            outgoing.to_person(
                ctx,
                email,
                CardKind.LEAVE_BEGUN,
                f"{row.id} {email}",
                dedupe_key=f"leave_begun:{row.id}:{email}",
            )
    return _moved(ctx, row)


def present_begun(ctx: Context, subject: str) -> Card | None:
    """Which leads went on when the leave of `subject`, an entry's id and the reader's e-mail,
    began; None where none did."""
    leave_id, _, reader = subject.partition(" ")
    row = leave.entry(ctx.session, number(leave_id) or 0)
    moved = _moved(ctx, row) if row else ()
    if row is None or not moved:
        return None
    name = name_of(ctx, row.email)
    accepted = [
        one
        for one in handoffs.open_of_rep(ctx.session, row.email)
        if one.state == HandoffState.ACCEPTED.value
    ]
    return leave_card.begun_card(
        BegunView(
            name=name,
            is_own=reader == row.email,
            days=Absence(name=name, first=row.first, last=row.last, is_now=True),
            moved=moved,
            kept=len(accepted),
        )
    )


def _move(ctx: Context, person: Person, handoff_id: int | None) -> bool:
    """Offer the lead to somebody else. The fallback's leads stay where nobody else could take
    them: they would only come back."""
    case = read(ctx, handoff_id or 0)
    if case is None or case.state is not HandoffState.OFFERED:
        return False
    is_fallback = person.email == ctx.setup.agreement.fallback
    if is_fallback and not moving_on.somebody_else_can(ctx, case):
        return False
    return moving_on.move_on(
        ctx,
        case,
        Because.AWAY,
        why=f"{person.name} is on leave",
        note=f"{person.name} is on leave",
    )


def _moved(ctx: Context, row: LeaveRow) -> tuple[MovedLead, ...]:
    """The leads that were withdrawn from the person at the moment their leave began, and who was
    offered them next."""
    run = ctx.session.get(JobRunRow, (leave.BEGUN, str(row.id)))
    if run is None:
        return ()
    ctx.session.flush()
    next_one = select(HandoffRow.previous, HandoffRow.rep).subquery()
    found = ctx.session.exec(
        select(LeadRow, next_one.c.rep)
        .join(HandoffRow, col(HandoffRow.lead_id) == col(LeadRow.id))
        .join(next_one, next_one.c.previous == col(HandoffRow.id))
        .where(
            HandoffRow.rep == row.email,
            HandoffRow.state == HandoffState.WITHDRAWN.value,
            HandoffRow.decided_at == run.ran_at,
        )
        .order_by(col(HandoffRow.id))
    )
    return tuple(_line(ctx, lead, to) for lead, to in found)


def _line(ctx: Context, lead: LeadRow, to: str) -> MovedLead:
    value = lead_value(lead)
    return MovedLead(
        lead_id=value.id, name=value.name, company=value.company.name, to=name_of(ctx, to)
    )
