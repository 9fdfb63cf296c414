"""`python -m storage.migrations "add a column"` writes the next migration from the tables."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command

from storage.engines import address_of, connect
from storage.migrations.versioning import config, upgrade


def write_migration(message: str) -> None:
    """Compare a fresh database at the newest version with the tables, and write the difference."""
    with TemporaryDirectory() as folder:
        address = address_of(f"sqlite:///{Path(folder) / 'fresh.db'}")
        upgrade(address)
        engine = connect(address, threads=1, writes=True)
        with engine.connect() as connection:
            command.revision(config(connection), message=message, autogenerate=True)
        engine.dispose()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit('Say what changes: python -m storage.migrations "add a column"')
    write_migration(sys.argv[1])
