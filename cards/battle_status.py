"""What the battle card says about where the handoff stands."""

from cards.handoff_view import BattleCardView, Left
from cards.model import Words
from leads.lifecycle import HandoffState


def status(view: BattleCardView) -> Words:
    """Whose turn it is and by when, or what became of it."""
    decision = view.decision
    match view.state:
        case HandoffState.OFFERED if view.snoozed_until:
            return _words(
                "snoozed",
                until=view.snoozed_until,
                accept_by=view.accept_by,
                is_late=view.is_late,
                extended_by=view.extended_by,
            )
        case HandoffState.OFFERED:
            return _words(
                "offered",
                accept_by=view.accept_by,
                is_late=view.is_late,
                extended_by=view.extended_by,
                waits=view.waits,
            )
        case HandoffState.ACCEPTED:
            return _accepted(view)
        case HandoffState.REJECTED if decision:
            return _words(
                "rejected",
                by=decision.by,
                own=decision.own,
                at=decision.at,
                reason=decision.reason,
                then=decision.then.value,
                to=decision.to,
                until=decision.until,
                other=decision.other,
            )
        case HandoffState.PASSED if decision:
            return _words(
                "passed", by=decision.by, own=decision.own, at=decision.at, to=decision.to
            )
        case HandoffState.COMPLETED:
            return _words("completed", stage=view.stage.value, at=view.stage_at, amount=view.amount)
        case HandoffState.WITHDRAWN if decision:
            return _words(
                "withdrawn",
                left=decision.left.value,
                by=decision.by,
                to=decision.to,
                due=decision.due,
            )
        case _:
            return _words("withdrawn", left=Left.TAKEN_BACK.value, by=None, to=None, due=None)


def _accepted(view: BattleCardView) -> Words:
    decision = view.decision
    return _words(
        "accepted",
        by=decision.by if decision else None,
        own=decision is None or decision.own,
        at=decision.at if decision else None,
        stage=view.stage.value,
        contact_by=view.contact_by,
        is_late=view.is_late,
        extended_by=view.extended_by,
        first_touch_at=view.first_touch_at,
        touches=view.touches,
    )


def _words(macro: str, **values: object) -> Words:
    return Words("battle_card", macro, **values)
