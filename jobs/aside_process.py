"""The process that `jobs.aside` starts: does one function after the other until its input ends.

It is run as a file and imports nothing of Baton itself, so that it has in memory only what the
functions need. Messages are pickles after their length in eight bytes.
"""

import gc
import os
import pickle
import sys
import traceback
from typing import BinaryIO

LENGTH = 8


def main() -> None:
    """Answer each message (a pickled function and its arguments, pickled) with whether it returned
    and what, pickled."""
    # Millions of values come and go here, and looking for cycles among them takes a third of the
    # time.
    gc.set_threshold(500_000, 20, 100)
    incoming = sys.stdin.buffer
    outgoing = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what a function prints is no answer
    path = _next(incoming)
    if path is not None:
        sys.path[:] = pickle.loads(path)  # noqa: S301 - from our parent
    while (message := _next(incoming)) is not None:
        answer = _done(message)
        outgoing.write(len(answer).to_bytes(LENGTH, "big") + answer)
        outgoing.flush()
        _clear_up()


def _clear_up() -> None:
    """Let go of what the last function left in cycles, which would grow with every message. What
    stays is never looked at again, so that this takes no time."""
    gc.collect()
    gc.freeze()


def _next(incoming: BinaryIO) -> bytes | None:
    head = incoming.read(LENGTH)
    if len(head) < LENGTH:
        return None
    length = int.from_bytes(head, "big")
    message = incoming.read(length)
    return message if len(message) == length else None


def _done(message: bytes) -> bytes:
    try:
        function, args = pickle.loads(message)  # noqa: S301 - from our parent
        return pickle.dumps((True, function(*args)), pickle.HIGHEST_PROTOCOL)
    except BaseException as error:  # noqa: BLE001 - goes to who asked for the work
        error.add_note("".join(traceback.format_exception(error)))
        return _raised(error)


def _raised(error: BaseException) -> bytes:
    """The error pickled, or in words where it can't be."""
    try:
        pickled = pickle.dumps((False, error), pickle.HIGHEST_PROTOCOL)
        pickle.loads(pickled)  # noqa: S301 - of some errors only this shows that they can't be
    except Exception:  # noqa: BLE001 - an error may fail in any way
        words = "".join(traceback.format_exception(error))
        return pickle.dumps((False, RuntimeError(words)), pickle.HIGHEST_PROTOCOL)
    return pickled


if __name__ == "__main__":
    main()
