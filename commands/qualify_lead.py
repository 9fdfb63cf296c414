"""A rep says that an accepted lead is worth selling to: it becomes an SQL, by one tap."""

from collections.abc import Mapping

from commands.context import Context
from commands.reply import Nothing, Reply, Tell
from commands.working import step, work_on
from leads.lifecycle import Stage


def qualify(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Make the lead of the handoff with this id sales qualified."""
    work = work_on(ctx, subject)
    if isinstance(work, Tell):
        return work
    return step(ctx, work, Stage.SQL) or Nothing()
