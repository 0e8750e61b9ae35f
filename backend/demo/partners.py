"""Institutes and experts with their evidence, companies that look for them, and their first meetings."""

from __future__ import annotations

from random import Random

from backend.accounts.schemas import Actor, Role
from backend.demo import data
from backend.demo.cast import Cast
from backend.demo.stage import OfficeDays, Pace, Story
from backend.kit.clock import today
from backend.kit.text import Lang
from backend.matchmaking import introductions, offers
from backend.matchmaking.choices import AVAILABILITY, COUNTRIES, FORMS
from backend.matchmaking.domain import create_need
from backend.matchmaking.schemas import (
    EvidenceForm,
    Need,
    NeededSkill,
    NewNeed,
    Offer,
    OfferedSkill,
    OfferForm,
)
from backend.matchmaking.skills import graph
from backend.organisations.schemas import Kind, OrganisationForm

OFFERS_UNTIL, NEEDS_FROM, MEETINGS_FROM = -45, -30, -6  # places among the office days
STEP_OF = {"accepted": "accept", "declined": "decline"}


class MarketStory:
    """What comes about on the market; who met whom is known as it goes."""

    def __init__(self, cast: Cast, days: OfficeDays, random: Random) -> None:
        self.cast, self.days, self.random = cast, days, random
        self.offers: dict[str, tuple[Actor, Offer]] = {}
        self.needs: dict[int, tuple[Actor, Need]] = {}

    def stories(self) -> list[Story]:
        """One story for each partner, need and meeting."""
        market = data.market()
        return [
            *(self._offer(one) for one in market.offers),
            *(self._need(place, one) for place, one in enumerate(market.needs)),
            *(self._meet(place, one) for place, one in enumerate(market.introductions)),
        ]

    async def _offer(self, partner: data.Partner) -> Story:
        yield Pace(self.days, self.random.randint(-len(self.days), OFFERS_UNTIL), self.random).now
        domain = "vien-truong" if partner.institute else "chuyen-gia"
        made_up = self.cast.new_person(domain)
        email, name = partner.email or made_up.email, partner.person or made_up.name
        role = Role.INSTITUTE if partner.institute else Role.EXPERT
        actor, organisation = await self.cast.open_account(email, name, frozenset({role})), None
        if partner.institute:
            actor, organisation = await self.cast.found(actor, email, self._institute(partner))
        form = OfferForm(
            headline=partner.headline,
            about=about(partner, self.random),
            languages=partner.languages,
            availability=self.random.choice(list(AVAILABILITY)),
            forms=self.random.sample(list(FORMS), 3),
            country=next((key for key, name in COUNTRIES.items() if partner.at.endswith(name.vi)), "VN"),
            contact="Xin liên hệ qua thư điện tử (ví dụ).",
            organisation_id=organisation,
        )
        skills = [OfferedSkill(key=key, level=self.random.randint(2, 5)) for key in partner.skills]
        shown = evidence_of(partner, self.random)
        self.offers[email] = actor, await offers.publish_offer(actor, form, skills, shown, visible=True)

    def _institute(self, partner: data.Partner) -> OrganisationForm:
        return OrganisationForm(
            name=partner.institute,
            tax_code=self.cast.new_tax_code(),
            kind=Kind.INSTITUTE,
            address="Khu nghiên cứu, nhà A1",
            ward=partner.at,
        )

    async def _need(self, place: int, wanted: data.Wanted) -> Story:
        yield Pace(self.days, NEEDS_FROM + place, self.random).now
        of = next(one for one in data.organisations() if one.key == wanted.organisation)
        actor, organisation = await self.cast.applicant(of)
        form = NewNeed(
            organisation_id=organisation,
            title=wanted.title,
            text=wanted.text,
            skills=[
                NeededSkill(key=key, weight=weight, required=weight > 1)
                for key, weight in wanted.skills.items()
            ],
            listed=True,
        )
        self.needs[place] = actor, await create_need(actor, form)

    async def _meet(self, place: int, meeting: data.Meeting) -> Story:
        pace = Pace(self.days, MEETINGS_FROM + place, self.random)
        yield pace.now
        company, need = self.needs[meeting.need]
        partner, offer = self.offers[meeting.offer]
        asked = await introductions.ask_introduction(company, need.id, offer.id, meeting.message)
        if meeting.state in STEP_OF:
            yield pace.after(1)
            step = STEP_OF[meeting.state]
            await introductions.answer_introduction(partner, asked.id, step, meeting.answer)


def about(partner: data.Partner, random: Random) -> str:
    """A paragraph in which somebody introduces themselves."""
    fields = ", ".join(inside(graph()[key].label.vi) for key in partner.skills)
    years = random.randint(6, 24)
    return (
        f"{partner.headline}. Hiện làm việc tại {partner.at}, {years} năm kinh nghiệm. "
        f"Các hướng chính: {fields}. Sẵn sàng hợp tác với doanh nghiệp tại Hải Phòng: tư vấn ngắn hạn, cùng "
        "nghiên cứu, hướng dẫn kỹ sư và chuyển giao quy trình đã kiểm chứng."
    )


def evidence_of(partner: data.Partner, random: Random) -> list[EvidenceForm]:
    """Two to six items, each about two of the partner's skills."""
    patterns = data.market().patterns
    fit = [key for key in patterns if partner.institute or not key.startswith("equipment")]
    items: dict[str, EvidenceForm] = {}
    for _ in range(random.randint(5 if partner.email else 2, 6)):
        key = random.choice(fit)
        kind, _, spoken = key.partition("_")
        lang: Lang = "vi" if spoken == "vi" else "en"
        first, second = (graph()[skill] for skill in random.sample(partner.skills, 2))
        title = random.choice(patterns[key]).format(
            a=inside(first.label.of(lang)), b=inside(second.label.of(lang)), n=random.randint(2, 4)
        )
        title = title[0].upper() + title[1:]
        year = today().year - random.randint(0, 9)
        text = f"{first.scope.of(lang)}. {second.scope.of(lang)}."
        items[title] = EvidenceForm(kind=kind, title=title, text=text, year=year)
    return list(items.values())


def inside(label: str) -> str:
    """A label within a sentence: `Gắn chip` as `gắn chip`, `RISC-V` as it is."""
    return label[0].lower() + label[1:] if label[1:2].islower() else label
