"""Computations in another process."""

import asyncio
import os
import signal
import sys
import time
import weakref
from typing import ClassVar

import pytest

from jobs.aside import Aside, AsideEnded


class Unpicklable(Exception):
    """An error that can't travel."""

    def __init__(self, one: int, two: int) -> None:
        super().__init__("told in words")


def divided(number: int, by: int) -> tuple[float, int]:
    return number / by, os.getpid()


def fail_unpicklable() -> None:
    raise Unpicklable(1, 2)


class Knot:
    """Something that holds on to itself."""

    left: ClassVar["weakref.ref[Knot] | None"] = None

    def __init__(self) -> None:
        self.itself = self


def leave_knot() -> None:
    Knot.left = weakref.ref(Knot())


def has_knot() -> bool:
    return Knot.left is not None and Knot.left() is not None


def busy(seconds: float) -> int:
    until = time.monotonic() + seconds
    rounds = 0
    while time.monotonic() < until:
        rounds += 1
    return rounds


def large(length: int) -> bytes:
    return b"x" * length


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def chatter() -> str:
    print("this is not the answer")
    return "this is"


def imported(*names: str) -> list[str]:
    return [name for name in names if name in sys.modules]


def is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


async def test_a_result_comes_from_another_process_which_does_the_next_too() -> None:
    async with Aside() as aside:
        result, pid = await aside(divided, 6, 3)
        again, same = await aside(divided, 1, 4)
    assert (result, again) == (2, 0.25)
    assert pid == same != os.getpid()


async def test_an_error_is_raised_here_and_tells_where_it_came_from() -> None:
    async with Aside() as aside:
        with pytest.raises(ZeroDivisionError) as caught:
            await aside(divided, 1, 0)
        assert "number / by" in "".join(caught.value.__notes__)
        with pytest.raises(RuntimeError, match="told in words"):
            await aside(fail_unpicklable)
        assert (await aside(divided, 1, 1))[0] == 1


async def test_a_function_that_cannot_travel_is_refused_and_the_next_is_done() -> None:
    async with Aside() as aside:
        with pytest.raises(Exception, match="lambda"):
            await aside(lambda: 1)
        assert (await aside(divided, 1, 1))[0] == 1


async def test_the_process_goes_when_nothing_is_to_be_done_and_comes_back() -> None:
    async with Aside(idle=0.0) as aside:
        _, pid = await aside(divided, 1, 1)
        async with asyncio.timeout(5):
            while aside.pid is not None:  # noqa: ASYNC110 - nobody tells of this
                await asyncio.sleep(0)
        assert is_gone(pid)
        assert (await aside(divided, 1, 1))[1] != pid


async def test_the_process_is_gone_after_the_end() -> None:
    async with Aside() as aside:
        _, pid = await aside(divided, 1, 1)
    assert aside.pid is None
    assert is_gone(pid)


async def test_one_who_gives_up_leaves_no_process_behind_that_works_on() -> None:
    async with Aside() as aside:
        _, pid = await aside(divided, 1, 1)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await aside(busy, 60.0)
        assert is_gone(pid)
        assert (await aside(divided, 8, 2))[0] == 4


async def test_a_process_that_dies_is_told_of_and_replaced() -> None:
    async with Aside() as aside:
        with pytest.raises(AsideEnded):
            await aside(die)
        assert (await aside(divided, 8, 2))[0] == 4


async def test_the_loop_goes_on_meanwhile() -> None:
    async with Aside() as aside:
        await aside(divided, 1, 1)
        working = asyncio.create_task(aside(busy, 0.3))
        turns = 0
        while not working.done():
            await asyncio.sleep(0.001)
            turns += 1
        assert await working > 0
    assert turns > 30


async def test_those_who_come_at_once_are_served_one_after_the_other() -> None:
    async with Aside() as aside:
        results = await asyncio.gather(*(aside(divided, n, 1) for n in range(8)))
    assert [number for number, _ in results] == list(range(8))
    assert len({pid for _, pid in results}) == 1


async def test_what_a_function_prints_and_how_much_it_returns_does_not_matter() -> None:
    async with Aside() as aside:
        assert await aside(chatter) == "this is"
        assert len(await aside(large, 3_000_000)) == 3_000_000


async def test_the_process_has_nothing_of_the_bot_in_memory() -> None:
    async with Aside() as aside:
        assert await aside(imported, "app", "composition", "bot", "apscheduler") == []


async def test_what_one_function_leaves_in_cycles_is_gone_when_the_next_begins() -> None:
    async with Aside() as aside:
        await aside(leave_knot)
        assert not await aside(has_knot)
