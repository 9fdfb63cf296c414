"""A company to tell stories about."""

import pytest

from storage.database import Database
from tests.commands.story import Story, setup_of
from tests.conftest import Clock


@pytest.fixture
async def story(database: Database, clock: Clock) -> Story:
    """Three reps, a manager, a marketer and an admin; Monday, 11:00 in Madrid."""
    begun = Story(database=database, clock=clock, setup=setup_of())
    await begun.begin()
    return begun
