"""The walk itself: random people take random steps on random cases while the days go by."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

import asyncpg

from backend.applications import domain as applications
from backend.applications.schemas import Application
from backend.kit.clock import Frozen, frozen
from backend.kit.errors import BenThuError
from backend.kit.outbox import enqueue_recurring, work_until_empty
from backend.ports.mailer import KeptMail
from backend.ports.wiring import null_ports, using
from tests.conftest import MONDAY_MORNING
from tests.factories.applications import ANSWERS, PROGRAMME, SLOTS
from tests.journeys.random_people import People, make_people
from tests.journeys.random_verbs import VERBS, Deed, Scene, Verb, pdf, who_usually

DAYS = 75
"""How long a walk takes on the calendar: over the New Year, when every number begins anew."""
BEGIN_EVERY, LATEST = 40, 5
"""After how many steps every organisation begins a dossier; how many cases of a state are seen to."""
OVER = ["withdrawn", "not_received"]
MOVING = frozenset({
    "submit", "withdraw", "accept", "refuse_to_receive", "request_supplement", "cancel_supplement",
    "conclude", "propose", "countersign", "give_back", "sign", "move_trial", "move_own_trial",
})  # fmt: skip
"""The verbs that change the state of a case or trial: those that can get in each other's way."""
SENSIBLE, TOGETHER, AT_WORK = 0.8, 0.1, 0.05
"""How often somebody does what is theirs to do; several act at once; the system does its work."""
REMEMBERED = 25
OURS = 500
WAITING = """
    select count(*) from pg_locks l join pg_stat_activity a on a.pid = l.pid
    where a.datname = current_database() and not l.granted"""
WITNESS = """
    create table witness (id bigserial primary key, kind text, subject uuid, was text, became text);
    create function bear_witness() returns trigger language plpgsql as $$ begin
        if tg_op = 'INSERT' then
            insert into witness (kind, subject, became) values (tg_table_name, new.id, new.state);
        elsif old.state <> new.state then
            insert into witness (kind, subject, was, became)
            values (tg_table_name, new.id, old.state, new.state);
        end if;
        return null;
    end $$;
    create table rewritten (kind text, subject uuid);
    create function bear_witness_of_seals() returns trigger language plpgsql as $$ begin
        insert into rewritten values (tg_table_name, new.id);
        return null;
    end $$;
    create trigger sealed after update on appraisal for each row
        when (old.submitted_at is not null and old is distinct from new)
        execute function bear_witness_of_seals();
    create trigger sealed after update on decision for each row
        when (old.ended_at is not null
            and (old.state, new.state) is distinct from ('signed', 'recalled')
            and old is distinct from new) execute function bear_witness_of_seals();
    create trigger sealed after update on issued_document for each row
        when ((old.number, old.code, old.context, old.subject) is distinct from
              (new.number, new.code, new.context, new.subject)
            or (old.sha256 is not null and old.sha256 is distinct from new.sha256))
        execute function bear_witness_of_seals();"""
WATCHED = ("application", "decision", "trial", "opinion", "supplement_request", "supplement_item")


class Walk:
    """One registry, its people, and what they did to it so far."""

    def __init__(
        self, seed: int, steps: int, people: People, clock: Frozen, raw: Any, post: KeptMail
    ) -> None:
        self.seed, self.steps = seed, steps
        self.rng = random.Random(seed)
        self.people, self.clock, self.raw, self.post = people, clock, raw, post
        self.cases: list[UUID] = []
        self.done: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.saved: dict[UUID, Application] = {}
        self.last: deque[str] = deque(maxlen=REMEMBERED)
        self.taken = 0

    async def begin(self) -> None:
        """A draft in every organisation that lacks at most a file."""
        for place, organisation in enumerate(self.people.organisations, start=1):
            owner = self.people.actors[f"owner of {place}"]
            draft = await applications.start_application(owner, organisation, PROGRAMME)
            draft = await applications.save_answers(owner, draft.id, ANSWERS, draft.revision)
            for slot in self.rng.sample(SLOTS, self.rng.randint(2, 3)):
                await applications.add_upload(owner, draft.id, slot, f"{slot}.pdf", pdf(slot))
            self.keep(draft)

    async def step(self) -> None:
        """One step, or several people's at once; the clock moves on before."""
        self.clock.advance(timedelta(days=DAYS / self.steps) * self.rng.uniform(0, 2))
        self.taken += 1
        chance = self.rng.random()
        if chance < AT_WORK:
            await self.work()
        elif chance < AT_WORK + TOGETHER:
            await self.collide()
        else:
            one, scene = await self.choose()
            self.tell(one, scene, await outcome(await one.prepare(scene)))

    async def try_in_vain(self, one: Verb) -> None:
        """Let somebody without any office try it on some case; by the link of a letter, anybody succeeds."""
        case = await applications.found(self.rng.choice(self.cases))
        scene = Scene(self.rng, self.people, self.people.actors["nobody"], case)
        self.tell(one, scene, await outcome(await one.prepare(scene)))

    async def work(self) -> None:
        """What the system does by itself."""
        await enqueue_recurring()
        self.last.append(f"{self.taken}: the system does {await work_until_empty()} jobs")

    async def choose(
        self, case: Application | None = None, among: frozenset[str] = frozenset(VERBS)
    ) -> tuple[Verb, Scene]:
        """Something that is somebody's to do in this case, or anything by anybody anywhere."""
        sensible = case is not None or self.rng.random() < SENSIBLE
        case = case or await applications.found(await self.some_case(sensible))
        fitting = [one for one in VERBS.values() if case.state in one.at and one.name in among]
        if not sensible or not fitting:
            one = self.rng.choice(list(VERBS.values()))
            names = list(self.people.actors)
        else:
            weights = [one.weight for one in fitting]
            names: list[str] = []
            while not names:  # a council whose sheets are all in has nothing left to do
                (one,) = self.rng.choices(fitting, weights)
                names = await who_usually(one, self.people, case)
        return one, Scene(self.rng, self.people, self.people.actors[self.rng.choice(names)], case)

    async def some_case(self, open_one: bool) -> UUID:
        """Any case; or one that goes on, begun if there are few."""
        if open_one:
            states = await self.going_on()
            if self.taken % BEGIN_EVERY == 0 or not states:
                await self.begin()
                states = await self.going_on()
            state = self.rng.choice(sorted(set(states.values())))
            here = [one for one in self.cases if states.get(one) == state]
            return self.rng.choice(here[-LATEST:])
        return self.rng.choice(self.cases)

    async def going_on(self) -> dict[UUID, str]:
        """The cases that are not over, with their states."""
        rows = await self.raw.fetch("select id, state from application where state <> all($1)", OVER)
        return {row["id"]: row["state"] for row in rows}

    async def collide(self) -> None:
        """Several verbs on one case at the very same moment: all have looked before any of them writes."""
        one, scene = await self.choose()
        chosen = [(one, scene)]
        if self.rng.random() < 0.2:
            chosen *= 2  # sent twice
        else:
            chosen = [await self.choose(scene.case, MOVING) for _ in range(self.rng.randint(2, 3))]
        deeds = [await one.prepare(scene) for one, scene in chosen]
        holder = self.raw.transaction()
        await holder.start()
        await self.raw.execute("select id from application where id = $1 for update", scene.case.id)
        tasks = [asyncio.create_task(outcome(deed)) for deed in deeds]
        while sum(not task.done() for task in tasks) > await self.waiting():  # noqa: ASYNC110
            await asyncio.sleep(0.002)
        await holder.rollback()
        for (one, scene), result in zip(chosen, await asyncio.gather(*tasks), strict=True):
            self.tell(one, scene, result, " at once")

    async def waiting(self) -> int:
        await self.raw.execute("select pg_stat_clear_snapshot()")
        return int(await self.raw.fetchval(WAITING))

    def tell(self, one: Verb, scene: Scene, result: Any, how: str = "") -> None:
        """Keep what happened. Raises AssertionError for what is neither done nor properly refused."""
        number = self.cases.index(scene.case.id)
        name = self.people.names[scene.actor.id]
        said = result.code if isinstance(result, BenThuError) else type(result).__name__
        self.last.append(f"{self.taken}: {name} {one.name} case {number} ({scene.case.state}){how}: {said}")
        if isinstance(result, BaseException):
            self.refused[one.name] += 1
            if not isinstance(result, BenThuError) or result.status >= OURS:
                raise AssertionError(self.story([f"{one.name} raised {result!r}"])) from result
            return
        self.done[one.name] += 1
        if isinstance(result, Application):
            self.keep(result)

    def keep(self, case: Application) -> None:
        """A case as its verb left it; what was confirmed last is what must be there."""
        if case.id not in self.saved:
            self.cases.append(case.id)
        known = self.saved.get(case.id)
        if known is None or case.revision >= known.revision:
            self.saved[case.id] = case

    def story(self, faults: list[str]) -> str:
        """What is wrong and how it came to it."""
        lines = [*faults[:10], f"seed {self.seed}, {self.steps} steps, after step {self.taken}:", *self.last]
        return "\n".join(lines)


async def outcome(deed: Deed) -> Any:
    """What it gives, or the error it raises."""
    try:
        return await deed()
    except Exception as error:
        return error


async def bear_witness(raw: Any) -> None:
    """Put witnesses into a database: triggers that write down every change of state, whoever makes it."""
    await raw.execute(WITNESS)
    for table in WATCHED:
        await raw.execute(
            f"create trigger witness after insert or update on {table} "
            "for each row execute function bear_witness()"
        )


@asynccontextmanager
async def walking(seed: int, steps: int, url: str) -> AsyncIterator[Walk]:
    """A registry on this database, with witnesses in it."""
    raw = await asyncpg.connect(url)
    with frozen(MONDAY_MORNING) as clock, using(null_ports()) as ports:
        await bear_witness(raw)
        walk = Walk(seed, steps, await make_people(), clock, raw, cast("KeptMail", ports.mailer))
        await walk.begin()
        try:
            yield walk
        finally:
            await raw.close()
