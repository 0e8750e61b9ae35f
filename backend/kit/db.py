"""The database engine: safe transactions, one verb in one transaction, a pool that survives the server."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from functools import wraps
from types import TracebackType
from typing import Any, Literal, ParamSpec, Protocol, TypeVar, cast

import asyncpg
from piccolo.engine.finder import engine_finder
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction
from piccolo.querystring import QueryString

from backend.kit.db_faults import DatabaseFault, Duplicate, Raced, SharedTransaction, guarded
from backend.kit.errors import BenThuError, Unavailable

__all__ = ["DatabaseFault", "Duplicate", "Raced", "SharedTransaction"]  # known from here, defined beside

Isolation = Literal["read_committed", "repeatable_read", "serializable"]
STRENGTH: dict[Isolation, int] = {"read_committed": 0, "repeatable_read": 1, "serializable": 2}

RETRIES = 3
POOL_SIZE = 10
SECONDS_FOR_A_CONNECTION = 10
SECONDS_FOR_A_STATEMENT = 60
SERVER_SETTINGS = {
    "application_name": "benthu",
    "TimeZone": "UTC",
    "idle_in_transaction_session_timeout": "5min",
}

P = ParamSpec("P")
R = TypeVar("R")


class Asks(Protocol):
    """Who sends the statements of a read together with those of others: see `kit.together`."""

    home: Any

    async def run(self, query: str, arguments: Sequence[Any]) -> list[Any]:
        """The rows of a statement."""


asks: ContextVar[Asks | None] = ContextVar("asks", default=None)


class Connection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg comes without types
    """A connection that is given back without a question to the server: half of all round trips.

    What could be left on it is nothing but an open transaction, and that is still rolled back: settings are
    made for one transaction (`set local`), and nobody listens, holds an advisory lock or a cursor.
    """

    def get_reset_query(self) -> str:
        """Nothing to ask."""
        return ""


class Transaction(PostgresTransaction):
    """One transaction on one connection; inside another one, a savepoint of it.

    Mends three faults of its base: a COMMIT or BEGIN that fails gives the connection back and clears the
    context; an inner transaction that fails undoes what it did; use by two tasks at once is refused.
    """

    __slots__ = ("_busy", "_ended", "_mark", "_pool", "isolation")

    def __init__(
        self, engine: "Engine", allow_nested: bool = True, isolation: Isolation = "read_committed"
    ) -> None:
        super().__init__(engine, allow_nested)
        self.isolation = isolation
        self._busy = False
        self._ended = False
        self._mark = ""
        self._pool: Any = None

    async def __aenter__(self) -> "Transaction":
        outer = cast("Transaction | None", self._parent)
        if outer is not None:
            if STRENGTH[self.isolation] > STRENGTH[outer.isolation]:
                raise RuntimeError(f"a {self.isolation} transaction cannot join a {outer.isolation} one")
            self._mark = await outer.set_mark()
            return outer
        self.connection = await guarded(self.get_connection)
        try:
            self.transaction = self.connection.transaction(isolation=self.isolation)
            await guarded(self.transaction.start)
        except BaseException:
            await self._give_back()
            raise
        self.context = self.engine.current_transaction.set(self)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        outer = cast("Transaction | None", self._parent)
        if outer is not None:
            await outer.end_mark(self._mark, keep=error is None)
            return False
        try:
            if self._busy:  # a stray task is in the middle of a statement: nothing of this may be kept
                self.connection.terminate()
                if error is None:
                    raise SharedTransaction("a task still uses the transaction that ends")
            elif error is not None and not self._rolled_back:
                with suppress(BenThuError):  # the connection may be gone: the first error is the one to tell
                    await guarded(self.transaction.rollback)
            elif not (self._committed or self._rolled_back):
                await guarded(self.transaction.commit)
        finally:
            self._ended = True
            self.engine.current_transaction.reset(self.context)
            await self._give_back()
        return False

    async def get_connection(self) -> Any:
        self._pool = self.engine.pool  # the engine may have another one by the time this ends
        if self._pool:
            return await self._pool.acquire(timeout=SECONDS_FOR_A_CONNECTION)
        return await self.engine.get_new_connection()

    async def _give_back(self) -> None:
        """Release the connection; one that cannot be cleaned is closed by the pool: no news for anybody."""
        with suppress(asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
            if self._pool:
                await self._pool.release(self.connection)
            else:
                await self.connection.close()

    async def fetch(self, query: str, arguments: Sequence[Any] = ()) -> list[Any]:
        """Run one statement here. Raises SharedTransaction, and BenThuError for what the database refuses."""
        if self._ended:
            raise SharedTransaction("this task outlived the transaction it was started in")
        if self._busy:
            raise SharedTransaction("two tasks use one transaction at once: await them one after the other")
        self._busy = True
        try:
            return cast("list[Any]", await guarded(self.connection.fetch, query, *arguments))
        finally:
            self._busy = False

    async def set_mark(self) -> str:
        mark = f"mark_{self.get_savepoint_id()}"
        await self.fetch(f"SAVEPOINT {mark}")
        return mark

    async def end_mark(self, mark: str, *, keep: bool) -> None:
        if keep:
            await self.fetch(f"RELEASE SAVEPOINT {mark}")
        elif not self._rolled_back:
            with suppress(BenThuError):  # as above: the first error is the one to tell
                await self.fetch(f"ROLLBACK TO SAVEPOINT {mark}")
                await self.fetch(f"RELEASE SAVEPOINT {mark}")


class Engine(PostgresEngine):
    """Piccolo's engine with safe transactions. Connects when first used, never when imported."""

    def __init__(self, url: str) -> None:
        super().__init__(config={})
        self.url = url

    @property
    def url(self) -> str:
        """The address of the database, `postgresql://…`; empty while the embedded one is not started."""
        return cast("str", self.config.get("dsn", ""))

    @url.setter
    def url(self, url: str) -> None:
        self.config = {
            "dsn": url,
            "timeout": SECONDS_FOR_A_CONNECTION,
            "command_timeout": SECONDS_FOR_A_STATEMENT,
            "server_settings": SERVER_SETTINGS,
        }

    async def check_version(self) -> None:
        """Ask nothing: the base class would connect at import."""

    async def get_new_connection(self) -> Any:
        if not self.url:
            raise Unavailable
        return await asyncpg.connect(**self.config)

    def transaction(self, allow_nested: bool = True, isolation: Isolation = "read_committed") -> Transaction:
        return Transaction(self, allow_nested, isolation)

    async def run_querystring(self, querystring: QueryString, in_pool: bool = True) -> list[Any]:
        query, arguments = querystring.compile_string(engine_type=self.engine_type)
        return await self._run(query, arguments, in_pool)

    async def run_ddl(self, ddl: str, in_pool: bool = True) -> list[Any]:
        return await self._run(ddl, (), in_pool)

    async def columns_of(self, query: str) -> tuple[str, ...] | None:
        """The names of its columns; None if one is an array, which cannot be read inside of another row."""
        current = cast("Transaction | None", self.current_transaction.get())
        if current is not None:
            return await guarded(_columns_of, current.connection, query)
        if not self.pool:
            return None
        async with self.pool.acquire(timeout=SECONDS_FOR_A_CONNECTION) as connection:
            return await guarded(_columns_of, connection, query)

    async def _run(self, query: str, arguments: Sequence[Any], in_pool: bool) -> list[Any]:
        current = cast("Transaction | None", self.current_transaction.get())
        elsewhere = asks.get()
        if elsewhere is not None and elsewhere.home is current:
            return await elsewhere.run(query, arguments)
        return await self.send(query, arguments, in_pool)

    async def send(self, query: str, arguments: Sequence[Any], in_pool: bool = True) -> list[Any]:
        """Send a statement as text, with its places `$1`, `$2` and so on, to the server."""
        current = cast("Transaction | None", self.current_transaction.get())
        if current is not None:
            return await current.fetch(query, arguments)
        if in_pool and self.pool:
            return cast("list[Any]", await guarded(self._run_pooled, self.pool, query, arguments))
        return cast("list[Any]", await guarded(self._run_in_new_connection, query, arguments))

    @staticmethod
    async def _run_pooled(pool: Any, query: str, arguments: Sequence[Any]) -> Any:
        async with pool.acquire(timeout=SECONDS_FOR_A_CONNECTION) as connection:
            return await connection.fetch(query, *arguments)


async def _columns_of(connection: Any, query: str) -> tuple[str, ...] | None:
    found = (await connection.prepare(query)).get_attributes()
    return None if any(one.type.kind == "array" for one in found) else tuple(one.name for one in found)


def engine() -> Engine:
    """Return the engine of this process, the one in `backend.piccolo_conf`."""
    return cast("Engine", engine_finder())


async def open_pool(url: str = "", size: int = POOL_SIZE) -> None:
    """Open the pool of this process (web lifespan, worker, command line); `url` replaces the settings' one.

    Does not connect yet: a server that is away at the start is as good as one that goes away later.
    """
    database = engine()
    if url:
        database.url = url
    if not database.url:
        raise Unavailable
    database.pool = await asyncpg.create_pool(
        **database.config, min_size=0, max_size=size, connection_class=Connection
    )


async def close_pool() -> None:
    """Close the pool; connections still in use after ten seconds are cut."""
    database = engine()
    closing, database.pool = database.pool, None
    if closing is None:
        return
    try:
        await asyncio.wait_for(closing.close(), SECONDS_FOR_A_CONNECTION)
    except TimeoutError:
        closing.terminate()


@asynccontextmanager
async def pool(url: str = "", size: int = POOL_SIZE) -> AsyncIterator[None]:
    """Hold the pool open within; one that is open already is used and left open."""
    if engine().pool:
        yield
        return
    await open_pool(url, size)
    try:
        yield
    finally:
        await close_pool()


async def is_ready() -> bool:
    """Does the database answer?"""
    try:
        await engine().run_ddl("SELECT 1")
    except BenThuError:
        return False
    return True


_in_verb: ContextVar[bool] = ContextVar("in_verb", default=False)


def in_verb() -> bool:
    """Is a transaction of a verb open here? What must outlive a refused verb asks before it writes."""
    return _in_verb.get()


@asynccontextmanager
async def transaction(isolation: Isolation = "read_committed") -> AsyncIterator[None]:
    """The one transaction of a verb. Inside another one it joins it, and undoes its own part if it fails.

    Raises RuntimeError when it asks for a stronger isolation than the one it joins.
    """
    async with engine().transaction(isolation=isolation):
        token = _in_verb.set(True)
        try:
            yield
        finally:
            _in_verb.reset(token)


@asynccontextmanager
async def savepoint() -> AsyncIterator[None]:
    """Undo what happens inside if it raises, and keep the transaction. Raises RuntimeError outside of one."""
    database = engine()
    if not database.transaction_exists():
        raise RuntimeError("a savepoint needs an open transaction")
    async with database.transaction():
        yield


def retrying(verb: Callable[P, Awaitable[R]]) -> Callable[P, Awaitable[R]]:
    """Run `verb` again, up to three times, when its transaction gave in to another one.

    Inside an open transaction it runs once: only the outermost one can start anew.
    """

    @wraps(verb)
    async def again(*args: P.args, **kwargs: P.kwargs) -> R:
        left = 0 if engine().transaction_exists() else RETRIES
        while True:
            try:
                return await verb(*args, **kwargs)
            except Raced:
                if left == 0:
                    raise
                left -= 1
            await asyncio.sleep(random.uniform(0.01, 0.05) * (RETRIES - left))  # noqa: S311 - no secret

    return again
