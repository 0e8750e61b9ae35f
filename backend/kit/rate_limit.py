"""Limits that hold for all processes together: one row a key, one statement a hit."""

import hashlib
import hmac
from datetime import timedelta
from typing import Any

from backend.kit.clock import now
from backend.kit.db import in_verb
from backend.kit.errors import TooMany
from backend.kit.outbox import every, handler
from backend.kit.tables import RateLimit
from backend.settings import settings

COUNT = """
    INSERT INTO rate_limit AS kept (key, hits, ends_at) VALUES ({}, 1, {})
    ON CONFLICT (key) DO UPDATE SET
        hits = CASE WHEN kept.ends_at <= {} THEN 1 ELSE kept.hits + 1 END,
        ends_at = CASE WHEN kept.ends_at <= {} THEN excluded.ends_at ELSE kept.ends_at END
    RETURNING hits, ends_at"""


async def hit(key: str, limit: int, per_seconds: int) -> None:
    """Count one use of `key`. Raises TooMany beyond `limit` uses in a window that opens with the first one.

    Call it before the verb: in its transaction a refusal would take back the count, so that is a
    RuntimeError.
    """
    if in_verb():
        raise RuntimeError("count before the verb opens its transaction, or a refusal undoes the count")
    moment = now()
    window = timedelta(seconds=per_seconds)
    (row,) = await RateLimit.raw(COUNT, _digest(key), moment + window, moment, moment)
    if row["hits"] > limit:
        raise TooMany(retry_after=max(1, round((row["ends_at"] - moment).total_seconds())))


def _digest(key: str) -> str:
    """Return `key` so that nobody can guess addresses back from the table."""
    return hmac.digest(settings().secret.encode(), key.encode(), hashlib.sha256).hex()


@handler("rate_limit:sweep")
async def sweep(_payload: dict[str, Any]) -> None:
    """Forget windows that have ended."""
    await RateLimit.delete().where(RateLimit.ends_at <= now())


every("rate_limit:sweep", timedelta(hours=1))
