"""Several reads in one round trip to the database.

    async with together() as reads:
        files = reads.ask(files_of(case))
        notices = reads.ask(notices_of(case))
    show(files.result(), notices.result())

The reads are ordinary functions and know nothing of it. Each runs until it asks the database; when all of
them wait, what they ask is sent as one statement, and so on until all have ended.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine, Sequence
from contextvars import copy_context
from types import TracebackType
from typing import Any, NamedTuple, TypeVar

from backend.kit.db import asks, engine

T = TypeVar("T")
KNOWN = 500
_PLACE = re.compile(r"\$(\d+)")
_columns: dict[str, tuple[str, ...] | None] = {}
"""The names of the columns of a statement, which the rows of a row do not carry; None: it goes alone."""


class Question(NamedTuple):
    """A statement somebody waits for."""

    query: str
    arguments: Sequence[Any]
    answer: asyncio.Future[list[Any]]


class Together:
    """The reads that go together, in the transaction there is, if there is one."""

    def __init__(self) -> None:
        self.home = engine().current_transaction.get()
        self._tasks: list[asyncio.Task[Any]] = []
        self._waiting: list[Question] = []
        self._moved = asyncio.Event()

    def ask(self, read: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Let a read begin; its result is there when the block has ended."""
        context = copy_context()
        context.run(asks.set, self)
        task = asyncio.get_running_loop().create_task(read, context=context)
        task.add_done_callback(lambda _: self._moved.set())
        self._tasks.append(task)
        return task

    async def run(self, query: str, arguments: Sequence[Any]) -> list[Any]:
        """Called by the engine: one of the reads asks something."""
        question = Question(query, arguments, asyncio.get_running_loop().create_future())
        self._waiting.append(question)
        self._moved.set()
        return await question.answer

    async def __aenter__(self) -> Together:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        try:
            while error is None and (running := sum(not task.done() for task in self._tasks)):
                if len(self._waiting) < running:
                    self._moved.clear()
                    await self._moved.wait()
                else:
                    asked, self._waiting = self._waiting, []
                    await _answer(asked)
        finally:
            for task in self._tasks:
                task.cancel()
            ended = await asyncio.gather(*self._tasks, return_exceptions=True)
        failed = [one for one in ended if isinstance(one, BaseException)]
        if error is None and failed:
            raise failed[0]


def together() -> Together:
    """A block whose reads share their round trips. Raises what the first read that fails raises."""
    return Together()


async def _answer(asked: Sequence[Question]) -> None:
    """Answer all; what cannot be asked together goes one after the other."""
    try:
        known = [(one, await _columns_of(one.query)) for one in asked]
        joint = [(one, names) for one, names in known if names is not None]
        if len(joint) > 1:
            await _answer_jointly(joint)
        for one in asked:
            if not one.answer.done():
                one.answer.set_result(await engine().send(one.query, one.arguments))
    except Exception as error:  # every one of them would have met it
        for one in asked:
            if not one.answer.done():
                one.answer.set_exception(error)


async def _answer_jointly(asked: Sequence[tuple[Question, tuple[str, ...]]]) -> None:
    parts: list[str] = []
    arguments: list[Any] = []
    for place, (one, _) in enumerate(asked):
        query = _moved_on(one.query, len(arguments))
        parts.append(f"(select array_agg(r) from ({query}) r) as p{place}")  # noqa: S608 - as it was asked
        arguments += one.arguments
    (row,) = await engine().send(f"select {', '.join(parts)}", arguments)
    for place, (one, names) in enumerate(asked):
        one.answer.set_result([dict(zip(names, values, strict=True)) for values in row[f"p{place}"] or []])


def _moved_on(query: str, by: int) -> str:
    """The statement with its places `$1`, `$2` … moved behind those of others."""
    return _PLACE.sub(lambda found: f"${int(found[1]) + by}", query)


async def _columns_of(query: str) -> tuple[str, ...] | None:
    """The names of the columns, asked once for each statement; None for what is no read or holds arrays."""
    if query not in _columns:
        if len(_columns) >= KNOWN:
            _columns.clear()
        is_read = query.lstrip()[:6].lower() == "select"
        _columns[query] = await engine().columns_of(query) if is_read else None
    return _columns[query]
