"""What leaves with a move: the mail to the organisation's members and the particulars of the letter."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from backend.accounts.queries import find_actor, list_memberships
from backend.applications.schemas import Application
from backend.applications.standing import Standing, standing_of
from backend.kit.outbox import enqueue, handler
from backend.kit.text import Text
from backend.ports.mailer import compose
from backend.ports.wiring import ports
from backend.settings import settings


async def tell_members(application: Application, seq: int) -> None:
    """Ask for one mail to each member, once for each line `seq` of the case's history.

    The job names the account: the address is looked up when the mail is written, so that none is kept in a
    job.
    """
    standing = standing_of(application)
    for member in await list_memberships(application.organisation_id):
        await enqueue(
            "send_mail",
            {"account": member["account"], "kind": "application_state", **_words(application, standing)},
            dedupe=f"mail:{application.id}:{seq}:{member['account']}",
        )


def _words(application: Application, standing: Standing) -> dict[str, Any]:
    state = standing.state
    path = f"cases/{application.id}" if application.number else f"applications/{application.id}"
    is_theirs = state.holder == "applicant"
    return {
        "number": application.number or "",
        "title": application.title,
        "state": state.public,
        "next": state.next,
        "is_theirs": is_theirs,
        "due": application.due_on.isoformat() if application.due_on else "",
        "link": f"{settings().public_url}/{path}",
    }


@handler("send_mail")
async def send_mail(job: dict[str, Any]) -> None:
    """Write and send one mail to one account; an account that was closed meanwhile gets none."""
    actor = await find_actor(UUID(job.pop("account")))
    if actor is None:
        return
    key = f"{job['kind']}:{actor.id}:{job.get('link')}:{job.get('state')}"
    kind = job.pop("kind")
    mail = compose(kind, actor.email, actor.lang, key, name=actor.name, **_spoken(job))
    await ports().mailer.send(mail)


def _spoken(job: dict[str, Any]) -> dict[str, Any]:
    """The words of the job, pairs of texts as such again."""
    return {
        name: Text(**value) if isinstance(value, dict) and set(value) == {"vi", "en"} else value
        for name, value in job.items()
    }


def letter(application: Application) -> dict[str, Any]:
    """What the letter issued with a move says of the case and of its clock; dates as dates."""
    standing = standing_of(application)
    clock = standing.clock
    return {
        "number": application.number,
        "title": application.title,
        "organisation": application.organisation_name,
        "programme": standing.programme.title,
        "authority": standing.programme.authority,
        "submitted_on": application.submitted_on,
        "state": standing.state.public,
        "due_on": application.due_on,
        "clock": clock
        and {
            "label": clock.label,
            "limit": clock.limit,
            "unit": clock.unit,
            "source": clock.source.title,
            "status": clock.source.status,
        },
    }
