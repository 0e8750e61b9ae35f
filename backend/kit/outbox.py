"""Work for after the commit: asked for in the verb's transaction, done once, tried again if it fails."""

import asyncio
import logging
import traceback
from collections.abc import Awaitable, Callable, Collection, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from backend.kit.clock import LOCAL, now
from backend.kit.db import savepoint, transaction
from backend.kit.errors import BenThuError, NotFound, Unavailable
from backend.kit.tables import OutboxJob

Handler = Callable[[dict[str, Any]], Awaitable[None]]

ATTEMPTS = 54
DELAYS = [
    30,
    90,
    270,
    810,
    2430,
    3600,
]  # seconds, then by the hour: two days without a mail server are survived
HANDLER_SECONDS = 120
POLL_SECONDS = 1.0
KEEP_DONE = timedelta(days=90)
ROOT = Path(__file__).parents[2]
BACKEND = ROOT / "backend"

log = logging.getLogger(__name__)
_handlers: dict[str, Handler] = {}
_recurring: dict[str, timedelta] = {}


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job as people see it who look after the outbox."""

    id: UUID
    kind: str
    attempts: int
    error: str | None
    asked_at: datetime
    dead_at: datetime | None


class NoHandler(BenThuError):
    """Nobody in this process knows how to do jobs of this kind."""

    code = "no_handler"


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of `kind`. Raises ValueError when there is one already.

    It runs in a transaction: what it writes and "done" are committed together. It may run again after a
    crash, so what it does outside of the database must bear being done twice.
    """

    def register(work: Handler) -> Handler:
        if _handlers.setdefault(kind, work) is not work:
            raise ValueError(f"jobs of kind {kind} have a handler already")
        return work

    return register


def every(kind: str, period: timedelta) -> None:
    """Let a job of `kind` (payload `{"from": moment}`) be done once in each `period` of local time."""
    _recurring[kind] = period


async def enqueue(
    kind: str, payload: Mapping[str, Any], *, dedupe: str | None = None, due: datetime | None = None
) -> bool:
    """Ask for a job in the caller's transaction. Return False when `dedupe` was asked for before.

    A key is remembered for 90 days after its job was done.
    """
    asked = now()
    job = OutboxJob(
        kind=kind,
        payload=msgspec.to_builtins(dict(payload), str_keys=True),
        dedupe=dedupe,
        asked_at=asked,
        due_at=due or asked,
    )
    written = await OutboxJob.insert(job).on_conflict(target=OutboxJob.dedupe, action="DO NOTHING")
    return bool(written)


async def work_one(kinds: Collection[str] = (), *, newest: bool = False) -> bool:
    """Do the job that is due first (`newest`: last) and in nobody's hands. Return False if there is none.

    With `kinds`, jobs of these kinds alone.
    """
    job: OutboxJob | None = None
    try:
        async with transaction():
            job = await _take(kinds, newest)
            if job is None:
                return False
            try:
                async with savepoint(), asyncio.timeout(HANDLER_SECONDS):
                    await _handler_of(job.kind)(_payload(job))
            except Exception as error:  # whatever it was: the others must go on
                await _put_back(job, error)
            else:
                await OutboxJob.update({OutboxJob.done_at: now()}).where(OutboxJob.id == job.id)
    except Unavailable:
        raise
    except BenThuError as error:  # refused at the commit, by a deferred constraint
        if job is None:
            raise
        await _put_back(job, error)
    return True


async def work_until_empty(kinds: Collection[str] = ()) -> int:
    """Do all jobs (of these kinds) that are due (tests, seeding); return how many were tried."""
    tried = 0
    while await work_one(kinds):
        tried += 1
    return tried


async def run_worker(stop: asyncio.Event) -> None:
    """Do jobs until `stop` is set. An unreachable database is waited for.

    Every second job is the newest one: behind a long queue somebody may be waiting for their receipt.
    Start it in an empty context: `create_task(…, context=contextvars.Context())`.
    """
    newest = False
    while not stop.is_set():
        newest = not newest
        try:
            await enqueue_recurring()
            worked = await work_one(newest=newest)
        except Exception as error:  # the worker outlives everything but its end
            log.warning("outbox: %s", describe(error))
            worked = False
        if not worked:
            await _pause(stop)


async def enqueue_recurring() -> None:
    """Ask for the recurring jobs of the present periods; each has one key, so one row."""
    for kind, period in _recurring.items():
        start = period_start(now(), period)
        key = f"every:{kind}:{start.isoformat()}"
        if not await OutboxJob.exists().where(OutboxJob.dedupe == key):
            await enqueue(kind, {"from": start}, dedupe=key)


def period_start(moment: datetime, period: timedelta) -> datetime:
    """Return when the `period` began that `moment` lies in; days begin at midnight in Việt Nam."""
    epoch = datetime(2024, 1, 1, tzinfo=LOCAL)  # a Monday: weeks begin where people expect it
    return epoch + (moment - epoch) // period * period


async def dead_jobs() -> list[Job]:
    """Return the jobs that were given up, the latest first."""
    rows = (
        await OutboxJob.select(*(getattr(OutboxJob, name) for name in Job.__struct_fields__))
        .where(OutboxJob.dead_at.is_not_null())
        .order_by(OutboxJob.dead_at, ascending=False)
    )
    return [Job(**row) for row in rows]


async def revive(job: UUID) -> None:
    """Let a job that was given up be tried again from the start. Raises NotFound."""
    revived = (
        await OutboxJob.update({OutboxJob.dead_at: None, OutboxJob.attempts: 0, OutboxJob.due_at: now()})
        .where((OutboxJob.id == job) & OutboxJob.dead_at.is_not_null())
        .returning(OutboxJob.id)
    )
    if not revived:
        raise NotFound


def describe(error: BaseException) -> str:
    """Say what failed and where, without the message: it may repeat an address or a row."""
    kind = error.code if isinstance(error, BenThuError) else type(error).__name__
    places = [(Path(frame.filename), frame.lineno) for frame in traceback.extract_tb(error.__traceback__)]
    ours = [f" at {file.relative_to(ROOT)}:{line}" for file, line in places if file.is_relative_to(BACKEND)]
    return kind + (ours[-1] if ours else "")


async def _take(kinds: Collection[str], newest: bool) -> OutboxJob | None:
    is_due = OutboxJob.done_at.is_null() & OutboxJob.dead_at.is_null() & (OutboxJob.due_at <= now())
    job: OutboxJob | None = (
        await OutboxJob.objects()
        .where(is_due & OutboxJob.kind.is_in(list(kinds)) if kinds else is_due)
        .order_by(OutboxJob.due_at, ascending=not newest)
        .lock_rows("UPDATE", skip_locked=True)
        .limit(1)
        .first()
    )
    return job


def _payload(job: OutboxJob) -> dict[str, Any]:
    payload: dict[str, Any] = msgspec.json.decode(job.payload)
    return payload


def _handler_of(kind: str) -> Handler:
    try:
        return _handlers[kind]
    except KeyError:
        raise NoHandler from None


async def _put_back(job: OutboxJob, error: BaseException) -> None:
    """Let the job wait, longer each time, and give it up after the last attempt."""
    attempts = job.attempts + 1
    values: dict[Any, Any] = {OutboxJob.attempts: attempts, OutboxJob.error: describe(error)}
    if attempts >= ATTEMPTS:
        values[OutboxJob.dead_at] = now()
        log.error("outbox: gave up %s after %s attempts: %s", job.kind, attempts, describe(error))
    else:
        values[OutboxJob.due_at] = now() + timedelta(seconds=DELAYS[min(attempts, len(DELAYS)) - 1])
    await OutboxJob.update(values).where((OutboxJob.id == job.id) & (OutboxJob.attempts == job.attempts))


async def _pause(stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), POLL_SECONDS)
    except TimeoutError:
        return


@handler("outbox:sweep")
async def sweep(_payload: dict[str, Any]) -> None:
    """Forget jobs done long ago."""
    await OutboxJob.delete().where(OutboxJob.done_at < now() - KEEP_DONE)


every("outbox:sweep", timedelta(days=1))
