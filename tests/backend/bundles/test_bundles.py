"""The evidence bundle holds everything of a case, is verified anywhere, and shows every change."""

from __future__ import annotations

import asyncio
import hashlib
import io
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from asn1crypto import pem

from backend.accounts.queries import set_active
from backend.accounts.schemas import Role
from backend.appraisals.domain import assign_appraisers, declare_conflict
from backend.bundles import domain
from backend.bundles.package import MANIFEST, SIGNATURE, Manifest, manifest_of, pack, verify
from backend.bundles.schemas import Findings
from backend.cli import main
from backend.documents.domain import list_for
from backend.kit import audit
from backend.kit.errors import NotFound
from backend.kit.outbox import work_until_empty
from backend.ports.demo_authority import DemoKeys
from backend.ports.pades import PadesSigner
from backend.ports.wiring import Ports
from backend.trials.schemas import Trial
from tests.factories.applications import Cast
from tests.factories.decisions import make_accepted
from tests.factories.web import Browser, SignIn, make_actor, sign_in

Changed = dict[str, bytes]
SIGNS = "DEMO Sở Khoa học và Công nghệ thành phố Hải Phòng"
BROKEN = "does not hold: it was changed, or nobody trusts the signer."


def unpacked(data: bytes) -> Changed:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: Changed, *more: tuple[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in [*files.items(), *more]:
            archive.writestr(name, content)
    return data.getvalue()


def said(found: Findings) -> list[str]:
    return [fault.en for fault in found.faults]


async def test_it_holds_everything_and_is_sealed(
    bundle: bytes, cast: Cast, trial: Trial, ports: Ports
) -> None:
    found = await verify(bundle, ports.signer)
    assert said(found) == []
    assert found.signature is not None
    assert (found.signature.signer, found.signature.level) == (
        SIGNS,
        "B-T",
    )
    files = unpacked(bundle)
    manifest = msgspec.json.decode(files[MANIFEST], type=Manifest)
    assert {one.path for one in manifest.files} == files.keys() - {MANIFEST, SIGNATURE}
    documents = [*await list_for(trial.application_id), *await list_for(trial.id)]
    issued = {f"documents/{one.lang}-{one.file_name}" for one in documents}
    assert {name for name in files if name.startswith("documents/")} == issued
    assert len(issued) >= 2
    assert len([name for name in files if "/as-sent/" in name]) == 3
    assert len([name for name in files if "/as-read/" in name]) == 3
    chain = await audit.entries(trial.application_id)
    history = files[f"history/{trial.application_id}.jsonl"].splitlines()
    asked = [entry for entry in chain if entry.tag == "bundle:requested"]
    assert (len(history), manifest.chains[0].digest) == (len(chain), chain[-1].digest)
    assert len(asked) == 1
    scored = msgspec.json.decode(files["appraisal.json"])
    assert [one["submitted_at"] is not None for one in scored["appraisals"]] == [True, True]
    rules = files["rules/vn-hp-248-2026-01-15.toml"]
    assert hashlib.sha256(rules).hexdigest() == manifest.rules
    assert {
        "application.json",
        "clocks.json",
        "decisions.json",
        "trial.json",
        "messages.json",
    } <= files.keys()


def openssl_verifies(folder: Path) -> bool:
    command = "cms -verify -binary -inform DER -in s -content m -CAfile root.pem -purpose any -out /dev/null"
    done = subprocess.run(["openssl", *command.split()], cwd=folder, capture_output=True, check=False)
    return done.returncode == 0 and b"successful" in done.stderr


async def test_openssl_verifies_the_manifest_too(bundle: bytes, signer: PadesSigner, tmp_path: Path) -> None:
    files = unpacked(bundle)
    root = signer._authority.trust_roots()[0]
    (tmp_path / "m").write_bytes(files[MANIFEST])
    (tmp_path / "s").write_bytes(files[SIGNATURE])
    (tmp_path / "root.pem").write_bytes(pem.armor("CERTIFICATE", root.dump()))
    assert openssl_verifies(tmp_path)
    (tmp_path / "m").write_bytes(files[MANIFEST].replace(b"sha256", b"sha257"))
    assert not openssl_verifies(tmp_path)


def _other_byte(files: Changed) -> bytes:
    return packed(files | {"application.json": files["application.json"].replace(b"granted", b"refused")})


def _missing(files: Changed) -> bytes:
    return packed({name: data for name, data in files.items() if name != "clocks.json"})


def _added(files: Changed) -> bytes:
    return packed(files | {"more.txt": b"a letter nobody wrote"})


def _same_name(files: Changed) -> bytes:
    return packed(files, ("clocks.json", files["clocks.json"]))


def _other_manifest(files: Changed) -> bytes:
    return packed(files | {MANIFEST: files[MANIFEST].replace(b'"number": "HS', b'"number": "XX')})


def _no_signature(files: Changed) -> bytes:
    return packed(files | {SIGNATURE: b"nothing"})


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (_other_byte, "application.json: its content was changed."),
        (_missing, "clocks.json: in the manifest, but not there."),
        (_added, "more.txt: not in the manifest."),
        (_same_name, "Two files of the bundle have one name."),
        (
            _other_manifest,
            f"The signature of the manifest ({SIGNS}) {BROKEN}",
        ),
        (
            _no_signature,
            f"The signature of the manifest (?) {BROKEN}",
        ),
    ],
)
async def test_every_change_is_named(
    bundle: bytes, signer: PadesSigner, change: Callable[[Changed], bytes], fault: str
) -> None:
    assert said(await verify(change(unpacked(bundle)), signer)) == [fault]


async def test_a_history_that_does_not_hold_is_named_even_under_a_good_signature(
    bundle: bytes, signer: PadesSigner, trial: Trial
) -> None:
    files = unpacked(bundle)
    manifest = msgspec.json.decode(files.pop(MANIFEST), type=Manifest)
    files.pop(SIGNATURE)
    path = f"history/{trial.id}.jsonl"
    lines = files[path].splitlines(keepends=True)
    for broken in (b"".join(lines[:-1]), b"".join(lines[1:]), b"".join(lines).replace(b"trial:", b"trail:")):
        contents = files | {path: broken}
        anew = manifest_of(
            contents,
            number=manifest.number,
            chains=manifest.chains,
            at=manifest.made_at,
            rules=manifest.rules,
        )
        found = await verify(await pack(contents, anew, signer, "Ai đó"), signer)
        assert said(found) == [f"{path}: the chain of the history does not hold."]


async def test_files_that_are_no_bundle_are_told_apart(signer: PadesSigner, bundle: bytes) -> None:
    not_one = "This file is no evidence bundle of Bến Thử."
    for data in (b"", b"PK", b"\x00" * 1000, packed({"a": b"b"}), bundle[: len(bundle) // 2]):
        assert said(await verify(data, signer)) == [not_one]
    unsigned = packed({MANIFEST: b"[]", SIGNATURE: b""})
    assert said(await verify(unsigned, signer))[-1] == not_one


async def test_another_authority_does_not_trust_it(bundle: bytes, tmp_path: Path) -> None:
    found = await verify(bundle, PadesSigner(DemoKeys(tmp_path)))
    assert [line.startswith("The signature of the manifest") for line in said(found)] == [True]


async def test_only_staff_that_may_read_the_case_may_ask(cast: Cast, trial: Trial) -> None:
    case = trial.application_id
    for actor in (cast.hoa, cast.stranger, cast.admin, await make_actor(Role.APPRAISER)):
        with pytest.raises(NotFound):
            await domain.request_bundle(actor, case)
        with pytest.raises(NotFound):
            await domain.list_bundles(actor, case)
    asked = await domain.request_bundle(cast.officer, case)
    for actor, bundle in ((cast.officer, asked), (cast.officer, uuid4()), (cast.hoa, asked)):
        with pytest.raises(NotFound):  # not made yet, unknown, not theirs
            await domain.open_bundle(actor, case, bundle)


async def test_who_is_barred_from_the_case_gets_no_bundle(cast: Cast) -> None:
    barred = await make_actor(Role.OFFICER, Role.APPRAISER)
    case = await make_accepted(cast, council=[])
    await assign_appraisers(cast.officer, case.id, [barred.id])
    await declare_conflict(barred, case.id, True, "Chồng tôi làm ở công ty này.")
    with pytest.raises(NotFound):
        await domain.request_bundle(barred, case.id)


async def test_nothing_is_made_for_an_account_closed_meanwhile(cast: Cast, trial: Trial) -> None:
    await domain.request_bundle(cast.auditor, trial.application_id)
    await set_active(cast.auditor.id, False)
    await work_until_empty()
    (one,) = await domain.list_bundles(cast.officer, trial.application_id)
    assert one.made_at is None


async def test_pages_and_interface_ask_list_and_hand_over(
    http: Browser, sign_in_as: SignIn, cast: Cast, trial: Trial
) -> None:
    await sign_in(http, cast.auditor)
    here = f"/cases/{trial.application_id}/bundles"
    assert (await http.submit(here)).status_code == 303
    assert "Đang lập" in (await http.get(here)).text
    await work_until_empty()
    (listed,) = (await http.get(f"/api/v1/applications/{trial.application_id}/bundles")).json()
    page = (await http.get(f"{here}?lang=en")).text
    assert listed["sha256"] in page
    for address in (here, f"/api/v1/applications/{trial.application_id}/bundles"):
        file = await http.get(f"{address}/{listed['id']}")
        assert (len(file.content), file.headers["content-type"]) == (listed["size"], "application/zip")
    token = {"x-csrf-token": http.token()}
    again = await http.post(f"/api/v1/applications/{trial.application_id}/bundles", headers=token)
    assert (again.status_code, len(again.json())) == (202, 2)


async def test_the_command_says_whether_a_bundle_holds(
    bundle: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str], ports: Ports
) -> None:
    async def run(data: bytes | None) -> tuple[int, str]:
        file = tmp_path / "bundle.zip"
        file.unlink(missing_ok=True)
        if data is not None:
            file.write_bytes(data)
        code = await asyncio.to_thread(main, ["bundle", "verify", str(file)])
        told = capsys.readouterr()
        return code, told.out + told.err

    code, told = await run(bundle)
    assert (code, f"signed by {SIGNS}" in told) == (0, True)
    code, told = await run(_missing(unpacked(bundle)))
    assert (code, "clocks.json: in the manifest, but not there." in told) == (1, True)
    code, told = await run(None)
    assert (code, "cannot read" in told) == (1, True)
