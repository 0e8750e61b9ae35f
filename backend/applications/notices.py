"""The mail that tells the members of an organisation how their case stands."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from msgspec import Struct

from backend.accounts.queries import find_actor, list_memberships
from backend.applications.schemas import Application
from backend.applications.standing import standing_of
from backend.kit.outbox import enqueue, handler
from backend.kit.text import Text
from backend.ports.mailer import compose
from backend.ports.wiring import ports
from backend.settings import settings


class News(Struct, frozen=True, kw_only=True):
    """What a mail beside the change of a state says."""

    headline: Text
    happened: Text
    todo: Text | None = None


async def tell_of(
    application: Application,
    news: News,
    due_on: date | None,
    key: str,
    *,
    accounts: Collection[UUID] | None = None,
) -> None:
    """Ask for one mail to each member (or to these accounts) about the case, once for each `key`."""
    if accounts is None:
        members = await list_memberships(application.organisation_id)
        accounts = [member["account"] for member in members]
    words = {
        "headline": Text(
            f"{application.number}: {news.headline.vi}", f"{application.number}: {news.headline.en}"
        ),
        "happened": news.happened,
        "todo": news.todo,
        "due": due_on,
        "link": f"{settings().public_url}/cases/{application.id}",
    }
    for account in accounts:
        own = f"{key}:{account}"
        job = {"account": account, "template": "notice", "key": own, "words": words}
        await enqueue("send_mail", job, dedupe=own)


async def tell_members(application: Application, due_on: date | None, seq: int) -> None:
    """Ask for one mail to each member, once for each line `seq` of the case's history.

    The job names the account: the address is looked up when the mail is written, so that none is kept in a
    job.
    """
    words = _words(application, due_on)
    for member in await list_memberships(application.organisation_id):
        key = f"application_state:{application.id}:{seq}:{member['account']}"
        job = {"account": member["account"], "template": "application_state", "key": key, "words": words}
        await enqueue("send_mail", job, dedupe=key)


def _words(application: Application, due_on: date | None) -> dict[str, Any]:
    state = standing_of(application).state
    path = f"cases/{application.id}" if application.number else f"applications/{application.id}"
    return {
        "number": application.number or "",
        "title": application.title,
        "state": state.public,
        "next": state.next,
        "is_theirs": state.holder == "applicant",
        "due": due_on,
        "link": f"{settings().public_url}/{path}",
    }


@handler("send_mail")
async def send_mail(job: dict[str, Any]) -> None:
    """Write and send one mail to one account; an account that was closed meanwhile gets none."""
    actor = await find_actor(UUID(job["account"]))
    if actor is None:
        return
    words = {name: _spoken(value) for name, value in job["words"].items()}
    due = words.pop("due")
    words["due"] = date.fromisoformat(due) if due else None
    mail = compose(job["template"], actor.email, actor.lang, job["key"], name=actor.name, **words)
    await ports().mailer.send(mail)


def _spoken(value: Any) -> Any:
    """A pair of texts as such again; the job carried it as plain data."""
    return Text(**value) if isinstance(value, dict) else value
