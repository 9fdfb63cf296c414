"""Criteria and conditions as files write them: read, checked and written back unchanged."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, Self, assert_never

from pydantic import (
    AfterValidator,
    Discriminator,
    Field,
    StrictInt,
    Tag,
    model_validator,
)

from leads.criteria import (
    AllOf,
    AnyOf,
    Condition,
    Criteria,
    EventCondition,
    FieldCondition,
    FieldTest,
    Group,
    Not,
    Rule,
    Sign,
)
from leads.lead import COMPANY_FIELDS, Scalar
from leads.scoring import CAP_RULES
from storage.file_errors import Table, expected, found_words, validated
from storage.file_values import Code, Number, Span, Text, Word, span_words

Body = dict[str, object]
"""A table of a file; it goes to TOML and JSON as it is."""

_MOST_RULES = 500
_KINDS = ("field", "event", "all", "any", "not")
_MOST_POINTS = 10_000
_DEEPEST = 8


def _field(path: str) -> str:
    if path.startswith("company.") and path.removeprefix("company.") not in COMPANY_FIELDS:
        raise expected(f"one of {', '.join(f'company.{name}' for name in sorted(COMPANY_FIELDS))}")
    return path


def _kind(body: object) -> str | None:
    """Which kind of condition a table is, by the one key that only this kind has."""
    keys = body if isinstance(body, Mapping) else ()
    kinds = [kind for kind in _KINDS if kind in keys]
    return f"[{kinds[0]}]" if len(kinds) == 1 else None


FieldPath = Annotated[Text, AfterValidator(_field)]
Points = Annotated[StrictInt, Field(ge=-_MOST_POINTS, le=_MOST_POINTS)]
Cap = Annotated[StrictInt, Field(ge=0, le=_MOST_POINTS)]


class FieldTable(Table):
    """A field and one or more tests, all of which must hold."""

    field: FieldPath
    is_: Word | None = Field(default=None, alias="is")
    one_of: list[Word] | None = Field(default=None, min_length=1)
    contains_any: list[Text] | None = Field(default=None, min_length=1)
    at_least: Number | None = None
    at_most: Number | None = None
    present: bool | None = None

    @model_validator(mode="after")
    def _has_a_test(self) -> Self:
        if not self.tests():
            raise expected(f"one of {', '.join(FieldTest)} beside field")
        return self

    def tests(self) -> dict[FieldTest, Scalar | tuple[Scalar, ...]]:
        """The tests that are there."""
        found: dict[FieldTest, Scalar | list[Word] | list[str] | None] = {
            FieldTest.IS: self.is_,
            FieldTest.ONE_OF: self.one_of,
            FieldTest.CONTAINS_ANY: self.contains_any,
            FieldTest.AT_LEAST: self.at_least,
            FieldTest.AT_MOST: self.at_most,
            FieldTest.PRESENT: self.present,
        }
        return {
            test: tuple(value) if isinstance(value, list) else value
            for test, value in found.items()
            if value is not None
        }

    def condition(self) -> Condition:
        """The condition; several tests become AllOf."""
        parts = tuple(
            FieldCondition(field=self.field, test=test, value=value)
            for test, value in self.tests().items()
        )
        return parts[0] if len(parts) == 1 else AllOf(conditions=parts)


class EventTable(Table):
    """Events of a type, so many of them within so long."""

    event: Text
    name: Text | None = None
    at_least: Annotated[int, Field(ge=1)] = 1
    within: Span | None = None

    def condition(self) -> Condition:
        """The condition."""
        return EventCondition(
            event=self.event, name=self.name, at_least=self.at_least, within=self.within
        )


class AllTable(Table):
    """Every one of several conditions."""

    all: "list[ConditionTable]" = Field(min_length=1)

    def condition(self) -> Condition:
        """The condition."""
        return AllOf(conditions=tuple(part.condition() for part in self.all))


class AnyTable(Table):
    """At least one of several conditions."""

    any: "list[ConditionTable]" = Field(min_length=1)

    def condition(self) -> Condition:
        """The condition."""
        return AnyOf(conditions=tuple(part.condition() for part in self.any))


class NotTable(Table):
    """The contrary of a condition."""

    not_: "ConditionTable" = Field(alias="not")

    def condition(self) -> Condition:
        """The condition."""
        return Not(condition=self.not_.condition())


ConditionTable = Annotated[
    Annotated[FieldTable, Tag("[field]")]
    | Annotated[EventTable, Tag("[event]")]
    | Annotated[AllTable, Tag("[all]")]
    | Annotated[AnyTable, Tag("[any]")]
    | Annotated[NotTable, Tag("[not]")],
    Discriminator(
        _kind,
        custom_error_type="expected",
        custom_error_message="{expected}",
        custom_error_context={"expected": f"a table with exactly one of {', '.join(_KINDS)}"},
    ),
]
"""A condition; which keys it has says which kind it is."""


def _shallow(table: ConditionTable) -> ConditionTable:
    if _depth(table.condition()) > _DEEPEST:
        raise expected(f"conditions nested at most {_DEEPEST} deep")
    return table


ShallowCondition = Annotated[ConditionTable, AfterValidator(_shallow)]
"""A condition that a person can still read."""

for _table in (AllTable, AnyTable, NotTable):
    _table.model_rebuild()


class RuleTable(Table):
    """One rule."""

    id: Code
    label: Text
    group: Literal["fit", "engagement"]
    points: Points
    when: ShallowCondition
    half_life: Span | None = None
    each: bool = False
    cap: Annotated[int, Field(ge=1, le=_MOST_POINTS)] | None = None
    sign: Literal["+", "-"] | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.id in CAP_RULES.values():
            raise expected(
                "another id, for this one names the line of a cap",
                key="id",
                found=found_words(self.id),
            )
        needs = "to stand beside a condition with an event that can"
        if self.half_life and not _has_event(self.when.condition()):
            raise expected(f"{needs} grow old", key="half_life", found="no event")
        if self.each and not _has_event(self.when.condition()):
            raise expected(f"{needs} be counted", key="each", found="no event")
        if self.cap is not None and not self.each:
            raise expected("to stand beside each = true", key="cap", found="no each")
        if self.sign and self.points * int(f"{self.sign}1") < 0:
            what = f"points that the sign {self.sign!r} allows"
            raise expected(what, key="points", found=str(self.points))
        return self

    def rule(self) -> Rule:
        """The rule."""
        return Rule(
            id=self.id,
            label=self.label,
            group=Group(self.group),
            points=self.points,
            when=self.when.condition(),
            half_life=self.half_life,
            each=self.each,
            cap=self.cap,
            sign=Sign(self.sign) if self.sign else None,
        )


class CriteriaTable(Table):
    """The `[criteria]` table."""

    threshold: Points
    fit_cap: Cap | None = None
    engagement_cap: Cap | None = None
    rules: list[RuleTable] = Field(min_length=1, max_length=_MOST_RULES)

    @model_validator(mode="after")
    def _has_no_rule_twice(self) -> Self:
        ids = [rule.id for rule in self.rules]
        for number, one in enumerate(ids):
            if one in ids[:number]:
                what = "an id that no other rule has"
                raise expected(what, key=f"rules[{number}].id", found=found_words(one))
        return self

    def criteria(self, version: int) -> Criteria:
        """The criteria under this number."""
        return Criteria(
            version=version,
            threshold=self.threshold,
            rules=tuple(rule.rule() for rule in self.rules),
            fit_cap=self.fit_cap,
            engagement_cap=self.engagement_cap,
        )


def criteria_from(
    body: Mapping[str, object], version: int, path: Path = Path("criteria")
) -> Criteria:
    """The criteria that a `[criteria]` table says, as version `version`. Raises FileError."""
    return validated(CriteriaTable, body, path).criteria(version)


def criteria_body(criteria: Criteria) -> Body:
    """The `[criteria]` table of these criteria; `criteria_from` reads the same from it."""
    body: Body = {"threshold": criteria.threshold}
    if criteria.fit_cap is not None:
        body["fit_cap"] = criteria.fit_cap
    if criteria.engagement_cap is not None:
        body["engagement_cap"] = criteria.engagement_cap
    return body | {"rules": [_rule_body(rule) for rule in criteria.rules]}


def condition_body(condition: Condition) -> Body:
    """The table of a condition."""
    match condition:
        case FieldCondition():
            value = condition.value
            plain = list(value) if isinstance(value, tuple) else value
            return {"field": condition.field, condition.test.value: plain}
        case EventCondition():
            body: Body = {"event": condition.event}
            if condition.name is not None:
                body["name"] = condition.name
            if condition.at_least != 1:
                body["at_least"] = condition.at_least
            if condition.within is not None:
                body["within"] = span_words(condition.within)
            return body
        case AllOf(conditions=parts):
            return {"all": [condition_body(part) for part in parts]}
        case AnyOf(conditions=parts):
            return {"any": [condition_body(part) for part in parts]}
        case Not(condition=inner):
            return {"not": condition_body(inner)}
        case _:
            assert_never(condition)


def _rule_body(rule: Rule) -> Body:
    body: Body = {
        "id": rule.id,
        "label": rule.label,
        "group": rule.group.value,
        "points": rule.points,
    }
    if rule.half_life is not None:
        body["half_life"] = span_words(rule.half_life)
    if rule.each:
        body["each"] = True
    if rule.cap is not None:
        body["cap"] = rule.cap
    if rule.sign is not None:
        body["sign"] = rule.sign.value
    return body | {"when": condition_body(rule.when)}


def _has_event(condition: Condition) -> bool:
    match condition:
        case EventCondition():
            return True
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            return any(_has_event(part) for part in parts)
        case FieldCondition() | Not():
            return False
        case _:
            assert_never(condition)


def _depth(condition: Condition) -> int:
    match condition:
        case AllOf(conditions=parts) | AnyOf(conditions=parts):
            return 1 + max(_depth(part) for part in parts)
        case Not(condition=inner):
            return 1 + _depth(inner)
        case FieldCondition() | EventCondition():
            return 1
        case _:
            assert_never(condition)
