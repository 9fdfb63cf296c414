"""`/leads criteria [N|history|diff A B|rollback N]`: the rules in force, and every version there
was."""

import re

from sqlmodel import col, func, select

from cards.asking import Asking
from cards.criteria_versions_card import (
    DifferenceView,
    VersionLine,
    difference_card,
    history_card,
    no_such_version,
    which_version,
)
from cards.help_card import Expected, not_understood
from cards.model import Card
from cards.terms_card import CriteriaView, OnTrial, criteria_card
from commands.context import Context
from commands.criteria_in_force import NoCriteria, challenger, newest_in_force
from commands.learning import presenting
from commands.questions.subcommand import name_of, near
from storage import proposals
from storage.tables import CriteriaRow, ProposalRow

_MOST_VERSIONS = 15
_NUMBER = re.compile(r"(?:v|version\s*)?(\d{1,6})", re.IGNORECASE)
_FILLERS = frozenset({"to", "and", "with", "between", "version", "against"})
_KINDS = ("history", "diff", "rollback")
_ALIASES = {"versions": "history", "compare": "diff", "roll": "rollback", "back": "rollback"}


def answer(ctx: Context, asking: Asking, words: str) -> Card:
    """The rules in force without words; else what the words ask. Raises NoCriteria."""
    parts = [part for part in words.casefold().replace("..", " ").split() if part not in _FILLERS]
    if not parts:
        return _in_force(ctx, asking)
    kind = _ALIASES.get(parts[0], parts[0])
    rest = [part for part in parts[1:] if part != "back"]
    if kind == "history":
        return _history(ctx, asking)
    if kind == "diff":
        return _diff(ctx, asking, rest)
    if kind == "rollback":
        return _roll_back(ctx, asking, rest)
    if _NUMBER.fullmatch(kind) and not rest:
        return _version(ctx, asking, kind)
    close = tuple(f"criteria {one}" for one in near(kind, list(_KINDS)))
    return not_understood(words.strip(), Expected.CRITERIA, (*close, "criteria history"))


def _in_force(ctx: Context, asking: Asking) -> Card:
    criteria = newest_in_force(ctx.session).criteria
    rival, waiting = challenger(ctx.session), proposals.open_proposal(ctx.session)
    trial = None
    if rival is not None:
        until = ctx.session.get_one(ProposalRow, rival.proposal).until
        version = rival.criteria.criteria.version
        trial = OnTrial(version=version, share=rival.share, until=until) if until else None
    row = _row(ctx, criteria.version)
    if row is None:
        raise NoCriteria(f"version {criteria.version} isn't kept")
    return criteria_card(
        CriteriaView(
            asking=asking,
            criteria=criteria,
            since=row.activated_at,
            by=name_of(ctx, row.by),
            exploration=ctx.setup.agreement.learning.exploration,
            trial=trial,
            proposed=waiting.criteria.version if waiting and waiting.criteria else None,
        )
    )


def _version(ctx: Context, asking: Asking, said: str) -> Card:
    """One that was in force; of one that is only proposed, what differs."""
    newest = newest_in_force(ctx.session).criteria.version
    version = _number(said) or 0
    if version == newest:
        return _in_force(ctx, asking)
    row = _row(ctx, version)
    if row is None:
        return _diff(ctx, asking, [str(newest), said])
    return criteria_card(
        CriteriaView(
            asking=asking,
            criteria=proposals.criteria_of(ctx.session, version),
            since=row.activated_at,
            by=name_of(ctx, row.by),
            in_force=newest,
        )
    )


def _history(ctx: Context, asking: Asking) -> Card:
    rows = list(
        ctx.session.exec(
            select(CriteriaRow).order_by(col(CriteriaRow.version).desc()).limit(_MOST_VERSIONS + 1)
        )
    )
    n = ctx.session.exec(select(func.count()).select_from(CriteriaRow)).one()
    older = [*(row.version for row in rows[1:]), None]
    lines = tuple(
        VersionLine(
            version=row.version,
            since=row.activated_at,
            by=name_of(ctx, row.by) if "@" in row.by else None,
            why=row.why,
            before=before,
            is_in_force=row is rows[0],
        )
        for row, before in zip(rows, older, strict=True)
    )[:_MOST_VERSIONS]
    return history_card(asking, lines, n - len(lines))


def _diff(ctx: Context, asking: Asking, said: list[str]) -> Card:
    """Between two versions; of one, against the one in force; without any, what came last (or what
    is proposed)."""
    newest = newest_in_force(ctx.session).criteria.version
    if not said:
        waiting = proposals.open_proposal(ctx.session)
        if waiting and waiting.criteria:
            said = [str(newest), str(waiting.criteria.version)]
        else:
            said = [str(_before(ctx, newest)), str(newest)]
    elif len(said) == 1:
        said = [said[0], str(newest)]
    return _between(ctx, asking, said[0], said[1], newest)


def _roll_back(ctx: Context, asking: Asking, said: list[str]) -> Card:
    """What going back to a version would change, with the button that proposes it."""
    if not said:
        return which_version(asking)
    newest = newest_in_force(ctx.session).criteria.version
    if _row(ctx, _number(said[0]) or 0) is None:
        return no_such_version(asking, said[0], newest)
    return _between(ctx, asking, str(newest), said[0], newest, rolls_back=True)


def _between(
    ctx: Context, asking: Asking, one: str, other: str, newest: int, *, rolls_back: bool = False
) -> Card:
    found = []
    for said in (one, other):
        criteria = presenting.criteria_numbered(ctx, _number(said) or 0)
        if criteria is None:
            return no_such_version(asking, said, newest)
        found.append(criteria)
    before, after = found
    unborn = [one.version for one in found if _row(ctx, one.version) is None]
    return difference_card(
        DifferenceView(
            asking=asking,
            before=before.version,
            after=after.version,
            threshold_before=before.threshold,
            threshold=after.threshold,
            changes=presenting.differences(before, after),
            proposed=unborn[0] if unborn else None,
            rolls_back=rolls_back,
            may_decide=presenting.may_decide(ctx),
        )
    )


def _before(ctx: Context, version: int) -> int:
    """The version that was in force before this one; itself where it is the first."""
    found = ctx.session.exec(
        select(CriteriaRow.version)
        .where(col(CriteriaRow.version) < version)
        .order_by(col(CriteriaRow.version).desc())
    ).first()
    return version if found is None else found


def _row(ctx: Context, version: int) -> CriteriaRow | None:
    return ctx.session.get(CriteriaRow, version)


def _number(said: str) -> int | None:
    found = _NUMBER.fullmatch(said)
    return int(found[1]) if found else None
