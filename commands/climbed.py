"""One step of one clock of one handoff: what a card of the ladder is about, and whether it is still
to be said."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from commands import clocks, running_clock
from commands.context import Context
from commands.running_clock import Clock
from leads.agreement import Step
from storage.tables import HandoffRow

_OVERTAKES = {
    Step.REMIND: frozenset({Step.REMIND, Step.ESCALATE, Step.REASSIGN}),
    Step.ESCALATE: frozenset({Step.ESCALATE, Step.REASSIGN}),
}


def overtaken(step: Step, later: frozenset[Step]) -> bool:
    """Whether nobody is told of `step` any more, as one of these later ones has come too."""
    return bool(_OVERTAKES.get(step, frozenset()) & later)


@dataclass(frozen=True, kw_only=True)
class Climbed:
    """Step number `rung` (from 0) of a clock that began with `since`: the accept for the clock to
    the first touch, None for the one to the decision. `to` is who is told, an e-mail, where several
    are. Written as the subject of a card."""

    handoff_id: int
    clock: Clock
    rung: int
    since: datetime | None = None
    to: str = ""

    def __str__(self) -> str:
        since = self.since.astimezone(UTC).isoformat() if self.since else ""
        return "/".join((str(self.handoff_id), self.clock, str(self.rung), since, self.to))

    @classmethod
    def read(cls, subject: str) -> Self:
        """The step that `subject` names; raises ValueError for anything else."""
        handoff_id, clock, rung, since, to = subject.split("/", 4)
        return cls(
            handoff_id=int(handoff_id),
            clock=Clock(clock),
            rung=int(rung),
            since=datetime.fromisoformat(since) if since else None,
            to=to,
        )

    def runs(self, handoff: HandoffRow) -> bool:
        """Whether its clock still runs."""
        if running_clock.clock_of(handoff) is not self.clock:
            return False
        return self.clock is Clock.DECIDE or handoff.decided_at == self.since

    def holds(self, ctx: Context, handoff: HandoffRow) -> bool:
        """Whether it is still true and still the newest thing to be told: its clock runs, wasn't
        set back behind this step, and no later step has taken its place."""
        steps = running_clock.ladder(ctx)
        if not self.runs(handoff) or self.rung >= min(handoff.step, len(steps)):
            return False
        own = steps[self.rung]
        later = frozenset(rung.do for rung in steps[self.rung + 1 : handoff.step])
        rep, from_ = clocks.rep_of(ctx, handoff.rep), running_clock.begun(handoff)
        moment = running_clock.moment_of(ctx, rep, self.clock, from_, own)
        return moment <= ctx.now and not overtaken(own.do, later)
