"""`/leads criteria` and `/leads definitions`: the terms both sides work under."""

from sqlmodel import col, select

from cards.asking import Asking
from cards.model import Card
from cards.terms_card import CriteriaView, criteria_card, definitions_card
from commands.context import Context
from commands.criteria_in_force import NoCriteria, criteria_in_force
from commands.questions.subcommand import name_of
from storage.tables import CriteriaRow


def criteria(ctx: Context, asking: Asking, words: str) -> Card:
    """The rules in force, since when and by whom; `words` change nothing. Raises NoCriteria."""
    in_force = criteria_in_force(ctx)
    row = ctx.session.exec(
        select(CriteriaRow).where(col(CriteriaRow.version) == in_force.version)
    ).one_or_none()
    if row is None:
        raise NoCriteria(f"version {in_force.version} isn't kept")
    return criteria_card(
        CriteriaView(
            asking=asking,
            criteria=in_force,
            since=row.activated_at,
            by=name_of(ctx, row.by),
        )
    )


def definitions(ctx: Context, asking: Asking, words: str) -> Card:
    """What both sides signed; `words` change nothing."""
    return definitions_card(asking, ctx.setup.agreement)
