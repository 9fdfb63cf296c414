"""The way of a proposal, and who speaks for whom."""

from datetime import date, timedelta
from itertools import product

import pytest

from leads.lifecycle import ForbiddenMove
from leads.person import Person, Role
from leads.proposals import (
    IN_WORK,
    TO_DECIDE,
    ProposalState,
    Side,
    monday_of_week,
    move_proposal,
    side_for,
    sides_of,
    week_of,
)


def person(*roles: Role, email: str = "ana@acme.example") -> Person:
    return Person(name="Ana Ortiz", email=email, roles=frozenset(roles))


def test_what_is_decided_stays_decided() -> None:
    ended = set(ProposalState) - IN_WORK - TO_DECIDE
    for before, after in product(ended, ProposalState):
        with pytest.raises(ForbiddenMove):
            move_proposal(before, after)


def test_only_what_waits_for_a_decision_comes_into_force() -> None:
    for before in ProposalState:
        if before in TO_DECIDE:
            assert move_proposal(before, ProposalState.ACTIVATED) is ProposalState.ACTIVATED
        else:
            with pytest.raises(ForbiddenMove):
                move_proposal(before, ProposalState.ACTIVATED)


def test_every_way_ends() -> None:
    for before in IN_WORK | TO_DECIDE:
        moves = [after for after in ProposalState if _may(before, after)]
        assert moves


def _may(before: ProposalState, after: ProposalState) -> bool:
    try:
        move_proposal(before, after)
    except ForbiddenMove:
        return False
    return True


def test_marketers_speak_for_marketing_and_managers_for_sales() -> None:
    assert sides_of(person(Role.MARKETER)) == {Side.MARKETING}
    assert sides_of(person(Role.MANAGER, Role.REP)) == {Side.SALES}
    assert sides_of(person(Role.ADMIN)) == {Side.MARKETING, Side.SALES}
    assert sides_of(person(Role.REP)) == set()


def test_an_admin_speaks_for_the_side_that_is_free() -> None:
    admin = person(Role.ADMIN, email="ada@acme.example")
    assert side_for(admin, {Side.MARKETING: "max@acme.example"}) is Side.SALES
    assert side_for(admin, {Side.SALES: "mia@acme.example"}) is Side.MARKETING
    both = {Side.SALES: "mia@acme.example", Side.MARKETING: "max@acme.example"}
    assert side_for(admin, both) is None


def test_a_manager_who_is_admin_speaks_for_sales_first() -> None:
    assert side_for(person(Role.MANAGER, Role.ADMIN), {}) is Side.SALES
    assert side_for(person(Role.MARKETER, Role.ADMIN), {}) is Side.MARKETING


def test_nobody_speaks_for_both_sides() -> None:
    for roles in product((False, True), repeat=4):
        someone = person(*(role for role, has in zip(Role, roles, strict=True) if has))
        first = side_for(someone, {})
        if first is not None:
            assert side_for(someone, {first: someone.email}) is None


def test_weeks_are_numbered_from_monday_to_sunday_without_a_gap() -> None:
    monday = date(2026, 12, 28)
    assert monday.weekday() == 0
    week = [week_of(monday + timedelta(days=n)) for n in range(8)]
    assert week == [week[0]] * 7 + [week[0] + 1]
    assert monday_of_week(week[0]) == monday
