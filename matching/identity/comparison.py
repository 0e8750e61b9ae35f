"""Whether two records are one person: the same, different, or possibly the same, and why.

A name alone never makes two records the same, for Vietnamese names repeat. The same needs a sign of its
own: an e-mail address, an ORCID, or the full name with the date of birth. Where signs contradict one
another the answer is *possible*, which a person has to settle."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from matching.names import Likeness, likeness, parts
from matching.profiles import Key
from matching.text import Text, fold, nfc

Outcome = Literal["same", "different", "possible"]
Sign = Literal[
    "email",
    "shared_email",
    "orcid",
    "orcid_differs",
    "bad_orcid",
    "born",
    "born_differs",
    "name",
    "name_similar",
    "name_marks",
    "name_differs",
    "no_name",
    "organisation",
]
_SHARED = frozenset(
    """admin contact daotao hanhchinh hello hr info khcn lab lienhe mail no-reply noreply office phongdaotao
    phongkhcn research sales secretary secretariat support tuyensinh vanphong vanthu webmaster""".split()  # noqa: SIM905
)
_ORCID = re.compile(r"\d{15}[\dX]")


class PersonRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one source says of a person.

    ``{"id": "r1", "name": "Nguyễn Văn An", "emails": ["an@…"], "orcid": "0000-0002-1825-0097",
    "organisations": ["hust"], "born": "1980-02-01"}``. ``born`` may be a year alone.
    """

    id: Key
    name: str = ""
    emails: tuple[str, ...] = ()
    orcid: str = ""
    organisations: tuple[str, ...] = ()
    born: Annotated[str, Meta(pattern=r"^(\d{4}(-\d\d-\d\d)?)?$")] = ""


class Comparison(msgspec.Struct, frozen=True):
    """What came of comparing records ``a`` and ``b``: every sign that was found."""

    a: str
    b: str
    outcome: Outcome
    signs: tuple[Sign, ...]

    def say(self) -> Text:
        """The outcome and its signs in a sentence, without any personal data."""
        signs = [SIGNS[sign] for sign in self.signs]
        head = OUTCOMES[self.outcome]
        return Text(
            f"{head.vi}: {'; '.join(one.vi for one in signs)}.",
            f"{head.en}: {'; '.join(one.en for one in signs)}.",
        )


@lru_cache(maxsize=100_000)
def email_key(email: str) -> str:
    """For comparing: lower case, no space around. Dots and plus tags are left, for only the server knows what
    they mean."""
    return nfc(email).strip().lower()


def is_shared_mailbox(email: str) -> bool:
    """Whether the part before @ is that of an office, which several people read."""
    return email_key(email).partition("@")[0] in _SHARED


@lru_cache(maxsize=100_000)
def orcid_key(text: str) -> str:
    """The 16 signs of an ORCID, also from its address; empty when the check sign is wrong (ISO 7064 11-2, as
    ORCID's documentation, Structure of the ORCID Identifier, describes)."""
    bare = re.sub(r"[\s-]", "", text.strip().rpartition("/")[2]).upper()
    if not _ORCID.fullmatch(bare):
        return ""
    total = 0
    for digit in bare[:15]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return bare if bare[15] == ("X" if check == 10 else str(check)) else ""


def is_identified(record: PersonRecord) -> bool:
    """Whether anything says who this is: a name, a mailbox of their own or a valid ORCID."""
    has_mail = any(email_key(one) and not is_shared_mailbox(one) for one in record.emails)
    return bool(parts(record.name)) or has_mail or bool(orcid_key(record.orcid))


def compare(a: PersonRecord, b: PersonRecord) -> Comparison:
    """The same in either order."""
    signs = (*_id_signs(a, b), *_born_signs(a, b), *_name_signs(a, b))
    first, second = sorted((a.id, b.id))
    return Comparison(first, second, _outcome(set(signs)), signs)


def _outcome(signs: set[Sign]) -> Outcome:
    is_for = bool(signs & {"email", "orcid"}) or {"name", "born"} <= signs
    is_against = bool(signs & {"orcid_differs", "born_differs", "name_differs"})
    is_doubted = "name_marks" in signs
    if is_doubted and not (is_for or signs & {"organisation", "born"}):
        return "different"
    if is_for or not is_against:
        return "same" if is_for and not (is_against or is_doubted) else "possible"
    return "different"


def _id_signs(a: PersonRecord, b: PersonRecord) -> Iterator[Sign]:
    common = {email_key(one) for one in a.emails} & {email_key(one) for one in b.emails} - {""}
    if any(not is_shared_mailbox(one) for one in common):
        yield "email"
    elif common:
        yield "shared_email"
    first, second = orcid_key(a.orcid), orcid_key(b.orcid)
    if first and second:
        yield "orcid" if first == second else "orcid_differs"
    if (a.orcid and not first) or (b.orcid and not second):
        yield "bad_orcid"


def _born_signs(a: PersonRecord, b: PersonRecord) -> Iterator[Sign]:
    if a.born and b.born:
        common = min(len(a.born), len(b.born))
        if a.born[:common] != b.born[:common]:
            yield "born_differs"
        elif common == len("1980-02-01"):
            yield "born"


def _name_signs(a: PersonRecord, b: PersonRecord) -> Iterator[Sign]:
    if parts(a.name) and parts(b.name):
        yield _NAME_SIGNS[likeness(a.name, b.name)]
    else:
        yield "no_name"
    if {fold(one) for one in a.organisations} & {fold(one) for one in b.organisations}:
        yield "organisation"


_NAME_SIGNS: dict[Likeness, Sign] = {
    "equal": "name",
    "similar": "name_similar",
    "marks": "name_marks",
    "unlike": "name_differs",
}


OUTCOMES: dict[Outcome, Text] = {
    "same": Text("Cùng một người", "The same person"),
    "different": Text("Hai người khác nhau", "Two different people"),
    "possible": Text(
        "Có thể là cùng một người, cần người xác nhận", "Possibly the same person, to be settled"
    ),
}
SIGNS: dict[Sign, Text] = {
    "email": Text("chung địa chỉ e-mail", "the same e-mail address"),
    "shared_email": Text("chung hộp thư của cơ quan", "the same mailbox of an office"),
    "orcid": Text("cùng mã ORCID", "the same ORCID"),
    "orcid_differs": Text("mã ORCID khác nhau", "different ORCIDs"),
    "bad_orcid": Text(
        "mã ORCID sai chữ số kiểm tra, không dùng", "an ORCID with a wrong check digit, not used"
    ),
    "born": Text("cùng ngày sinh", "the same date of birth"),
    "born_differs": Text("ngày sinh khác nhau", "different dates of birth"),
    "name": Text("họ tên giống nhau", "the same name"),
    "name_similar": Text("họ tên có thể là một", "names that may be one"),
    "name_marks": Text("họ tên chỉ khác dấu", "names that differ in their marks alone"),
    "name_differs": Text("họ tên khác nhau", "different names"),
    "no_name": Text("thiếu họ tên để so sánh", "no name to compare"),
    "organisation": Text("cùng cơ quan", "the same organisation"),
}
