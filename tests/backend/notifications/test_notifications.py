"""Everything is in the inbox; mails go out as chosen, and what is statutory always."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from msgspec.structs import replace

from backend.accounts.queries import set_active
from backend.accounts.schemas import Role
from backend.kit.clock import Frozen, now
from backend.kit.db import Engine, transaction
from backend.kit.errors import Invalid, NotFound
from backend.kit.outbox import dead_jobs, enqueue_recurring, work_until_empty
from backend.kit.text import Text
from backend.notifications import domain, mails
from backend.notifications.events import HOW, KINDS
from backend.notifications.tokens import unsubscribe_token
from backend.ports.mailer import KeptMail, Mail, MailNotSent, to_message
from backend.ports.wiring import null_ports, using
from tests.backend.notifications.conftest import NEWS
from tests.factories.web import make_actor

DAY = timedelta(days=1)


async def tell(*accounts: object, kind: str = "work", key: str = "k", news: object = NEWS) -> None:
    async with transaction():
        await domain.notify(accounts, kind, key, news)  # type: ignore[arg-type]


async def test_news_lie_in_the_inbox_unread_and_are_mailed_at_once(db: Engine, post: KeptMail) -> None:
    lan, binh = await make_actor(Role.OFFICER), await make_actor(Role.OFFICER)
    await tell(lan.id)
    (one,) = (await domain.list_news(lan)).items
    assert (one.news, one.kind, one.read_at) == (NEWS, "work", None)
    assert (await domain.count_unread(lan), await domain.count_unread(binh)) == (1, 0)
    await work_until_empty()
    (mail,) = post.sent
    assert (mail.to, mail.subject) == (lan.email, "Bạn được giao hồ sơ")
    assert "http://127.0.0.1:8000/cases/1" in mail.text


async def test_nobody_is_told_the_same_twice(db: Engine, post: KeptMail) -> None:
    lan = await make_actor(Role.OFFICER)
    await tell(lan.id)
    await tell(lan.id)
    await work_until_empty()
    await work_until_empty()
    assert (await domain.list_news(lan)).total == 1
    assert len(post.sent) == 1


async def test_telling_nobody_is_nothing(db: Engine, post: KeptMail) -> None:
    await tell()
    assert await work_until_empty() == 0


async def test_a_chosen_digest_gathers_until_seven_in_the_morning(
    db: Engine, post: KeptMail, frozen_clock: Frozen
) -> None:
    frozen_clock.move_to(datetime(2026, 11, 24, 3, tzinfo=UTC))  # Tuesday, 10 in the morning there
    lan = await make_actor(Role.OFFICER)
    await domain.choose(lan, {"work": "daily"})
    await tell(lan.id, key="1")
    await tell(lan.id, key="2", news=replace(NEWS, due=date(2026, 12, 1)))
    await work_until_empty()
    assert post.sent == []
    frozen_clock.move_to(datetime(2026, 11, 24, 17, 30, tzinfo=UTC))  # Wednesday has begun there
    await enqueue_recurring()
    await work_until_empty()
    assert post.sent == []
    frozen_clock.move_to(datetime(2026, 11, 25, 0, 1, tzinfo=UTC))
    await work_until_empty()
    (mail,) = post.sent
    assert mail.subject == "Bến Thử: 2 thông báo"
    assert mail.text.count("Bạn được giao hồ sơ") == 2
    assert "Hạn: 01/12/2026." in mail.text
    await mails.send_digest({"account": str(lan.id), "weekly": False, "until": now().isoformat()})
    assert len(post.sent) == 1  # done twice, nothing waits any more
    frozen_clock.move_to(datetime(2026, 11, 26, 1, tzinfo=UTC))
    await enqueue_recurring()
    await work_until_empty()
    frozen_clock.move_to(datetime(2026, 11, 26, 2, tzinfo=UTC))
    await work_until_empty()
    assert len(post.sent) == 1


async def test_a_weekly_digest_waits_for_monday(db: Engine, post: KeptMail, frozen_clock: Frozen) -> None:
    frozen_clock.move_to(datetime(2026, 11, 24, 3, tzinfo=UTC))
    lan = await make_actor(Role.OFFICER)
    await domain.choose(lan, {"work": "weekly"})
    await tell(lan.id)
    sent_on = []
    for passed in range(1, 8):
        for hour in (1, 2):
            frozen_clock.move_to(datetime(2026, 11, 24, hour, tzinfo=UTC) + passed * DAY)
            await enqueue_recurring()
            await work_until_empty()
        sent_on += [passed] * (len(post.sent) - len(sent_on))
    assert sent_on == [6]


async def test_the_inbox_alone_sends_nothing(db: Engine, post: KeptMail) -> None:
    lan = await make_actor(Role.OFFICER)
    await domain.choose(lan, {"work": "inbox"})
    await tell(lan.id)
    await work_until_empty()
    assert post.sent == []
    assert await domain.count_unread(lan) == 1


async def test_what_is_statutory_is_mailed_whatever_was_chosen(db: Engine, post: KeptMail) -> None:
    lan = await make_actor(Role.APPLICANT)
    await domain.choose(lan, {"deadline": "inbox", "warning": "inbox"})
    await tell(lan.id, kind="deadline")
    await work_until_empty()
    (mail,) = post.sent
    assert mail.unsubscribe is None
    assert "List-Unsubscribe" not in to_message(mail)
    chosen = {one.key: one.how for one in await domain.choices_of(lan)}
    assert (chosen["deadline"], chosen["warning"], chosen["partner"]) == ("now", "inbox", "now")


async def test_a_wrong_choice_keeps_nothing(db: Engine) -> None:
    lan = await make_actor(Role.OFFICER)
    with pytest.raises(Invalid) as refused:
        await domain.choose(lan, {"work": "inbox", "gossip": "now", "warning": "hourly"})
    assert set(refused.value.fields) == {"gossip", "warning"}
    assert [one.how for one in await domain.choices_of(lan) if one.key == "work"] == ["now"]


async def test_a_mail_can_be_stopped_by_its_own_token_and_no_other(db: Engine, post: KeptMail) -> None:
    lan = await make_actor(Role.OFFICER)
    await tell(lan.id)
    await work_until_empty()
    address = post.sent[0].unsubscribe
    assert address is not None
    message = to_message(post.sent[0])
    assert message["List-Unsubscribe"] == f"<{address}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = address.rpartition("/")[2]
    await domain.unsubscribe(token)
    await domain.unsubscribe(token)
    await tell(lan.id, key="later")
    await work_until_empty()
    assert len(post.sent) == 1
    for wrong in (
        token + "x",
        "x",
        unsubscribe_token(lan.id, "case"),
        unsubscribe_token(lan.id, "gossip"),
    ):
        with pytest.raises(NotFound):
            await domain.unsubscribe(wrong)


async def test_opening_marks_one_as_read_and_reading_all_marks_all(
    db: Engine, post: KeptMail, frozen_clock: Frozen
) -> None:
    lan, binh = await make_actor(Role.OFFICER), await make_actor(Role.OFFICER)
    for key in "abc":
        await tell(lan.id, binh.id, key=key)
    first = (await domain.list_news(lan)).items[0]
    opened = await domain.open_news(lan, first.id)
    frozen_clock.move_to(datetime(2027, 1, 1, tzinfo=UTC))
    assert (await domain.open_news(lan, first.id)).read_at == opened.read_at is not None
    assert (await domain.count_unread(lan), (await domain.list_news(lan, unread=True)).total) == (2, 2)
    await domain.read_all(lan)
    assert (await domain.count_unread(lan), await domain.count_unread(binh)) == (0, 3)
    for stranger, news in ((binh, first.id), (lan, uuid4())):
        with pytest.raises(NotFound):
            await domain.open_news(stranger, news)


async def test_a_closed_account_gets_no_mail(db: Engine, post: KeptMail, frozen_clock: Frozen) -> None:
    frozen_clock.move_to(datetime(2026, 11, 24, 3, tzinfo=UTC))
    lan, binh = await make_actor(Role.OFFICER), await make_actor(Role.OFFICER)
    await domain.choose(binh, {"work": "daily"})
    await tell(lan.id, binh.id)
    await set_active(lan.id, False)
    await set_active(binh.id, False)
    for hour in (0, 1):
        frozen_clock.move_to(datetime(2026, 11, 25, hour, 1, tzinfo=UTC))
        await enqueue_recurring()
        await work_until_empty()
    assert post.sent == []


async def test_a_digest_names_a_hundred_and_counts_the_rest(
    db: Engine, post: KeptMail, frozen_clock: Frozen
) -> None:
    frozen_clock.move_to(datetime(2026, 11, 24, 3, tzinfo=UTC))
    lan = await make_actor(Role.OFFICER, name="Lan")
    await domain.choose(lan, {"work": "daily"})
    for number in range(103):
        news = replace(NEWS, headline=Text(f"Tin {number}.", f"News {number}."))
        await tell(lan.id, key=str(number), news=news)
        frozen_clock.advance(timedelta(seconds=1))
    for hour in (0, 1):
        frozen_clock.move_to(datetime(2026, 11, 25, hour, 1, tzinfo=UTC))
        await enqueue_recurring()
        await work_until_empty()
    (mail,) = post.sent
    assert mail.subject == "Bến Thử: 103 thông báo"
    assert ("Tin 99." in mail.text, "Tin 100." in mail.text) == (True, False)
    assert "Và 3 thông báo nữa" in mail.text
    assert "Tin 99." in mail.html


class DeadServer(KeptMail):
    """A mail server that takes nothing until it is `up`."""

    up = False

    async def send(self, mail: Mail) -> None:
        if not self.up:
            raise MailNotSent
        await super().send(mail)


async def test_mails_survive_a_server_that_is_dead_for_a_day_and_go_out_once_within_hours(
    db: Engine, frozen_clock: Frozen
) -> None:
    start = datetime(2026, 11, 24, 3, tzinfo=UTC)
    frozen_clock.move_to(start)
    server = DeadServer()
    lan = await make_actor(Role.OFFICER)
    with using(replace(null_ports(), mailer=server)):
        await tell(lan.id)
        for minutes in range(0, 24 * 60, 5):
            frozen_clock.move_to(start + timedelta(minutes=minutes))
            await work_until_empty()
        assert await dead_jobs() == []
        server.up = True
        for minutes in range(24 * 60, 26 * 60, 5):
            frozen_clock.move_to(start + timedelta(minutes=minutes))
            await work_until_empty()
    assert len(server.sent) == 1


def test_every_kind_and_way_is_said_in_both_languages() -> None:
    for label in [*HOW.values(), *(kind.label for kind in KINDS.values())]:
        assert label.vi
        assert label.en
