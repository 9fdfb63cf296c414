"""Gates and breakers, by the second."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.context import Platform
from jobs.outbox_worker import Pace
from jobs.pacing import TEMPOS, Allowance, Breaker, Gates, Tempo

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


@given(
    gaps=st.lists(st.floats(0, 3), min_size=1, max_size=60),
    burst=st.integers(1, 5),
)
def test_no_second_sees_more_than_the_burst_and_what_the_interval_allows(
    gaps: list[float], burst: int
) -> None:
    gates = Gates(1.0, burst)
    now, sent = NOW, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        sent.append(now + timedelta(seconds=gates.reserve("c", now)))
    for first, moment in enumerate(sent):
        within = sum(moment <= later < moment + timedelta(seconds=1) for later in sent[first:])
        assert within <= burst + 1


def test_a_conversation_that_rested_lets_a_burst_through_again() -> None:
    gates = Gates(1.0, 3)
    assert [gates.reserve("c", NOW) for _ in range(4)] == [0, 0, 0, 1]
    assert gates.closed(NOW) == {"c": after(2)}
    assert gates.closed(after(10)) == {}
    assert [gates.reserve("c", after(10)) for _ in range(4)] == [0, 0, 0, 1]


def test_conversations_do_not_slow_each_other_down() -> None:
    gates = Gates(1.0, 1)
    assert gates.reserve("a", NOW) == 0
    assert gates.reserve("b", NOW) == 0


def test_a_hold_closes_the_gate_for_as_long_as_asked() -> None:
    gates = Gates(1.0, 3)
    gates.hold("c", NOW, 30)
    assert gates.closed(after(29)) == {"c": after(30)}
    assert gates.closed(after(30)) == {}


def test_a_gate_without_an_interval_is_always_open() -> None:
    gates = Gates(0.0, 3)
    assert [gates.reserve("c", NOW) for _ in range(100)] == [0] * 100
    assert gates.closed(NOW) == {}


def test_a_platform_that_is_down_is_tried_with_one_message_at_a_time() -> None:
    breaker = Breaker()
    for _ in range(3):
        assert breaker.allowance(NOW) is Allowance.ALL
        breaker.failed(NOW)
    assert breaker.allowance(NOW) is Allowance.NONE
    assert breaker.allowance(after(1)) is Allowance.ONE
    breaker.failed(after(1))
    assert breaker.allowance(after(2)) is Allowance.NONE
    assert breaker.allowance(after(3)) is Allowance.ONE
    breaker.answered()
    assert breaker.allowance(after(3)) is Allowance.ALL


def test_failures_of_what_was_on_its_way_do_not_lengthen_the_pause() -> None:
    breaker = Breaker()
    for _ in range(50):
        breaker.failed(NOW)
    assert breaker.opens_at() == after(1)


def test_the_pause_never_grows_beyond_half_a_minute() -> None:
    breaker, now = Breaker(), NOW
    for _ in range(40):
        breaker.failed(now)
        now = breaker.opens_at() or now
    breaker.failed(now)
    opens_at = breaker.opens_at()
    assert opens_at is not None
    assert opens_at - now == timedelta(seconds=30)


_TEAMS = ((7, 1.0), (8, 2.0), (60, 30.0), (1800, 3600.0))
"""What Teams takes in a conversation: so many messages in so many seconds."""


@given(gaps=st.lists(st.one_of(st.just(0.0), st.floats(0, 20)), min_size=1, max_size=120))
def test_a_conversation_in_teams_gets_no_more_than_it_takes(gaps: list[float]) -> None:
    tempo = TEMPOS[Platform.TEAMS]
    gates = Gates(tempo.interval, tempo.burst)
    now, sent = NOW, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        sent.append(now + timedelta(seconds=gates.reserve("c", now)))
    for most, seconds in _TEAMS:
        for first, moment in enumerate(sent):
            until = moment + timedelta(seconds=seconds)
            assert sum(moment <= later < until for later in sent[first:]) <= most


def test_an_hour_of_haste_stays_within_what_teams_takes_in_an_hour() -> None:
    tempo = TEMPOS[Platform.TEAMS]
    gates = Gates(tempo.interval, tempo.burst)
    hour = timedelta(hours=1)
    sent = [NOW + timedelta(seconds=gates.reserve("c", NOW)) for _ in range(3600)]
    assert sum(moment < NOW + hour for moment in sent) <= 1800


def test_each_platform_has_its_own_tempo_unless_told_otherwise() -> None:
    assert Pace().tempo(Platform.SLACK) == TEMPOS[Platform.SLACK]
    assert Pace().tempo(Platform.TEAMS) == TEMPOS[Platform.TEAMS]
    told = Tempo(interval=0.5, burst=2)
    assert {Pace(interval=0.5, burst=2).tempo(one) for one in Platform} == {told}


def test_a_lease_outlasts_the_turns_that_its_row_may_wait_for() -> None:
    Pace(claims_at_once=64, sends_at_once=16, time_limit=20.0, lease=80.1)
    with pytest.raises(ValueError, match="lease must be longer than"):
        Pace(claims_at_once=64, sends_at_once=16, time_limit=20.0, lease=80.0)
    with pytest.raises(ValueError, match="for 5 turns of 20 s"):
        Pace(claims_at_once=65, sends_at_once=16, time_limit=20.0, lease=99.0)
