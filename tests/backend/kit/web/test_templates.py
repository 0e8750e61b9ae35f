from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from markupsafe import Markup

from backend.kit.template_check import check, check_folder
from backend.kit.templates import asset, d, environment, labelled, moment, n, num, say, speaking, t, vnd
from backend.kit.text import Text

DAY = date(2026, 11, 23)
MOMENT = datetime(2026, 11, 22, 20, 5, tzinfo=UTC)


def test_a_text_is_said_in_the_language_of_the_block() -> None:
    assert t("một", "one") == "một"
    with speaking("en"):
        assert (t("một", "one"), say(Text("hai", "two"))) == ("one", "two")
    assert say(Text("hai", "two")) == "hai"


def test_values_fill_a_text_and_markup_stays_markup() -> None:
    assert t("{a} và {{", "x", a="<b>") == "<b> và {"
    assert t("100 %{", "x") == "100 %{"
    mixed = t("<{a} {b}>", "x", a=Markup("<b>k</b>"), b="<i>")
    assert isinstance(mixed, Markup)
    assert mixed == "&lt;<b>k</b> &lt;i&gt;&gt;"


@pytest.mark.parametrize(("count", "vi", "en"), [(1, "1 ngày", "1 day"), (1200, "1.200 ngày", "1,200 days")])
def test_a_count_is_written_in_the_language(count: int, vi: str, en: str) -> None:
    assert n(count, "{n} ngày", "{n} day", "{n} days") == vi
    with speaking("en"):
        assert n(count, "{n} ngày", "{n} day", "{n} days") == en


def test_days_moments_numbers_and_money() -> None:
    assert (d(DAY), d(MOMENT), moment(MOMENT)) == ("23/11/2026", "23/11/2026", "23/11/2026 03:05")
    assert (num(1234.5), vnd(1_500_000)) == ("1.234,5", "1.500.000\u00a0₫")
    with speaking("en"):
        assert (d(DAY), moment(MOMENT)) == ("23 Nov 2026", "23 Nov 2026, 03:05")
        assert (num(1234.5), vnd(1_500_000)) == ("1,234.5", "VND\u00a01,500,000")


def test_the_environment_escapes_and_is_strict() -> None:
    env = environment()
    assert env.from_string("{{ x }}").render(x="<") == "&lt;"
    with pytest.raises(UndefinedError):
        env.from_string("{{ missing }}").render()


def test_the_cells_of_a_card_name_their_columns_but_for_headings_and_hidden_ones() -> None:
    head = [{"text": "Chọn", "hidden": True}, "Số", 'Hạn "trả"', {"text": "Điểm", "num": True}]
    row = '<tr class="x">\n<td>☐</td><th scope="row">74</th><td class="y"></td><td>5</td><td>6</td></tr>'
    named = row.replace('<td class="y"', '<td data-label="Hạn &#34;trả&#34;" class="y"').replace(
        "<td>5", '<td data-label="Điểm">5'
    )
    assert labelled(Markup(row) * 2, head) == named * 2  # noqa: S704


def test_a_file_that_was_not_built_keeps_its_name() -> None:
    assert asset("no-such-file.css") == "/static/no-such-file.css"


def test_all_templates_are_clean() -> None:
    assert [str(fault) for fault in check_folder()] == []


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("<p>Chào</p>", "text outside of t(): 'Chào'"),
        ("<p>{% if x %}Hello{% endif %}</p>", "text outside of t(): 'Hello'"),
        ('<img alt="a picture">', "text outside of t(): alt='a picture'"),
        ('<a aria-label="{{ x }} more">', "text outside of t(): aria-label='\\ue000 more'"),
        ('{{ "chữ" }}', "text outside of t(): 'chữ'"),
        ('{{ f(label="Name") }}', "text outside of t(): label='Name'"),
        ('<p style="color:red">', "attribute style=: the content policy forbids it"),
        ('<p onclick="x()">', "attribute onclick=: the content policy forbids it"),
        ("<script>x()</script>", "inline <script>: the content policy forbids it"),
        ('{{ t("một") }}', "t() takes 2 texts and values by name"),
        ('{{ t("một", "") }}', "a language is empty: 'một', ''"),
        ('{{ t("same", "same") }}', "says the same in both languages: 'same'"),
        ('{{ n(1, "a", "b") }}', "n() takes 4 texts and values by name"),
        ("{{ t(x, y) }}", "both texts must be written here, not computed"),
        ('{{ t("ngày", "day" if x else "") }}', "a language is empty: 'ngày', ''"),
        ("{{ t('u\u0300', 'u') }}", "is not NFC"),
        ("{{ x", "does not compile: unexpected end of template, expected 'end of print statement'."),
    ],
)
def test_what_a_template_must_not_do(source: str, fault: str) -> None:
    assert [found.what for found in check(environment(), "a.html", source)] == [fault]


@pytest.mark.parametrize(
    "source",
    [
        '<p class="x" id="y">{{ t("một", "one") }} · {{ 1 }}</p>',
        '<input type="text" name="a" value="b"{% if x %} checked{% endif %}>',
        '{{ t("Bến Thử", "Bến Thử") }}{{ t(" · {day}", " · {day}", day=x) }}',
        '<script src="{{ asset("app.js") }}" defer></script>',
        '{{ f(name="email", label=t("Thư", "Mail")) }}',
        '{% macro m() %} aria-describedby="{{ x }}"{% endmacro %}',
    ],
)
def test_what_a_template_may_do(source: str) -> None:
    assert check(environment(), "a.html", source) == []


def test_text_of_a_plain_template_is_checked_too(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text('{{ t("một", "one") }}\nbye\n')
    assert [str(fault) for fault in check_folder(tmp_path)] == ["a.txt:1: text outside of t(): 'bye'"]
