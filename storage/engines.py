"""How each database is connected to."""

import psycopg
from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, ExceptionContext
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry


class UnknownDatabase(Exception):
    """The address of the database can't be used."""


def address_of(url: str) -> URL:
    """The address in `url`, `sqlite:///file` or `postgresql+psycopg://…`; else UnknownDatabase."""
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise UnknownDatabase("the address can't be read; try sqlite:///baton.db") from error
    if address.drivername in {"postgresql", "postgres"}:
        address = address.set(drivername="postgresql+psycopg")
    if address.drivername not in {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}:
        raise UnknownDatabase(f"{address.drivername} isn't supported: use SQLite or PostgreSQL")
    if is_sqlite(address) and address.database in {None, "", ":memory:"}:
        raise UnknownDatabase("SQLite needs a file, which several threads can share")
    return address


def is_sqlite(address: URL) -> bool:
    """Whether this is a file of SQLite."""
    return address.get_backend_name() == "sqlite"


def connect(address: URL, *, threads: int, writes: bool) -> Engine:
    """An engine for this many threads; where it doesn't write, the database refuses writes."""
    if is_sqlite(address):
        return _sqlite(address, threads, writes=writes)
    engine = create_engine(
        address,
        # Prepared statements break behind poolers and across migrations.
        connect_args={"prepare_threshold": None},
        hide_parameters=True,  # errors are logged, lead data is not
        execution_options={} if writes else {"postgresql_readonly": True},
        isolation_level="READ COMMITTED" if writes else "REPEATABLE READ",
        pool_size=threads,
        max_overflow=0,
        pool_pre_ping=True,
    )
    event.listen(engine, "handle_error", _without_values)
    return engine


def _without_values(context: ExceptionContext) -> None:
    """Leave of a message of PostgreSQL its code and first line: the further lines (DETAIL,
    CONTEXT) quote the row. The errors themselves are changed, as both are logged."""
    error, wrapped = context.original_exception, context.sqlalchemy_exception
    if isinstance(error, psycopg.Error) and error.diag.message_primary:
        error.args = (f"{error.sqlstate} {error.diag.message_primary}",)
        if wrapped is not None:
            wrapped.args = (f"({type(error).__name__}) {error}",)


def _sqlite(address: URL, threads: int, *, writes: bool) -> Engine:
    engine = create_engine(
        address,
        # None: we begin transactions ourselves, the driver's own way loses concurrent updates.
        connect_args={"isolation_level": None, "check_same_thread": False},
        hide_parameters=True,  # errors are logged, lead data is not
        pool_size=threads,
        max_overflow=0,
    )

    @event.listens_for(engine, "connect")
    def configure(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA busy_timeout = 10000")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")  # NORMAL can lose the last commits
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA query_only = {'OFF' if writes else 'ON'}")
        cursor.close()

    def begin(connection: DBAPIConnection) -> None:
        cursor = connection.cursor()
        cursor.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
        cursor.close()

    # Not by a listener: an engine that has one looks for listeners at every statement.
    engine.dialect.do_begin = begin  # type: ignore[assignment, method-assign]
    return engine
