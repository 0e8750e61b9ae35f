"""Who takes part: staff from the first day on, everybody else when their organisation first turns up."""

from __future__ import annotations

from random import Random
from uuid import UUID

import msgspec

from backend.accounts.domain import create_account
from backend.accounts.passwords import hash_password
from backend.accounts.queries import find_actor
from backend.accounts.schemas import Actor, NewAccount, Role
from backend.decisions import signing
from backend.decisions.schemas import AuthorityForm
from backend.demo import data
from backend.demo_accounts import PASSWORD
from backend.kit.clock import today
from backend.kit.text import fold
from backend.organisations.domain import register_organisation
from backend.organisations.invitations import accept_invitation
from backend.organisations.schemas import Kind, OrganisationForm
from backend.organisations.tax_codes import WEIGHTS

ADMIN = "admin@benthu.test"
FICTIONAL_PREFIX = 99  # tax codes begin with the number of a province; there is none with 99


class Cast:
    """The people by e-mail, the organisations by key."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._hash = ""
        self._actors: dict[str, Actor] = {}
        self._organisations: dict[str, UUID] = {}
        self._names: set[str] = set()

    async def hire(self) -> None:
        """Open the accounts of the staff and enter who of them may sign."""
        self._hash = await hash_password(PASSWORD)
        for person in data.people().staff:
            await self.open_account(person.email, person.name, frozenset(person.roles))
        for one in data.people().signing:
            given = msgspec.structs.asdict(one) | {"principal": self._id(one.principal)}
            form = AuthorityForm(account=self[given.pop("person")].id, from_on=today(), **given)
            await signing.enter_authority(self[ADMIN], form)

    def _id(self, email: str) -> UUID | None:
        return self[email].id if email else None

    def __getitem__(self, email: str) -> Actor:
        return self._actors[email]

    async def open_account(self, email: str, name: str, roles: frozenset[Role]) -> Actor:
        """Open an account with the common password of the demonstration."""
        form = NewAccount(name=name, email=email, password=PASSWORD, role=min(roles))
        account = await create_account(form, roles, by=None, password_hash=self._hash)
        self._names.add(name)
        return await self._remember(email, account)

    async def applicant(self, organisation: data.Organisation) -> tuple[Actor, UUID]:
        """The owner of an organisation and its id; both come into being when first asked for."""
        owner = data.people().owner.get(organisation.key) or self.new_person(organisation.key)
        if organisation.key in self._organisations:
            email = next(mail for mail, one in self._actors.items() if self._is_of(one, organisation.key))
            return self._actors[email], self._organisations[organisation.key]
        actor = await self.open_account(owner.email, owner.name, frozenset({Role.APPLICANT}))
        form = OrganisationForm(
            name=organisation.name,
            tax_code=self.new_tax_code(),
            kind=Kind.COMPANY,
            address=organisation.address,
            ward=organisation.ward,
            is_startup=organisation.startup,
            website=f"https://{organisation.key}.example",
        )
        return await self.found(actor, organisation.key, form)

    async def found(self, actor: Actor, key: str, form: OrganisationForm) -> tuple[Actor, UUID]:
        """Register an organisation owned by `actor`; return the actor as it is from now on."""
        organisation = await register_organisation(actor, form)
        self._organisations[key] = organisation.id
        return await self._remember(actor.email, actor.id), organisation.id

    async def join(self, actor: Actor, invitation: UUID) -> Actor:
        """Accept an invitation; return the actor as it is from now on."""
        await accept_invitation(actor, invitation)
        return await self._remember(actor.email, actor.id)

    def new_tax_code(self) -> str:
        """The code of the next organisation."""
        return tax_code(len(self._organisations) + 1)

    def new_person(self, domain: str) -> data.Person:
        """Somebody nobody else is called like."""
        names = data.people().names
        while True:
            name = " ".join(self._random.choice(part) for part in (names.family, names.middle, names.given))
            if name not in self._names:
                self._names.add(name)
                return data.Person(email=f"{fold(name).replace(' ', '.')}@{domain}.example", name=name)

    def _is_of(self, actor: Actor, key: str) -> bool:
        return self._organisations[key] in actor.organisations

    async def _remember(self, email: str, account: UUID) -> Actor:
        actor = await find_actor(account)
        assert actor is not None
        self._actors[email] = actor
        return actor


def tax_code(number: int) -> str:
    """A code with a right check digit that no real organisation has; every `number` gives another one."""
    for serial in range(number * 10, number * 10 + 10):
        digits = [int(digit) for digit in f"{FICTIONAL_PREFIX}{serial:07d}"]
        check = 10 - sum(w * x for w, x in zip(WEIGHTS, digits, strict=True)) % 11
        if check < 10:
            return "".join(map(str, [*digits, check]))
    raise AssertionError("one in eleven has no check digit, never ten in a row")
