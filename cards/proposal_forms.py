"""The forms about a proposal: why not, other points, a trial on a share of the leads."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

from cards.actions import Action
from cards.model import Choice, Form, Note, Option, TextInput, Words

LONGEST_WHY = 500
SHARES = (0.1, 0.2, 0.3, 0.5)
WEEKS = (2, 4, 6, 8, 12)
_USUAL_SHARE, _USUAL_WEEKS = 0.2, 4
_LONGEST_POINTS = 5


@dataclass(frozen=True, kw_only=True)
class RulePoints:
    """A rule whose points may be edited: `id` and `label`, what it has, and between which bounds
    it may move."""

    id: str
    label: str
    points: int
    lowest: int
    highest: int


def why_form(proposal_id: int, version: int, *, is_trial: bool) -> Form:
    """Why it is declined, or why its trial is ended."""
    name = "end" if is_trial else "decline"
    return Form(
        title=_words(f"{name}_title"),
        submit=_words(name),
        action=Action.END_TRIAL if is_trial else Action.DECLINE_PROPOSAL,
        subject=str(proposal_id),
        blocks=(
            Note(text=_words(f"about_{name}", version=version)),
            TextInput(id="why", label=_words("why"), multiline=True, max_length=LONGEST_WHY),
        ),
    )


def edit_form(
    proposal_id: int, version: int, rules: tuple[RulePoints, ...], typed: Mapping[str, str]
) -> Form:
    """The points of each rule; `typed` is what was filled in so far, by input."""
    return Form(
        title=_words("edit_title"),
        submit=_words("edit"),
        action=Action.EDIT_PROPOSAL,
        subject=str(proposal_id),
        blocks=(
            Note(text=_words("about_edit", version=version)),
            *(
                TextInput(
                    id=key_of(rule.id),
                    label=_words("rule", label=rule.label),
                    initial=typed.get(key_of(rule.id), str(rule.points)),
                    hint=_words("bounds", lowest=rule.lowest, highest=rule.highest),
                    max_length=_LONGEST_POINTS,
                )
                for rule in rules
            ),
        ),
    )


def challenge_form(
    proposal_id: int, version: int, share: str | None = None, weeks: str | None = None
) -> Form:
    """Which share of the leads, and for how many weeks."""
    shares = tuple(Option(value=str(one), label=_words("percent", share=one)) for one in SHARES)
    times = tuple(Option(value=str(one), label=_words("week", n=one)) for one in WEEKS)
    return Form(
        title=_words("challenge_title"),
        submit=_words("challenge"),
        action=Action.CHALLENGE_PROPOSAL,
        subject=str(proposal_id),
        blocks=(
            Note(text=_words("about_challenge", version=version)),
            Choice(
                id="share",
                label=_words("share"),
                options=shares,
                initial=share or str(_USUAL_SHARE),
                expanded=True,
            ),
            Choice(
                id="weeks",
                label=_words("weeks"),
                options=times,
                initial=weeks or str(_USUAL_WEEKS),
                expanded=True,
            ),
        ),
    )


def key_of(rule_id: str) -> str:
    """The input for this rule: whatever the rule is called, every platform takes this for an id."""
    return f"rule_{blake2b(rule_id.encode(), digest_size=8).hexdigest()}"


def mend(macro: str, **values: object) -> Words:
    """What to mend in an answer: a macro of `proposal_forms.j2`."""
    return _words(macro, **values)


def _words(macro: str, **values: object) -> Words:
    return Words("proposal_forms", macro, **values)


_NASTY = "<!channel> *Bob* <@U1> &amp; {{ 7*7 }} \u202e\u0000" * 20

EXAMPLES: Mapping[str, Form] = {
    "decline": why_form(3, 8, is_trial=False),
    "end": why_form(3, 8, is_trial=True),
    "challenge": challenge_form(3, 8),
    "edit": edit_form(
        3,
        8,
        (
            RulePoints(
                id="small", label="Company size: 20 or less", points=-15, lowest=-20, highest=0
            ),
            RulePoints(id="guide", label="Downloaded the guide", points=20, lowest=15, highest=35),
            RulePoints(id="visits", label="Three or more visits", points=0, lowest=-5, highest=15),
        ),
        {key_of("guide"): "25"},
    ),
    "hostile": edit_form(
        3, 8, (RulePoints(id=_NASTY, label=_NASTY, points=5, lowest=-5, highest=15),), {}
    ),
}
