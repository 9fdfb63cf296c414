"""Gates and breakers, by the second."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from jobs.pacing import Allowance, Breaker, Gates

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
