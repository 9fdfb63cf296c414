"""Compare-and-set on one row, as one statement that is built once: of any number of people at
once, one changes it."""

from collections.abc import Mapping
from functools import lru_cache

from sqlalchemy import Table, Update, bindparam, update
from sqlmodel import SQLModel

from commands.context import Context
from storage.tables import HandoffRow, LeadRow, ProposalRow


def claim_handoff(
    ctx: Context, handoff_id: int, was: Mapping[str, object], **changes: object
) -> bool:
    """Change the handoff if its columns are what they `was`: True for exactly one of any number
    of callers."""
    return _claim(ctx, HandoffRow, handoff_id, was, changes)


def claim_lead(ctx: Context, lead_id: int, was: Mapping[str, object], **changes: object) -> bool:
    """As `claim_handoff`, for a lead."""
    return _claim(ctx, LeadRow, lead_id, was, changes)


def claim_proposal(
    ctx: Context, proposal_id: int, was: Mapping[str, object], **changes: object
) -> bool:
    """As `claim_handoff`, for a proposal."""
    return _claim(ctx, ProposalRow, proposal_id, was, changes)


def _claim(
    ctx: Context,
    rows: type[SQLModel],
    row_id: int,
    was: Mapping[str, object],
    changes: Mapping[str, object],
) -> bool:
    statement = _statement(rows, tuple(was), tuple(changes))
    values: dict[str, object] = {"row": row_id}
    values |= {f"was_{name}": value for name, value in was.items()}
    values |= {f"now_{name}": value for name, value in changes.items()}
    return ctx.session.connection().execute(statement, values).rowcount == 1


@lru_cache(maxsize=128)
def _statement(rows: type[SQLModel], was: tuple[str, ...], changes: tuple[str, ...]) -> Update:
    table: Table = rows.__table__  # type: ignore[attr-defined]
    columns = table.c
    return (
        update(table)
        .where(columns.id == bindparam("row"))
        .where(
            *(columns[name] == bindparam(f"was_{name}", type_=columns[name].type) for name in was)
        )
        .values({name: bindparam(f"now_{name}", type_=columns[name].type) for name in changes})
    )
