"""A company to decide on criteria in."""

import pytest

from storage.database import Database
from tests.commands.learning.proposing import begin
from tests.commands.story import Story
from tests.conftest import Clock


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either_database(request: pytest.FixtureRequest) -> Database:
    """Both databases, one after the other."""
    name = "database" if request.param == "sqlite" else "postgres"
    found: Database = request.getfixturevalue(name)
    return found


@pytest.fixture
async def story(database: Database, clock: Clock) -> Story:
    """Three reps, a manager, two marketers and an admin."""
    return await begin(database, clock)
