"""`/leads why LEAD [under N]` and `/leads test LEAD [under N]`: what a lead is worth, rule by rule,
under any version."""

import re
from dataclasses import dataclass

from cards.asking import Asking
from cards.criteria_score_card import (
    TestView,
    VersionStanding,
    WhyView,
    comparison_card,
    nothing_to_test,
    why_card,
)
from cards.criteria_versions_card import no_such_version
from cards.help_card import Expected, not_understood
from cards.model import Card
from commands import show_lead, snapshot
from commands.context import Context
from commands.criteria_in_force import challenger, newest_in_force, scorer_for
from commands.learning import presenting
from commands.questions.show_one import lead_named
from leads.criteria import Criteria, Score
from leads.lead import Lead
from leads.scoring import score
from storage import proposals
from storage.handoffs import current
from storage.leads import events_of, lead_value
from storage.tables import LeadRow

_UNDER = re.compile(
    r"(?P<lead>.*?)\s*\bunder\s+(?:the\s+)?(?:v|version\s*)?(?P<version>\d{1,6}|proposal)",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """A lead that the asker may read, and the version that was named."""

    row: LeadRow
    lead: Lead
    version: str | None


def why(ctx: Context, asking: Asking, words: str) -> Card:
    """The lead's score of now and where each point comes from: under the version that scores it,
    or another one."""
    asked = _asked(ctx, words)
    if isinstance(asked, Card):
        return asked
    criteria = scorer_for(ctx, asked.lead.id).criteria
    if asked.version is not None:
        named = _version(ctx, asked.version)
        if named is None:
            return _no_version(ctx, asking, asked.version)
        criteria = named
    handoff = current(ctx.session, asked.lead.id)
    taken = handoff.snapshot if handoff and handoff.snapshot else None
    waiting = _proposed(ctx)
    return why_card(
        WhyView(
            asking=asking,
            lead_id=asked.lead.id,
            name=asked.lead.name,
            criteria=criteria,
            standing=_standing(ctx, criteria),
            score=_score(ctx, asked.lead, criteria),
            handed_over=snapshot.score_of(taken) if taken else None,
            handed_over_at=handoff.offered_at if handoff and taken else None,
            test_with=waiting.version if waiting and waiting.version != criteria.version else None,
        )
    )


def test(ctx: Context, asking: Asking, words: str) -> Card:
    """The same under the version in force and another one, side by side: the one that is named,
    else the one that is proposed."""
    asked = _asked(ctx, words)
    if isinstance(asked, Card):
        return asked
    in_force, proposed = newest_in_force(ctx.session).criteria, _proposed(ctx)
    other = _version(ctx, asked.version) if asked.version is not None else proposed
    if other is None and asked.version is not None:
        return _no_version(ctx, asking, asked.version)
    if other is None:
        return nothing_to_test(asking, in_force.version)
    return comparison_card(
        TestView(
            asking=asking,
            lead_id=asked.lead.id,
            name=asked.lead.name,
            in_force=in_force,
            other=other,
            before=_score(ctx, asked.lead, in_force),
            after=_score(ctx, asked.lead, other),
            is_proposed=_standing(ctx, other) is VersionStanding.PROPOSED,
        )
    )


def _asked(ctx: Context, words: str) -> _Asked | Card:
    found = _UNDER.fullmatch(words.strip())
    wanted, version = (found["lead"], found["version"]) if found else (words.strip(), None)
    if not wanted:
        return not_understood("", Expected.WHICH_LEAD, ("reasons",))
    row = lead_named(ctx, wanted)
    if row is None:
        return not_understood(wanted, Expected.LEAD, (f"find {wanted}", "reasons"))
    if refusal := show_lead.refused(ctx, row):
        return refusal.card
    return _Asked(row=row, lead=lead_value(row), version=version)


def _score(ctx: Context, lead: Lead, criteria: Criteria) -> Score:
    return score(criteria, lead, events_of(ctx.session, lead.id), ctx.now)


def _proposed(ctx: Context) -> Criteria | None:
    waiting = proposals.open_proposal(ctx.session)
    return waiting.criteria if waiting else None


def _version(ctx: Context, said: str) -> Criteria | None:
    if said.casefold() == "proposal":
        return _proposed(ctx)
    return presenting.criteria_numbered(ctx, int(said))


def _no_version(ctx: Context, asking: Asking, said: str) -> Card:
    return no_such_version(asking, said, newest_in_force(ctx.session).criteria.version)


def _standing(ctx: Context, criteria: Criteria) -> VersionStanding:
    if criteria.version == newest_in_force(ctx.session).criteria.version:
        return VersionStanding.IN_FORCE
    rival = challenger(ctx.session)
    if rival is not None and rival.criteria.criteria.version == criteria.version:
        return VersionStanding.TRIAL
    waiting = _proposed(ctx)
    if waiting is not None and waiting.version == criteria.version:
        return VersionStanding.PROPOSED
    return VersionStanding.EARLIER
