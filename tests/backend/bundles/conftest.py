"""A granted case, ports with a real signer, and a bundle of that case."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from msgspec.structs import replace

from backend.bundles import domain
from backend.kit.clock import Frozen
from backend.kit.db import Engine
from backend.kit.outbox import dead_jobs, work_until_empty
from backend.ports.demo_authority import DemoKeys
from backend.ports.pades import PadesSigner
from backend.ports.signer import NullSigner
from backend.ports.wiring import Ports, null_ports, using
from backend.trials.schemas import Trial
from tests.factories.applications import Cast, make_cast
from tests.factories.trials import make_trial


@pytest.fixture(scope="session")
def signer(tmp_path_factory: pytest.TempPathFactory) -> PadesSigner:
    """One authority for all tests of bundles: making keys takes a while."""
    return PadesSigner(DemoKeys(tmp_path_factory.mktemp("authority")))


class DataSigner(NullSigner):
    """Signs manifests; PDFs stay unsigned, for here nobody renders any."""

    def __init__(self, real: PadesSigner) -> None:
        self.sign_data, self.verify_data = real.sign_data, real.verify_data  # type: ignore[method-assign]


@pytest.fixture
def ports(signer: PadesSigner) -> Iterator[Ports]:
    """Ports that reach nothing but sign manifests."""
    with using(replace(null_ports(), signer=DataSigner(signer))) as replaced:
        yield replaced


@pytest.fixture
async def cast(db: Engine, ports: Ports, frozen_clock: Frozen) -> Cast:
    return await make_cast()


@pytest.fixture
async def trial(cast: Cast) -> Trial:
    """A case that went the whole way, with all its documents."""
    trial = await make_trial(cast)
    await work_until_empty()
    return trial


@pytest.fixture
async def bundle(cast: Cast, trial: Trial) -> bytes:
    """The ZIP file an auditor asked for."""
    asked = await domain.request_bundle(cast.auditor, trial.application_id)
    await work_until_empty()
    assert await dead_jobs() == []
    return (await domain.open_bundle(cast.auditor, trial.application_id, asked))[1]
