"""Fields: bound labels, hints and errors, everything typed shown again, a summary that leads to the fault."""

from datetime import date

import pytest

from backend.kit.text import Text
from tests.templates.conftest import Show, words

ERRORS = {"x": Text("Nhập tên", "Enter the name")}
OPTIONS = [("a", "Một"), ("b", "Hai", "gợi ý của hai"), ("c", "Ba")]
CONTROLS = {
    "input": '{{ f.input("x", "Nhãn", "đã gõ", hint="Gợi ý", errors=errors) }}',
    "textarea": '{{ f.textarea("x", "Nhãn", "đã gõ", hint="Gợi ý", errors=errors) }}',
    "select": '{{ f.select("x", "Nhãn", options, "b", hint="Gợi ý", errors=errors) }}',
    "date": '{{ f.date("x", "Nhãn", "31/02/2026", hint="Gợi ý", errors=errors) }}',
    "number": '{{ f.number("x", "Nhãn", "-3", hint="Gợi ý", errors=errors) }}',
    "file": '{{ f.file("x", "Nhãn", hint="Gợi ý", errors=errors) }}',
    "password": '{{ f.password("x", "Nhãn", hint="Gợi ý", errors=errors) }}',
    "checkbox": '{{ f.checkbox("x", "Nhãn", hint="Gợi ý", errors=errors) }}',
}
GROUPS = {
    "radios": '{{ f.radios("x", "Nhãn", options, "b", hint="Gợi ý", errors=errors) }}',
    "checkboxes": '{{ f.checkboxes("x", "Nhãn", options, ["b"], hint="Gợi ý", errors=errors) }}',
}


@pytest.mark.parametrize("source", CONTROLS.values(), ids=CONTROLS.keys())
def test_a_control_has_one_label_and_is_described_by_hint_and_error(show: Show, source: str) -> None:
    shown = show(source, errors=ERRORS, options=OPTIONS)
    control = shown.one(".//*[@name='x']")
    assert control.get("id") == "x"
    assert words(shown.one(".//label[@for='x']")) == "Nhãn"
    assert control.get("aria-describedby") == "x-hint x-error"
    assert control.get("aria-invalid") == "true"
    assert words(shown.by_id("x-hint")) == "Gợi ý"
    assert words(shown.by_id("x-error")) == "Lỗi: Nhập tên"


@pytest.mark.parametrize("source", CONTROLS.values(), ids=CONTROLS.keys())
def test_a_control_without_fault_says_nothing_of_one(show: Show, source: str) -> None:
    shown = show(source, errors={"another": ERRORS["x"]}, options=OPTIONS)
    assert shown.one(".//*[@name='x']").get("aria-invalid") is None
    assert shown.one(".//*[@name='x']").get("aria-describedby") == "x-hint"
    assert "error" not in shown.html


@pytest.mark.parametrize("source", GROUPS.values(), ids=GROUPS.keys())
def test_a_group_of_choices_is_a_fieldset_whose_first_choice_the_summary_reaches(
    show: Show, source: str
) -> None:
    shown = show(source, errors=ERRORS, options=OPTIONS)
    assert shown.one(".//fieldset").get("aria-describedby") == "x-hint x-error"
    assert shown.says(".//legend") == "Nhãn"
    boxes = shown.all(".//input")
    assert [(box.get("id"), box.get("value"), box.get("checked") is not None) for box in boxes] == [
        ("x", "a", False),
        ("x-2", "b", True),
        ("x-3", "c", False),
    ]
    assert [words(shown.one(f".//label[@for='{box.get('id')}']")) for box in boxes] == ["Một", "Hai", "Ba"]
    assert boxes[1].get("aria-describedby") == "x-2-item-hint"
    assert words(shown.by_id("x-2-item-hint")) == "gợi ý của hai"


def test_the_summary_links_every_fault_to_its_field_and_a_fault_of_the_whole_form_to_none(show: Show) -> None:
    shown = show("{{ f.error_summary(errors) }}", errors=ERRORS | {"": Text("Hết hạn nộp", "Too late")})
    assert [(link.get("href"), words(link)) for link in shown.all(".//li/a")] == [("#x", "Nhập tên")]
    assert [words(item) for item in shown.all(".//li")] == ["Nhập tên", "Hết hạn nộp"]
    assert shown.one(".//*[@role='alert']") is not None


def test_no_faults_make_no_summary(show: Show) -> None:
    assert show("{{ f.error_summary({}) }}").html == ""


def test_everything_typed_is_shown_again_and_escaped(show: Show) -> None:
    typed = 'Phở <b>"24"</b> & trà'
    shown = show('{{ f.input("a", "A", v) }}{{ f.textarea("b", "B", v) }}{{ f.hidden("c", v) }}', v=typed)
    assert shown.by_id("a").get("value") == typed
    assert shown.by_id("b").text == typed
    assert shown.one(".//input[@type='hidden']").get("value") == typed


def test_a_textarea_keeps_an_empty_first_line(show: Show) -> None:
    assert show('{{ f.textarea("b", "B", v) }}', v="\nhai").by_id("b").text == "\nhai"


def test_nothing_typed_is_an_empty_field_and_not_the_word_none(show: Show) -> None:
    shown = show('{{ f.input("a", "A", none) }}{{ f.textarea("b", "B", none) }}{{ f.hidden("c", none) }}')
    assert shown.by_id("a").get("value") == ""
    assert not shown.by_id("b").text
    assert shown.one(".//input[@type='hidden']").get("value") == ""


def test_a_date_is_one_field_that_shows_the_day_as_people_write_it(show: Show) -> None:
    shown = show('{{ f.date("day", "Ngày", day) }}', day=date(2026, 11, 3))
    assert shown.by_id("day").get("value") == "03/11/2026"
    assert shown.by_id("day").get("inputmode") == "numeric"
    assert show('{{ f.date("day", "Ngày", "mai") }}').by_id("day").get("value") == "mai"


def test_what_may_be_left_out_says_so_in_both_languages(show: Show) -> None:
    source = '{{ f.input("a", "A", required=false) }}'
    assert show(source).says(".//label") == "A (không bắt buộc)"
    assert show(source, "en").says(".//label") == "A (optional)"


def test_a_select_marks_the_chosen_and_may_begin_empty(show: Show) -> None:
    shown = show('{{ f.select("w", "Phường", [(1, "Một"), (2, "Hai")], 2, empty="Chọn") }}')
    assert [(o.get("value"), o.get("selected") is not None) for o in shown.all(".//option")] == [
        ("", False),
        ("1", False),
        ("2", True),
    ]


def test_a_counted_text_says_its_limit_before_and_without_the_script(show: Show) -> None:
    shown = show('{{ f.textarea("s", "Tóm tắt", maxlength=500) }}')
    assert shown.one(".//*[@data-module='govuk-character-count']").get("data-maxlength") == "500"
    assert words(shown.by_id("s-info")) == "Không quá 500 ký tự"
    assert shown.by_id("s").get("aria-describedby") == "s-info"


def test_no_hidden_english_is_left_to_the_script(show: Show) -> None:
    shown = show('{{ f.password("p", "Mật khẩu") }}{{ f.textarea("s", "Tóm tắt", maxlength=5) }}')
    spoken = [
        value
        for element in shown.root.iter()
        for name, value in element.attrib.items()
        if name.startswith("data-i18n")
    ]
    assert len(spoken) == 11
    assert all(not value.isascii() for value in spoken if value != "%{count}")


def test_the_unit_of_a_number_is_in_its_label(show: Show) -> None:
    assert show('{{ f.number("n", "Số người", 5, suffix="người") }}').says(".//label") == "Số người (người)"


def test_prefix_and_suffix_are_drawn_and_not_read(show: Show) -> None:
    shown = show('{{ f.input("n", "Kinh phí (₫)", 5, prefix="≈", suffix="₫") }}')
    assert [(words(e), e.get("aria-hidden")) for e in shown.all(".//div[@aria-hidden]")] == [
        ("≈", "true"),
        ("₫", "true"),
    ]


def test_every_button_is_guarded_against_a_second_press(show: Show) -> None:
    shown = show(
        '{{ f.button("Nộp") }}{{ f.secondary("Lưu", "draft", 1, formaction="/x?a=1&b=2") }}'
        '{{ f.warning("Rút", "w") }}'
    )
    assert [
        (words(b), b.get("name"), b.get("value"), b.get("formaction"), b.get("data-prevent-double-click"))
        for b in shown.all(".//button")
    ] == [
        ("Nộp", None, None, None, "true"),
        ("Lưu", "draft", "1", "/x?a=1&b=2", "true"),
        ("Rút", "w", None, None, "true"),
    ]


def test_a_form_that_saves_itself_carries_its_words_and_a_live_place_for_them(show: Show) -> None:
    shown = show('<form {{ f.autosave("/a?b=1&c=2") }}>{{ f.saved() }}</form>', "en")
    form = shown.one(".//form")
    assert form.get("data-autosave") == "/a?b=1&c=2"
    assert form.get("data-saved-text") == "Saved"
    assert "What you typed is still here" in (form.get("data-conflict-text") or "")
    assert "still on the page" in (form.get("data-failed-text") or "")
    assert shown.one(".//form/p").get("aria-live") == "polite"
