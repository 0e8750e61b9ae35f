"""Fitting over a cluster: offers are cut into blocks, what all must know is summed, shards are written."""

import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from matching.cluster import tasks
from matching.cluster.tasks import Ranked
from matching.fitting import BLOCK, RANGES, count, merged, shared, vocabulary_of
from matching.profiles import Offer

FORMAT = "benthu-shards-2"
MANIFEST = "shards.json"
_MERGED_AT_ONCE = 16


class Shards(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The folders of an index in shards, how many offers each has, and the sentence model all use."""

    format: str
    folders: dict[str, int]
    encoder: str | None = None


def fit_shards(
    client: Any,
    offers: Iterable[Offer],
    folder: Path,
    shards: int,
    block: int = BLOCK,
    encoder: str | None = None,
    weights: Mapping[str, float] | None = None,
) -> Shards:
    """Fit an index in a new folder, which every worker sees under the same path, whole or not at all.

    What a worker that dies has done is done again by another.

    Parameters
    ----------
    shards, block : into how many parts the index is cut, and how many offers are read at once
    encoder : the name of a sentence model that every worker has (`open_encoder`)
    weights : of the signals, instead of the fixed ones

    Raises
    ------
    FileExistsError
    ValueError : when two offers share an id
    SemanticMissing, UnknownEncoder, BadWeights
    """
    folder = folder.absolute()
    if folder.exists():
        raise FileExistsError(folder)
    draft = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        files = _cut(offers, draft / "blocks", block)
        made = _fit(client, files, draft, shards, Ranked(encoder, weights))
        shutil.rmtree(draft / "blocks")
        for left in draft.glob(".*"):  # of a worker that died while it wrote
            shutil.rmtree(left)
        (draft / MANIFEST).write_bytes(msgspec.json.encode(made))
        draft.chmod(0o755)
        draft.rename(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return made


def _cut(offers: Iterable[Offer], folder: Path, block: int) -> list[str]:
    """Write the offers as files of so many lines; there is at least one file."""
    folder.mkdir()
    known: set[str] = set()
    files: list[str] = []
    left = iter(offers)
    while (some := list(islice(left, block))) or not files:
        if len(known | {offer.id for offer in some}) < len(known) + len(some):
            raise ValueError("two offers share an id")
        known.update(offer.id for offer in some)
        file = folder / f"{len(files):06}.jsonl"
        file.write_bytes(b"\n".join(msgspec.json.encode(offer) for offer in some))
        files.append(str(file))
    return files


def _fit(client: Any, files: Sequence[str], folder: Path, shards: int, ranked: Ranked) -> Shards:
    submit = client.submit
    blocks = [submit(tasks.read, file) for file in files]
    counts = _together(client, [submit(count, block) for block in blocks])
    pieces = [submit(tasks.cut, block, counts) for block in blocks]
    ranges = [
        submit(shared, [submit(tasks.piece, one, part) for one in pieces], counts) for part in range(RANGES)
    ]
    vocabulary = submit(vocabulary_of, counts, ranges)
    sizes = client.gather([submit(tasks.size, block) for block in blocks])
    before = np.cumsum([0, *sizes]).tolist()
    samples = [
        submit(tasks.sample, block, vocabulary, first) for block, first in zip(blocks, before, strict=False)
    ]
    learnt = submit(tasks.topics, samples, vocabulary)
    meant = [submit(tasks.encoded, file, ranked.encoder) for file in files]
    cuts = np.array_split(np.arange(len(blocks)), min(shards, len(blocks)))
    names = [f"shard-{i:04}" for i in range(len(cuts))]
    made = [
        submit(
            tasks.make_shard,
            [blocks[i] for i in cut],
            [meant[i] for i in cut],
            vocabulary,
            learnt,
            ranked,
            str(folder / name),
        )
        for name, cut in zip(names, cuts, strict=True)
    ]
    return Shards(FORMAT, dict(zip(names, client.gather(made), strict=True)), ranked.encoder)


def _together(client: Any, counts: list[Any]) -> Any:
    """One count of all, merged a few at a time."""
    while len(counts) > 1:
        some = range(0, len(counts), _MERGED_AT_ONCE)
        counts = [client.submit(merged, counts[at : at + _MERGED_AT_ONCE]) for at in some]
    return counts[0]
