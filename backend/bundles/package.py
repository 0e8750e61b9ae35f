"""A bundle as one ZIP file: written, and verified by whoever has it. Knows neither database nor clock.

Beside the files lie `manifest.json` (what there is, with SHA-256) and `manifest.p7s`, a detached CMS
signature over it, which `openssl cms -verify` understands too.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise

import msgspec

from backend.bundles.schemas import FORMAT, Chain, Findings, Manifest, Sealed
from backend.kit.audit import NOTHING_BEFORE, Entry, seal
from backend.kit.text import Text
from backend.ports.signer import Signer

MANIFEST, SIGNATURE = "manifest.json", "manifest.p7s"
HISTORY = "history/"
MOST_MANIFEST = 64 * 1024 * 1024  # bytes
_PACKED = (".json", ".jsonl", ".toml", ".txt")


def manifest_of(
    contents: Mapping[str, bytes], *, number: str, chains: list[Chain], at: datetime, rules: str
) -> Manifest:
    """What lies in a bundle of these files. `chains` begins with the case; `rules` is the pinned SHA-256."""
    return Manifest(
        format=FORMAT,
        number=number,
        application=chains[0].subject,
        made_at=at,
        rules=rules,
        chains=chains,
        files=[
            Sealed(path=path, size=len(data), sha256=hashlib.sha256(data).hexdigest())
            for path, data in sorted(contents.items())
        ],
    )


async def pack(contents: Mapping[str, bytes], manifest: Manifest, signer: Signer, name: str) -> bytes:
    """The bundle as a ZIP file; `name` signs the manifest."""
    sealed = msgspec.json.format(msgspec.json.encode(manifest), indent=1)
    signature = await signer.sign_data(sealed, name)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for path, data in [(MANIFEST, sealed), (SIGNATURE, signature), *sorted(contents.items())]:
            info = zipfile.ZipInfo(path, manifest.made_at.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED if path.endswith(_PACKED) else zipfile.ZIP_STORED
            archive.writestr(info, data)
    return packed.getvalue()


async def verify(data: bytes, signer: Signer) -> Findings:
    """Everything that is wrong with a bundle, whoever made these bytes; nothing is unpacked to the disk."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return await _verify(archive, signer)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError):
        return Findings(manifest=None, signature=None, faults=[_NOT_A_BUNDLE])


async def _verify(archive: zipfile.ZipFile, signer: Signer) -> Findings:
    found = {info.filename: info for info in archive.infolist()}
    if MANIFEST not in found or SIGNATURE not in found or found[MANIFEST].file_size > MOST_MANIFEST:
        return Findings(manifest=None, signature=None, faults=[_NOT_A_BUNDLE])
    sealed = archive.read(MANIFEST)
    report = await signer.verify_data(sealed, archive.read(SIGNATURE))
    faults = [] if report.holds else [_SIGNATURE.fill(signer=report.signer or "?")]
    try:
        manifest = msgspec.json.decode(sealed, type=Manifest)
    except msgspec.DecodeError:
        return Findings(manifest=None, signature=report, faults=[*faults, _NOT_A_BUNDLE])
    if len(found) < len(archive.infolist()):
        faults.append(_TWICE)
    faults += _files(archive, found, manifest)
    if not faults:
        faults += _chains(archive, manifest)
    return Findings(manifest=manifest, signature=report, faults=faults)


def _files(
    archive: zipfile.ZipFile, found: Mapping[str, zipfile.ZipInfo], manifest: Manifest
) -> Iterator[Text]:
    """Each file is there, as sealed, and no other."""
    named = {one.path for one in manifest.files}
    for path in sorted(found.keys() - named - {MANIFEST, SIGNATURE}):
        yield _MORE.fill(path=path)
    for one in manifest.files:
        if one.path not in found:
            yield _LESS.fill(path=one.path)
        elif found[one.path].file_size != one.size or _digest(archive, one.path) != one.sha256:
            yield _CHANGED.fill(path=one.path)


def _digest(archive: zipfile.ZipFile, path: str) -> str:
    """SHA-256 of a file, a piece at a time; nothing for one whose own check sum does not hold."""
    total = hashlib.sha256()
    try:
        with archive.open(path) as file:
            while piece := file.read(1 << 20):
                total.update(piece)
    except zipfile.BadZipFile:
        return ""
    return total.hexdigest()


def _chains(archive: zipfile.ZipFile, manifest: Manifest) -> Iterator[Text]:
    """Each history is sealed from its first entry to the one the manifest names."""
    for chain in manifest.chains:
        path = f"{HISTORY}{chain.subject}.jsonl"
        lines = archive.read(path).splitlines() if path in archive.namelist() else []
        entries = [msgspec.json.decode(line, type=Entry) for line in lines]
        before = [NOTHING_BEFORE, *(entry.digest for entry in entries)]
        is_sound = all(
            entry.subject == chain.subject
            and entry.seq == number
            and entry.previous == previous
            and seal(entry) == entry.digest
            for number, (entry, (previous, _)) in enumerate(zip(entries, pairwise(before), strict=True), 1)
        )
        if not is_sound or (len(entries), before[-1]) != (chain.seq, chain.digest):
            yield _HISTORY.fill(path=path)


_NOT_A_BUNDLE = Text(
    "Tệp này không phải là bộ chứng cứ của Bến Thử.", "This file is no evidence bundle of Bến Thử."
)
_SIGNATURE = Text(
    "Chữ ký của bản kê ({signer}) không xác thực được: bản kê đã bị sửa, hoặc chứng thư không được tin cậy.",
    "The signature of the manifest ({signer}) does not hold: it was changed, or nobody trusts the signer.",
)
_TWICE = Text("Có hai tệp cùng tên trong bộ.", "Two files of the bundle have one name.")
_MORE = Text("{path}: không có trong bản kê.", "{path}: not in the manifest.")
_LESS = Text("{path}: có trong bản kê nhưng thiếu tệp.", "{path}: in the manifest, but not there.")
_CHANGED = Text("{path}: nội dung đã bị thay đổi.", "{path}: its content was changed.")
_HISTORY = Text("{path}: chuỗi lịch sử không nguyên vẹn.", "{path}: the chain of the history does not hold.")
