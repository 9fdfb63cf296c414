"""What a lead is worth: one version's explanation, or two versions side by side."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

from cards.actions import Action
from cards.asking import Asking, answer, ask_button
from cards.model import (
    Actions,
    Block,
    Bullets,
    Button,
    Card,
    Heading,
    Note,
    Paragraph,
    Table,
    Words,
)
from cards.score_lines import evidence
from leads.criteria import Criteria, FieldCondition, FieldTest, Group, Rule, Score, ScoreLine

_WORDS = "criteria_score"
_MOST_LINES = 25
_MOST_SILENT = 8


class VersionStanding(StrEnum):
    """What a version is to the lead."""

    IN_FORCE = "in_force"
    TRIAL = "trial"
    PROPOSED = "proposed"
    EARLIER = "earlier"


@dataclass(frozen=True, kw_only=True)
class WhyView:
    """A lead's score of now under some criteria. `handed_over` is the score it had at its newest
    handoff, at `handed_over_at`; `test_with` a version that it may be compared with."""

    asking: Asking
    lead_id: int
    name: str
    criteria: Criteria
    standing: VersionStanding
    score: Score
    handed_over: Score | None = None
    handed_over_at: datetime | None = None
    test_with: int | None = None


@dataclass(frozen=True, kw_only=True)
class TestView:
    """A lead's score of now under the criteria in force and under others."""

    __test__ = False

    asking: Asking
    lead_id: int
    name: str
    in_force: Criteria
    other: Criteria
    before: Score
    after: Score
    is_proposed: bool = False


def why_card(view: WhyView) -> Card:
    """The lines add up to the score."""
    score, criteria = view.score, view.criteria
    ordered = sorted(score.lines, key=lambda line: -line.points)
    told = [_line(line) for line in ordered[:_MOST_LINES]]
    if rest := ordered[_MOST_LINES:]:
        points = sum(line.points for line in rest)
        told.append(_words("further", points=points, n=len(rest)))
    blocks: list[Block] = [
        Heading(text=_words("heading", name=view.name), short=_words("short")),
        Paragraph(
            text=_words(
                "verdict",
                points=score.points,
                threshold=criteria.threshold,
                version=criteria.version,
                standing=view.standing,
            )
        ),
    ]
    if told:
        total = Paragraph(text=_words("total", points=score.points))
        blocks += [Bullets(lines=tuple(told)), total]
    else:
        blocks.append(Paragraph(text=_words("no_line")))
    gave = {line.rule for line in score.lines}
    silent = [rule.label for rule in criteria.rules if rule.id not in gave]
    if silent:
        shown, more = tuple(silent[:_MOST_SILENT]), max(0, len(silent) - _MOST_SILENT)
        blocks.append(Note(text=_words("silent", labels=shown, more=more)))
    if view.handed_over and view.handed_over_at:
        blocks.append(
            Note(
                text=_words(
                    "at_handoff",
                    points=view.handed_over.points,
                    version=view.handed_over.criteria_version,
                    at=view.handed_over_at,
                )
            )
        )
    buttons = [_open(view.lead_id)]
    if view.test_with is not None:
        question = f"test {view.lead_id} under {view.test_with}"
        buttons.append(ask_button(_words("ask_test", version=view.test_with), question))
    summary = _words("summary", name=view.name, points=score.points, version=criteria.version)
    return answer(view.asking, summary=summary, blocks=tuple(blocks), further=tuple(buttons))


def comparison_card(view: TestView) -> Card:
    """Rule by rule side by side: the columns add up to the scores."""
    before, after = view.before, view.after
    versions = {"before": before.criteria_version, "after": after.criteria_version}
    blocks: list[Block] = [
        Heading(
            text=_words("test_heading", name=view.name, **versions),
            short=_words("test_short", **versions),
        ),
        Paragraph(
            text=_words(
                "test_verdict",
                name=view.name,
                before=before,
                after=after,
                was_in=before.points >= view.in_force.threshold,
                is_in=after.points >= view.other.threshold,
            )
        ),
        _table(view),
    ]
    if view.is_proposed:
        blocks.append(Note(text=_words("proposed", version=view.other.version)))
    return answer(
        view.asking,
        summary=_words("test_summary", name=view.name, before=before.points, after=after.points),
        blocks=tuple(blocks),
        further=(
            _open(view.lead_id),
            ask_button(_words("ask_why"), f"why {view.lead_id} under {view.other.version}"),
        ),
    )


def nothing_to_test(asking: Asking, version: int) -> Card:
    """There is only the version in force."""
    said = _words("nothing_to_test", version=version)
    history = ask_button(Words("criteria_versions", "ask"), "criteria history")
    return Card(summary=said, blocks=(Paragraph(text=said), Actions(buttons=(history,))))


def _table(view: TestView) -> Table:
    one = {line.rule: line for line in view.before.lines}
    other = {line.rule: line for line in view.after.lines}
    labels = {line.rule: line.label for line in (*view.before.lines, *view.after.lines)}
    rules = sorted(labels, key=lambda rule: -abs(_of(other, rule) - _of(one, rule)))
    rows = [
        (
            _words("rule", label=labels[rule]),
            _words("points", n=one[rule].points if rule in one else None),
            _words("points", n=other[rule].points if rule in other else None),
        )
        for rule in rules
    ]
    ends = (
        ("sum", view.before.points, view.after.points),
        ("takes", view.in_force.threshold, view.other.threshold),
    )
    for macro, was, will in ends:
        rows.append((_words(macro), _words("points", n=was), _words("points", n=will)))
    return Table(
        head=(
            _words("head_rule"),
            _words("head_version", version=view.before.criteria_version),
            _words("head_version", version=view.after.criteria_version),
        ),
        rows=tuple(rows),
        numeric=frozenset({1, 2}),
    )


def _of(lines: Mapping[str, ScoreLine], rule: str) -> int:
    return lines[rule].points if rule in lines else 0


def _line(line: ScoreLine) -> Words:
    return _words("line", points=line.points, label=line.label, evidence=evidence(line))


def _open(lead_id: int) -> Button:
    return Button(label=Words("proposal", "open"), action=Action.MORE, subject=str(lead_id))


def _words(macro: str, **values: object) -> Words:
    return Words(_WORDS, macro, **values)


def _rule(name: str, points: int) -> Rule:
    when = FieldCondition(field="title", test=FieldTest.PRESENT, value=True)
    return Rule(id=name, label=f"Rule {name}", group=Group.FIT, points=points, when=when)


def _score(version: int, *lines: ScoreLine) -> Score:
    fit = sum(line.points for line in lines if line.group is Group.FIT)
    engagement = sum(line.points for line in lines if line.group is Group.ENGAGEMENT)
    return Score(
        points=fit + engagement,
        fit=fit,
        engagement=engagement,
        lines=lines,
        criteria_version=version,
    )


_NASTY = "<!channel> *x* {{ 7*7 }} [a](https://b.example) \u202e"
_TITLE = ScoreLine(
    rule="title",
    label="Job title on the target list",
    group=Group.FIT,
    points=20,
    evidence="VP Engineering",
)
_GUIDE = ScoreLine(
    rule="guide",
    label="Downloaded the Pricing Guide",
    group=Group.ENGAGEMENT,
    points=25,
    evidence="Pricing Guide",
)
_SMALL = ScoreLine(
    rule="small", label="Company size: 20 or less", group=Group.FIT, points=-10, evidence="12"
)
_SEVEN = Criteria(
    version=7, threshold=40, rules=(_rule("title", 20), _rule("guide", 25), _rule("demo", 15))
)
_EIGHT = Criteria(
    version=8, threshold=38, rules=(_rule("title", 20), _rule("guide", 30), _rule("small", -10))
)
_WHY = WhyView(
    asking=Asking(question="why 17", may_share=True),
    lead_id=17,
    name="Ada Byron",
    criteria=_SEVEN,
    standing=VersionStanding.IN_FORCE,
    score=_score(7, _TITLE, _GUIDE),
    handed_over=_score(6, _TITLE),
    handed_over_at=datetime(2026, 11, 2, 8, 30, tzinfo=UTC),
    test_with=8,
)
_TEST = TestView(
    asking=Asking(question="test 17", may_share=True),
    lead_id=17,
    name="Ada Byron",
    in_force=_SEVEN,
    other=_EIGHT,
    before=_score(7, _TITLE, _GUIDE),
    after=_score(8, _TITLE, replace(_GUIDE, points=27), _SMALL),
    is_proposed=True,
)

EXAMPLES: Mapping[str, Card] = {
    "why": why_card(_WHY),
    "why_under_a_proposal": why_card(
        replace(
            _WHY,
            criteria=_EIGHT,
            standing=VersionStanding.PROPOSED,
            score=_TEST.after,
            test_with=None,
        )
    ),
    "why_nothing": why_card(replace(_WHY, score=_score(7), handed_over=None, handed_over_at=None)),
    "test": comparison_card(_TEST),
    "test_earlier": comparison_card(
        replace(_TEST, other=replace(_SEVEN, version=1), after=_score(1, _TITLE), is_proposed=False)
    ),
    "nothing_to_test": nothing_to_test(_TEST.asking, 7),
    "hostile": why_card(
        replace(_WHY, name=_NASTY, score=_score(7, replace(_TITLE, label=_NASTY, evidence=_NASTY)))
    ),
    "hostile_test": comparison_card(
        replace(_TEST, name=_NASTY, after=_score(8, replace(_TITLE, label=_NASTY)))
    ),
}
