from pathlib import Path

import pytest

from matching import Evidence, Matcher, Need, Offer, SkillGraph
from matching.artefact import load, save
from matching.errors import BadArtefact


@pytest.fixture
def matcher(graph: SkillGraph, offers: tuple[Offer, ...], layers: tuple[Evidence, ...]) -> Matcher:
    return Matcher.fit([*offers, Offer(id="many", evidence=layers)], graph)


def test_a_loaded_matcher_answers_as_the_saved_one(
    matcher: Matcher, need: Need, graph: SkillGraph, tmp_path: Path
):
    save(matcher, tmp_path / "index")
    again = load(tmp_path / "index", graph)
    assert again.signals == matcher.signals
    for asked in (need, Need(id="t", text="etching of layer3 in subject ax")):
        assert again.match(asked, 0) == matcher.match(asked, 0)


def test_the_curated_graph_is_the_default(matcher: Matcher, tmp_path: Path):
    save(matcher, tmp_path / "index")
    assert load(tmp_path / "index").graph.keys == matcher.graph.keys


def test_no_file_is_a_pickle(matcher: Matcher, tmp_path: Path):
    save(matcher, tmp_path / "index")
    assert {file.suffix for file in (tmp_path / "index").iterdir()} == {".npy", ".json"}


def test_a_folder_is_never_overwritten(matcher: Matcher, tmp_path: Path):
    with pytest.raises(FileExistsError):
        save(matcher, tmp_path)


def test_nothing_is_left_of_a_save_that_fails(matcher: Matcher, tmp_path: Path):
    matcher.corpus.offers.append(object())  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        save(matcher, tmp_path / "index")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("words.data.npy", b"\x93NUMPY rubbish", "words.data.npy is missing or damaged"),
        ("stems.json", b"[]", "stems.json is missing or damaged"),
        ("ids.letters.npy", None, "ids.letters.npy is missing or damaged"),
        ("manifest.json", None, "no readable manifest"),
        ("manifest.json", b"{}", "no readable manifest"),
        ("manifest.json", b'{"format": "old", "about": {}, "files": {}}', "its format is old"),
    ],
)
def test_a_damaged_or_foreign_artefact_is_refused_with_the_reason(
    name: str, content: bytes | None, reason: str, matcher: Matcher, graph: SkillGraph, tmp_path: Path
):
    save(matcher, tmp_path / "index")
    file = tmp_path / "index" / name
    file.unlink() if content is None else file.write_bytes(content)
    with pytest.raises(BadArtefact, match=reason):
        load(tmp_path / "index", graph)


def test_an_artefact_of_another_graph_is_refused(matcher: Matcher, graph: SkillGraph, tmp_path: Path):
    save(matcher, tmp_path / "index")
    other = SkillGraph(
        [skill for skill in graph if not skill.broader and not skill.related and not skill.used_in]
    )
    with pytest.raises(BadArtefact, match="another skill graph"):
        load(tmp_path / "index", other)
