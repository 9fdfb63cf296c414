"""The outbox worker as a task that never ends unnoticed."""

import asyncio
import logging

from jobs.outbox_worker import OutboxWorker

log = logging.getLogger(__name__)


class DeliveryEnded(Exception):
    """The outbox isn't delivered any more, for a reason that waiting doesn't mend."""


def deliver(worker: OutboxWorker) -> asyncio.Task[None]:
    """Run the worker until the task is cancelled. Should it fail, that is logged, the calling task
    is cancelled, and who awaits this one gets DeliveryEnded: a Baton that takes clicks and tells
    nobody would look alive."""
    caller = asyncio.current_task()

    def stop_caller(task: asyncio.Task[None]) -> None:
        if caller and not task.cancelled() and task.exception():
            caller.cancel()

    task = asyncio.create_task(_run(worker))
    task.add_done_callback(stop_caller)
    return task


async def _run(worker: OutboxWorker) -> None:
    try:
        await worker.run()
    except Exception as error:
        log.critical("outbox_worker_failed", exc_info=True)
        raise DeliveryEnded(f"the outbox worker failed: {error!r}") from error
