"""Who fits: with reasons, kept as shown, within hard limits; and what never appears."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from backend.accounts.queries import insert_membership
from backend.kit.errors import NotFound
from backend.matchmaking import domain, engine, index, offer_queries, offers, queries
from backend.matchmaking.introductions import answer_introduction, ask_introduction
from backend.matchmaking.learning import collect_answers
from backend.matchmaking.schemas import NeededSkill, NeedForm, Step
from backend.matchmaking.tables import Suggestion
from tests.backend.applications.test_queue import counted
from tests.backend.matchmaking.conftest import TEXT, World, make_need, make_offer, offer_form
from tests.factories.applications import as_of_now

Fit = Callable[[], Awaitable[int]]


async def shown(world: World, need: Any) -> list[str]:
    found = await domain.suggest_partners(world.seeker, await domain.get_need(world.seeker, need.id))
    return [item.offer.name for item in found.items]


async def test_a_partner_is_suggested_with_the_way_and_the_evidence(world: World, fit: Fit) -> None:
    _, offer = await make_offer("Trần Minh Khôi")
    need = await make_need(world, skills=[NeededSkill(key="etching"), NeededSkill(key="biogas")])
    await fit()
    found = await domain.suggest_partners(world.seeker, need)
    (item,) = found.items
    assert (item.rank, item.offer.id, item.offer.name, item.state) == (1, offer.id, "Trần Minh Khôi", "")
    assert 0 < item.score <= 1
    (reason,) = item.reasons
    assert (reason.need, reason.offered) == ("etching", "plasma-etching")
    assert reason.steps == [Step(edge="narrower", key="plasma-etching")]
    assert reason.evidence == str(offer.evidence[0].id)
    assert found.uncovered == ["biogas"]
    assert [(row.skill.key, len(row.values)) for row in found.matrix] == [("etching", 1), ("biogas", 1)]
    assert found.matrix[0].values == [found.matrix[0].best]
    assert (sum(found.signals.values()), found.asked) == (pytest.approx(1), 1)


async def test_what_is_shown_is_kept_once_for_a_revision_and_an_artefact(world: World, fit: Fit) -> None:
    await make_offer("Trần Minh Khôi")
    need = await make_need(world)
    await fit()
    first = await domain.suggest_partners(world.seeker, need)
    await domain.suggest_partners(world.seeker, need)
    rows = await Suggestion.select(Suggestion.artefact, Suggestion.rank, Suggestion.score, Suggestion.reasons)
    assert [(row["artefact"], row["rank"], row["score"]) for row in rows] == [
        (first.artefact, 1, first.items[0].score)
    ]
    assert '"plasma-etching"' in rows[0]["reasons"]
    changed = await domain.change_need(world.seeker, need.id, 1, NeedForm(title="Linh kiện", text=TEXT))
    await domain.suggest_partners(world.seeker, changed)
    assert await Suggestion.count() == 2


async def test_nobody_is_suggested_before_an_index_is_fitted(world: World, fit: Fit) -> None:
    need = await make_need(world)
    await make_offer("Trần Minh Khôi")
    early = await domain.suggest_partners(world.seeker, need)
    assert (early.artefact, early.items, early.asked) == ("", [], 1)
    await fit()
    assert await shown(world, need) == ["Trần Minh Khôi"]


async def test_hidden_offers_would_have_matched_and_never_appear(world: World, fit: Fit) -> None:
    need = await make_need(world)
    expert, offer = await make_offer("Trần Minh Khôi")
    await make_offer("Chưa Đồng Ý", visible=False)
    await fit()
    assert await shown(world, need) == ["Trần Minh Khôi"]
    await offers.set_visible(expert, False)
    assert await shown(world, need) == []  # at once, with the index still as it was
    with pytest.raises(NotFound):
        await domain.explain_partner(world.seeker, need.id, offer.id)
    await fit()
    assert await shown(world, need) == []
    await offers.set_visible(expert, True)
    await fit()
    assert await shown(world, need) == ["Trần Minh Khôi"]


async def test_an_offer_hidden_while_it_is_ranked_is_left_out(
    world: World, fit: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    need = await make_need(world)
    await make_offer("Trần Minh Khôi")
    await make_offer("Lê Quốc Bảo")
    await fit()
    assert sorted(await shown(world, need)) == ["Lê Quốc Bảo", "Trần Minh Khôi"]
    all_of_them = offer_queries.visible_offers

    async def one_less(ids: Any) -> Any:
        return {key: offer for key, offer in (await all_of_them(ids)).items() if offer.name != "Lê Quốc Bảo"}

    monkeypatch.setattr(offer_queries, "visible_offers", one_less)
    found = await domain.suggest_partners(world.seeker, need)
    assert [(item.rank, item.offer.name) for item in found.items] == [(1, "Trần Minh Khôi")]
    assert [len(row.values) for row in found.matrix] == [1, 1, 1]


async def test_ones_own_organisation_would_have_matched_and_never_appears(world: World, fit: Fit) -> None:
    need = await make_need(world)
    expert, offer = await make_offer("Người Nhà")
    await fit()
    assert await shown(world, need) == ["Người Nhà"]
    await insert_membership(expert.id, world.company.id, "member")
    assert await shown(world, need) == []
    with pytest.raises(NotFound):
        await domain.explain_partner(world.seeker, need.id, offer.id)
    found = await domain.suggest_partners(world.seeker, need)
    assert found.uncovered == [skill.key for skill in need.skills]
    await offers.save_offer(await as_of_now(expert), offer_form(organisation_id=world.company.id))
    await fit()
    assert await shown(world, need) == []


async def test_reasons_add_up_to_the_score_that_was_shown(world: World, fit: Fit) -> None:
    _, offer = await make_offer("Trần Minh Khôi")
    await make_offer("Lê Quốc Bảo", headline="Điện gió ngoài khơi")
    need = await make_need(world)
    await fit()
    found = await domain.suggest_partners(world.seeker, need)
    _, told, explanation = await domain.explain_partner(world.seeker, need.id, offer.id)
    assert told.id == offer.id
    score = next(item.score for item in found.items if item.offer.id == offer.id)
    assert explanation.score == pytest.approx(score, abs=1e-6)
    assert sum(part.value for part in explanation.contributions) == pytest.approx(score, abs=1e-6)


async def test_reasons_are_for_those_who_said_the_need_and_offers_in_the_index(
    world: World, fit: Fit
) -> None:
    need = await make_need(world)
    _, offer = await make_offer("Trần Minh Khôi")
    with pytest.raises(NotFound):  # no index yet
        await domain.explain_partner(world.seeker, need.id, offer.id)
    await fit()
    assert (await domain.explain_partner(world.seeker, need.id, offer.id))[1].id == offer.id
    _, late = await make_offer("Đến Sau")
    for actor, offer_id in ((world.stranger, offer.id), (world.seeker, late.id), (world.seeker, uuid4())):
        with pytest.raises(NotFound):
            await domain.explain_partner(actor, need.id, offer_id)


async def test_a_need_without_skills_is_read_and_one_about_nothing_finds_nobody(
    world: World, fit: Fit
) -> None:
    await make_offer("Trần Minh Khôi")
    await fit()
    bare = await make_need(world, skills=[])
    found = await domain.suggest_partners(world.seeker, bare)
    assert [row.skill.key for row in found.matrix] == ["sic-devices", "plasma-etching", "die-attach"]
    strange = await make_need(world, title="Qqqqq wwwww", text="zzzz " * 20, skills=[])
    nothing = await domain.suggest_partners(world.seeker, strange)
    assert (nothing.items, nothing.matrix, nothing.uncovered) == ([], [], [])


async def test_at_most_ten_are_shown_best_first_ties_by_id(world: World, fit: Fit) -> None:
    for number in range(12):
        await make_offer(f"Chuyên gia {number}")
    need = await make_need(world)
    await fit()
    found = await domain.suggest_partners(world.seeker, need)
    order = [(-item.score, str(item.offer.id)) for item in found.items]
    assert (len(order), order) == (10, sorted(order))


async def test_the_number_of_queries_does_not_grow_with_the_offers(
    world: World, fit: Fit, monkeypatch: pytest.MonkeyPatch
) -> None:
    need = await make_need(world)
    await make_offer("Trần Minh Khôi")
    await fit()
    with counted(monkeypatch) as few:
        await domain.suggest_partners(world.seeker, need)
    for number in range(6):
        await make_offer(f"Chuyên gia {number}")
    await fit()
    with counted(monkeypatch) as many:
        assert len((await domain.suggest_partners(world.seeker, need)).items) == 7
    statements = [query for query in many if "SAVEPOINT" not in query]
    assert len(statements) == len([query for query in few if "SAVEPOINT" not in query]) == 4


async def test_engine_and_index_without_the_offer_say_none(world: World, fit: Fit) -> None:
    need = await make_need(world)
    await make_offer("Trần Minh Khôi")
    await fit()
    fitted = await index.current()
    assert fitted is not None
    assert engine.explain(fitted.matcher, need, uuid4()) is None
    assert (await queries.index_in_use()) == fitted.artefact


async def test_what_each_signal_said_is_kept_for_learning_from_the_answer(world: World, fit: Fit) -> None:
    _, first = await make_offer("Trần Minh Khôi")
    expert, offer = await make_offer("Lê Thị Hồng")
    need = await make_need(world)
    await fit()
    found = await domain.suggest_partners(world.seeker, need)
    assert await collect_answers() == []
    asked = await ask_introduction(world.seeker, need.id, offer.id, "Chúng tôi muốn trao đổi thêm.")
    await ask_introduction(world.seeker, need.id, first.id, "Chúng tôi muốn trao đổi thêm.")
    await answer_introduction(expert, asked.id, "decline", "Năm nay tôi không nhận thêm việc.")
    (answer,) = await collect_answers()
    item = next(one for one in found.items if one.offer.id == offer.id)
    assert (answer.need, answer.offer, answer.answer) == (str(need.id), str(offer.id), "declined")
    assert answer.rank == item.rank
    weighed = sum(found.signals[name] * value for name, value in answer.signals.items())
    assert weighed == pytest.approx(item.score, abs=1e-6)
