"""The inbound side of Teams for tests that need nothing special of it."""

from collections.abc import AsyncIterator

import pytest

from commands.context import Setup
from storage.database import Database
from tests.bot.conftest import setup
from tests.conftest import Clock
from tests.teams.inbound import Inside, inbound_side

__all__ = ["setup"]


@pytest.fixture
async def inside(database: Database, clock: Clock, setup: Setup) -> AsyncIterator[Inside]:
    """Baton's inbound side with a rep, a manager and a guest."""
    async with inbound_side(database, clock, setup) as side:
        yield side
