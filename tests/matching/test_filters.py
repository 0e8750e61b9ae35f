import msgspec
import pytest

from matching import Need, Offer
from matching.filters import RULE_WORDS, Check, checks, passing
from matching.profiles import Limits

ASKED = Limits(
    kinds=("institute",),
    languages=("vi", "en"),
    countries=("VN", "JP"),
    forms=("consulting", "training"),
    within_months=3,
)
NEED = Need(id="n", organisation="do-son", limits=ASKED)
GOOD = Offer(
    id="a",
    kind="institute",
    organisations=("hut",),
    languages=("en", "vi", "ja"),
    country="VN",
    forms=("training",),
    free_in_months=3,
)


def failing(**changed: object) -> list[Check]:
    offer = msgspec.structs.replace(GOOD, **changed)
    return [check for check in checks(NEED, offer, {"bad": ["co-author 2024"]}) if not check.holds]


def test_an_offer_that_fulfils_all_limits_passes_each_of_them():
    found = checks(NEED, GOOD, {})
    assert [check.rule for check in found] == list(RULE_WORDS)
    assert all(check.holds for check in found)


@pytest.mark.parametrize(
    ("changed", "check"),
    [
        ({"visible": False}, Check("consent", False)),
        ({"organisations": ("hut", "do-son")}, Check("own_organisation", False, has=("do-son",))),
        ({"id": "bad"}, Check("conflict", False, has=("co-author 2024",))),
        ({"kind": "expert"}, Check("kind", False, ("institute",), ("expert",))),
        ({"languages": ("vi",)}, Check("language", False, ("vi", "en"), ("vi",))),
        ({"languages": ()}, Check("language", False, ("vi", "en"))),
        ({"free_in_months": 3.5}, Check("availability", False, ("3",), ("3.5",))),
        ({"free_in_months": None}, Check("availability", False, ("3",))),
        ({"country": "DE"}, Check("country", False, ("VN", "JP"), ("DE",))),
        ({"country": ""}, Check("country", False, ("VN", "JP"))),
        ({"forms": ("equipment",)}, Check("form", False, ("consulting", "training"), ("equipment",))),
        ({"forms": ()}, Check("form", False, ("consulting", "training"))),
    ],
)
def test_each_limit_leaves_out_alone_and_says_what_is_known(changed: dict[str, object], check: Check):
    assert failing(**changed) == [check]


def test_what_a_need_does_not_ask_is_not_looked_at():
    bare = checks(Need(id="n"), Offer(id="a"))
    assert bare == (Check("consent", True),)


def test_those_who_pass_are_named():
    hidden = msgspec.structs.replace(GOOD, id="hidden", visible=False)
    rival = msgspec.structs.replace(GOOD, id="rival")
    assert passing(NEED, [GOOD, hidden, rival, Offer(id="bare")], {"rival": ()}) == {"a"}
    assert passing(Need(id="n"), [GOOD, hidden, rival]) == {"a", "rival"}


def test_a_limit_is_said_with_what_is_asked_and_known():
    names = {"vi": "tiếng Việt", "en": "tiếng Anh"}
    check = Check("language", False, ("vi", "en"), ("vi",))
    assert check.say("vi", names.__getitem__) == (
        "Không đạt: dùng được ngôn ngữ cần có (cần tiếng Việt, tiếng Anh; có tiếng Việt)."
    )
    assert Check("country", False, ("VN",)).say("en") == (
        "Fails: is in one of the countries asked for (asked VN; has not known)."
    )
    assert Check("conflict", False, has=("co-author 2024",)).say("en") == (
        "Fails: has no conflict of interest (co-author 2024)."
    )
    assert Check("consent", True).say("vi") == "Đạt: đồng ý cho người khác thấy hồ sơ."
