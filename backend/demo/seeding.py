"""Fills an empty registry with a living city, in one transaction: all of it is there, or nothing."""

from __future__ import annotations

import time
from datetime import date, timedelta
from random import Random
from uuid import UUID

from backend.accounts.queries import list_accounts
from backend.demo.cases import GENERAL, CaseStory
from backend.demo.cast import Cast
from backend.demo.coworkers import tell_coworkers
from backend.demo.desk import arrange_work, name_the_superior, tell_nights
from backend.demo.partners import MarketStory
from backend.demo.plan import plan_cases
from backend.demo.questions import tell_questions
from backend.demo.stage import OfficeDays, Pace, Story, play
from backend.demo.trials import tell_case
from backend.kit import audit
from backend.kit.clock import frozen, today
from backend.kit.db import engine
from backend.kit.errors import BenThuError, Conflict
from backend.kit.text import Text
from backend.matchmaking.index import fit_index
from backend.programmes import domain as programmes

SEED = 20261123
MARKER = UUID("d3300000-0000-4000-8000-000000000001")
"""The subject of the line in the audit chain that says: this registry holds example data."""
LEAST_DAYS = 190  # working days the stories need
TELL_EVERY = 400


class NotEmpty(BenThuError):
    """Example data and real data do not mix."""

    code = "registry_not_empty"
    text = Text(
        "Cơ sở dữ liệu này đã có tài khoản nên không nạp dữ liệu mẫu. "
        "Dùng thư mục dữ liệu khác: BENTHU_DATA=var-demo benthu serve --demo",
        "This registry has accounts already, so no example data is loaded. "
        "Use another data folder: BENTHU_DATA=var-demo benthu serve --demo",
    )


class TooEarly(BenThuError):
    """The rules are not in force for long enough to tell a year of stories."""

    code = "too_early_for_example_data"
    text = Text(
        "Quy định có hiệu lực chưa đủ lâu so với đồng hồ máy. Kiểm tra ngày của máy.",
        "By the clock of this machine the rules have not been in force long enough. Check its date.",
    )


async def seed() -> None:
    """Load the example data unless it is there. Broken off, it leaves nothing and can be run again.

    Raises NotEmpty, TooEarly, and Conflict when another process is loading it too.
    """
    if await audit.entries(MARKER):
        return
    if (await list_accounts(1)).total:
        raise NotEmpty
    started = time.monotonic()
    _say("Đang nạp dữ liệu mẫu (hư cấu), khoảng một phút", "Loading fictional example data, about a minute")
    # not the transaction of a verb: verbs count their tries outside of their own, and that is this one
    async with engine().transaction():
        entry = await audit.record(MARKER, "demo:loaded", None, {"seed": SEED})
        if entry.seq > 1:  # somebody else loaded it while we waited
            raise Conflict
        await _fill()
    seconds = round(time.monotonic() - started)
    _say(f"Đã nạp dữ liệu mẫu trong {seconds} giây", f"Example data loaded in {seconds} seconds")


async def _fill() -> None:
    random = Random(SEED)  # noqa: S311 - no secret
    days = _office_days()
    cast = Cast(random)
    opening = Pace(days, -len(days), random).now - timedelta(days=1)
    with frozen(opening):
        await cast.hire()
        await name_the_superior(cast)
    cases = plan_cases(days, random)
    stories: list[Story] = []
    for case in cases:
        own = Random(random.random())  # noqa: S311 - each story its own dice: their order does not matter
        stories.append(tell_case(CaseStory(case, cast, Pace(days, case.first, own), own), days))
    stories.append(tell_questions(cast, Pace(days, -8, Random(SEED))))  # noqa: S311
    stories.append(tell_coworkers(cast, Pace(days, -6, Random(SEED))))  # noqa: S311
    stories += MarketStory(cast, days, Random(SEED)).stories()  # noqa: S311
    stories.append(tell_nights(days))
    await play(stories, _tell_progress)
    await arrange_work(cast)
    await fit_index({})


def _office_days() -> OfficeDays:
    """The working days of the last year on which the rules were in force. Raises TooEarly."""
    since = max(_in_force_since(), today() - timedelta(days=365))
    days = OfficeDays(since, today())
    if len(days) < LEAST_DAYS:
        raise TooEarly
    return days


def _in_force_since() -> date:
    return min(one.pin.in_force for one in programmes.rules().all() if one.key == GENERAL)


def _tell_progress(acts: int) -> None:
    if acts % TELL_EVERY == 0:
        _say(f"  … {acts} việc", f"{acts} acts")


def _say(vi: str, en: str) -> None:
    print(f"{vi} / {en}", flush=True)
