"""The sample company of the project, as `receive` and the routes need it."""

from pathlib import Path

import pytest

from commands.context import Context, Setup
from commands.criteria_in_force import seed
from storage import agreement_file, team_file
from storage.database import Database
from tests.conftest import Clock

ROOT = Path(__file__).parents[2]


@pytest.fixture
def setup() -> Setup:
    """The agreement and the team that the project ships."""
    return Setup(
        agreement=agreement_file.load(ROOT / "agreement.toml"),
        team=team_file.load(ROOT / "team.toml"),
    )


@pytest.fixture
async def seeded(database: Database, setup: Setup, clock: Clock) -> Database:
    """A database with the first criteria."""
    await database.write(
        lambda session: seed(Context(session=session, now=clock.now, setup=setup), ())
    )
    return database
