"""Clients of the registry: of its JSON interface, and of its pages without a browser."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

import httpx

from backend.demo_accounts import PASSWORD

TOKEN = re.compile(r'name="csrf" value="([^"]+)"')


class Client(httpx.AsyncClient):
    """One person; what comes back must have the status that is expected."""

    async def ask(self, method: str, path: str, status: int = 200, **more: Any) -> Any:
        """The JSON answer of the API. Raises AssertionError with the answer when the status is another."""
        answer = await self.request(method, f"/api/v1{path}", **more)
        assert answer.status_code == status, (method, path, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    async def enter(self, name: str) -> None:
        """Sign in as `<name>@benthu.test` through the API."""
        credentials = {"email": f"{name}@benthu.test", "password": PASSWORD}
        token = (await self.ask("POST", "/session", 201, json=credentials))["token"]
        self.headers["Authorization"] = f"Bearer {token}"

    async def sign_in(self, name: str) -> None:
        """Sign in as `<name>@benthu.test` on the page."""
        form = {"email": f"{name}@benthu.test", "password": PASSWORD}
        answer = await self.submit("/sign-in", form)
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text

    async def submit(self, path: str, form: dict[str, Any], **more: Any) -> httpx.Response:
        """Post a form as a page would: with the token of this visitor."""
        return await self.post(path, data={**form, "csrf": await self.token()}, **more)

    async def token(self) -> str:
        """The token every form of this visitor carries."""
        found = TOKEN.search((await self.get("/verify")).text)
        assert found
        return found[1]

    def stranger(self) -> Client:
        """Somebody else on the same site, signed in nowhere."""
        return Client(transport=self._transport, base_url=self.base_url)


def words(answer: httpx.Response) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]*>", " ", answer.text).split())


def path_of(answer: httpx.Response) -> str:
    """Where an answer leads."""
    return urlsplit(answer.headers["location"]).path
