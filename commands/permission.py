"""Who may do what to a lead; asked again on every click."""

from typing import Protocol

from cards import notices
from commands.context import Context
from commands.recording import record
from commands.reply import Tell
from leads.person import Role


class Offer(Protocol):
    """What matters of a handoff here; a HandoffRow is one."""

    @property
    def id(self) -> int | None: ...
    @property
    def lead_id(self) -> int: ...
    @property
    def rep(self) -> str: ...


def may_work(ctx: Context, handoff: Offer) -> bool:
    """Whether the actor may decide and work this handoff: its rep, a manager, an admin, or the
    clock (no actor)."""
    actor = ctx.actor
    return actor is None or actor.email == handoff.rep or actor.has(Role.MANAGER, Role.ADMIN)


def may_oversee(ctx: Context) -> bool:
    """Whether the actor may give leads to other reps: managers and admins, and the clock."""
    return ctx.actor is None or ctx.actor.has(Role.MANAGER, Role.ADMIN)


def may_extend(ctx: Context, handoff: Offer) -> bool:
    """Whether the actor may give this handoff's rep more time: nobody does so for themselves."""
    return may_oversee(ctx) and (ctx.actor is None or ctx.actor.email != handoff.rep)


def refuse(ctx: Context, handoff: Offer) -> Tell:
    """Tells the actor privately whose lead it is, and records the try."""
    record(ctx, "refused", lead_id=handoff.lead_id, handoff_id=handoff.id)
    rep = ctx.setup.team.find(handoff.rep)
    return Tell(card=notices.refused(rep=rep.name if rep else handoff.rep))
