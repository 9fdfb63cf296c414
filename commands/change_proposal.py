"""Other points for a proposal, or a trial of it: asked by forms."""

from collections.abc import Mapping

from cards import proposal_forms as forms
from cards import proposal_notices as notices
from cards.model import Words
from commands.context import Context
from commands.decide_proposal import refuse, to_decide
from commands.learning import editing, trial
from commands.learning.outcomes import (
    Edited,
    NotEdited,
    OtherTrial,
    TrialBegun,
    Wrong,
    WrongPoints,
    WrongTrial,
)
from commands.reply import Ask, Correct, Nothing, Reply, Tell
from commands.working import number
from leads.proposals import ProposalState
from storage import proposals


def ask_points(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form with the points of every rule."""
    found = to_decide(ctx, subject)
    if isinstance(found, Tell):
        return found
    if found.state is ProposalState.RUNNING:
        return Tell(card=notices.on_trial())
    if found.criteria is None:
        return Tell(card=notices.gone())
    rules = tuple(
        forms.RulePoints(
            id=rule.id, label=rule.label, points=rule.points, lowest=lowest, highest=highest
        )
        for rule, lowest, highest in editing.editable(found)
    )
    return Ask(form=forms.edit_form(found.id, found.criteria.version, rules, values))


def edit(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Give the rules the points in `values`; where one can't be, the form says which and why."""
    proposal_id = number(subject) or 0
    found = proposals.proposal(ctx.session, proposal_id)
    rules = editing.editable(found) if found else ()
    by_key = {forms.key_of(rule.id): rule.id for rule, _, _ in rules}
    # Points for a rule that isn't there any more are told under its own input.
    points = {by_key.get(key, key): given for key, given in values.items()}
    came = editing.edit_points(ctx, proposal_id, points)
    match came:
        case Edited():
            return Nothing()
        case NotEdited(wrong=wrong) if wrong:
            keys = {rule_id: key for key, rule_id in by_key.items()}
            errors = {keys.get(rule_id, rule_id): _mend(one) for rule_id, one in wrong.items()}
            return Correct(errors=errors)
        case NotEdited():
            return Correct(errors={key: forms.mend("unchanged") for key in list(values)[:1]})
        case OtherTrial():
            return Tell(card=notices.on_trial())
        case _:
            return refuse(ctx, came)


def ask_trial(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """The form for a trial on a share of the leads."""
    found = to_decide(ctx, subject)
    if isinstance(found, Tell):
        return found
    if found.state is ProposalState.RUNNING:
        return Tell(card=notices.other_trial())
    if found.criteria is None:
        return Tell(card=notices.gone())
    share, weeks = values.get("share"), values.get("weeks")
    return Ask(form=forms.challenge_form(found.id, found.criteria.version, share, weeks))


def challenge(ctx: Context, subject: str, values: Mapping[str, str]) -> Reply:
    """Have it score the share of the leads in `values` for the weeks in `values`."""
    share, weeks = values.get("share", ""), values.get("weeks", "")
    if share not in map(str, forms.SHARES):
        return Correct(errors={"share": forms.mend("share_missing")})
    if weeks not in map(str, forms.WEEKS):
        return Correct(errors={"weeks": forms.mend("weeks_missing")})
    came = trial.challenge(ctx, number(subject) or 0, float(share), int(weeks))
    match came:
        case TrialBegun():
            return Nothing()
        case WrongTrial():
            return Correct(errors={"share": forms.mend("share_missing")})
        case _:
            return refuse(ctx, came)


def _mend(wrong: Wrong) -> Words:
    if wrong.why in {WrongPoints.TOO_FAR, WrongPoints.WRONG_SIGN}:
        return forms.mend(wrong.why.value, lowest=wrong.lowest, highest=wrong.highest)
    return forms.mend(wrong.why.value)
