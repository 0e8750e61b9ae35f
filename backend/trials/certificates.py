"""The certificate of a trial that ran to its last permitted day, its QR code readable without a network."""

from __future__ import annotations

from uuid import UUID

from backend.decisions import domain as decisions
from backend.documents import domain as documents
from backend.documents import offline
from backend.documents.kinds import get_kind
from backend.kit import audit
from backend.kit.clock import local, today
from backend.ports.wiring import ports
from backend.programmes import domain as programmes
from backend.settings import settings
from backend.trials.labels import MACHINE
from backend.trials.schemas import Trial

CERTIFICATE = "certificate"


async def certify(trial: Trial, transition: str, actor: UUID) -> None:
    """Request the certificate with the step that ends the trial, in the transaction of that step.

    A trial that ended before its last day was not completed and gets none.
    """
    decision = await decisions.signed_decision(trial.application_id)
    if today() < trial.ends_on or decision is None or decision.document_id is None:
        return
    grant = await documents.get_document(decision.document_id)
    programme = programmes.pinned(trial.pin)
    source = programme.sources[programme.machines[MACHINE].transitions[transition].source]
    started = [one.at for one in await audit.entries(trial.id) if one.data.get("from") == _first_state(trial)]
    context = {
        "trial_number": trial.number,
        "holder": trial.organisation_name,
        "title": trial.title,
        "programme": programme.title,
        "started_on": local(started[0]).date() if started else trial.starts_on,
        "ended_on": today(),
        "decision_number": grant.number or "",
        "decision_dated_on": grant.dated_on,
        "source": {"title": source.title, "confirmed": source.confirmed, "note": source.note},
    }
    said = {key: str(context[key]) for key in ("trial_number", "holder", "title", "started_on", "ended_on")}
    said["decision_number"] = str(context["decision_number"])
    seal = await ports().signer.seal(offline.as_bytes(said), get_kind(CERTIFICATE).agency.signs_as)
    address = f"{settings().public_url}/register/{trial.number}"
    await documents.request_document(
        CERTIFICATE,
        trial.id,
        pin=trial.pin,
        context={**context, "offline": offline.as_text(address, said, offline.raw_signature(seal))},
        public=True,
        actor=actor,
    )


def _first_state(trial: Trial) -> str:
    return programmes.pinned(trial.pin).machines[MACHINE].start
