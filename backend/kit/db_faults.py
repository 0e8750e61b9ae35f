"""What the database complains of, in our words. Its own words repeat rows, and rows hold personal data."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import asyncpg

from backend.kit.errors import BenThuError, Conflict, Invalid, Unavailable
from backend.kit.text import Text

T = TypeVar("T")

RETRY_AFTER = 5  # seconds
UNIQUE = "23505"
LOST_RACES = {"40001", "40P01", "55P03"}  # serialization, deadlock, lock not to be had
NO_TEXT = {"22021", "22P05"}  # U+0000, in a text or in JSON
# classes of SQLSTATE: connection, resources, operator intervention (shutdown, time limit)
INTERRUPTED = {"08", "53", "57"}
SIGNS_OF_A_LOST_CONNECTION = ("closed", "closing", "released", "cannot switch to state", "not connected")
OF_OUR_SQL = "42"  # a fault in a statement: names tables and columns, never values


class DatabaseFault(BenThuError):
    """The database refused a statement: a fault of ours. Says state, table and constraint, never a value."""

    code = "database_fault"

    def __init__(self, sqlstate: str, table: str = "", constraint: str = "", message: str = "") -> None:
        super().__init__()
        self.sqlstate = sqlstate
        self.table = table
        self.constraint = constraint
        self.args = (" ".join(part for part in (self.code, sqlstate, table, constraint, message) if part),)


class Duplicate(Conflict):
    """A row with this key exists already; `constraint` says which key."""

    code = "duplicate"
    text = Text(
        "Mục này đã có rồi. Hãy tải lại trang và kiểm tra trước khi gửi lại.",
        "This exists already. Reload the page and look before you send it again.",
    )

    def __init__(self, constraint: str = "") -> None:
        super().__init__()
        self.constraint = constraint
        self.args = (f"{self.code}: {constraint}",)


class Raced(Conflict):
    """Two transactions got in each other's way and this one gave in; doing it again is safe."""

    code = "raced"


class NoText(Invalid):
    """A text holds a character no text may hold: somebody typed or sent it, no fault of ours."""

    code = "no_text"
    text = Text(
        "Nội dung có ký tự không dùng được. Hãy bỏ ký tự lạ rồi gửi lại.",
        "There is a character in it that no text may hold. Take it out and send it again.",
    )


class SharedTransaction(RuntimeError):
    """A transaction belongs to one course of action: no gather inside, no task that outlives it."""


async def guarded(call: Callable[..., Awaitable[T]], *args: Any) -> T:
    """Await `call(*args)`; a complaint of the database comes out as ours, without cause or context."""
    fault: BenThuError
    try:
        return await call(*args)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as caught:
        fault = fault_of(caught)
    raise fault  # outside of the handler: nothing of what was caught hangs on it


def fault_of(error: Exception) -> BenThuError:
    """Return the error of ours that stands for `error` of the driver."""
    if is_interruption(error):
        return Unavailable(retry_after=RETRY_AFTER)
    sqlstate: Any = getattr(error, "sqlstate", None)
    if not sqlstate:  # the driver itself: its message repeats arguments
        return DatabaseFault(type(error).__name__)
    if sqlstate == UNIQUE:
        return Duplicate(_named(error, "constraint_name"))
    if sqlstate in LOST_RACES:
        return Raced()
    if sqlstate in NO_TEXT:
        return NoText()
    message = str(error.args[0]) if sqlstate.startswith(OF_OUR_SQL) else ""
    return DatabaseFault(sqlstate, _named(error, "table_name"), _named(error, "constraint_name"), message)


def is_interruption(error: Exception) -> bool:
    """Is the database away or overloaded, rather than the statement wrong?"""
    if isinstance(error, OSError):  # includes TimeoutError
        return True
    sqlstate: Any = getattr(error, "sqlstate", None)
    if sqlstate:
        return sqlstate[:2] in INTERRUPTED
    return isinstance(error, asyncpg.InterfaceError | asyncpg.InternalClientError) and any(
        sign in str(error) for sign in SIGNS_OF_A_LOST_CONNECTION
    )


def _named(error: Exception, field: str) -> str:
    return str(getattr(error, field, None) or "")
