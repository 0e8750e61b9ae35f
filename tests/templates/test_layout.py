"""Blocks of a page: lists, tables, tasks, pagination, notices."""

import pytest

from backend.kit.pages import Page
from tests.templates.conftest import Show, words


def page(number: int, total: int, size: int = 25) -> Page[int]:
    return Page(items=[], total=total, page=number, size=size)


def test_breadcrumbs_lead_upwards_in_order(show: Show) -> None:
    shown = show('{{ l.breadcrumbs([("Hàng đợi", "/queue"), ("Hồ sơ", "/cases/1")]) }}')
    assert [(a.get("href"), words(a)) for a in shown.all(".//nav//a")] == [
        ("/queue", "Hàng đợi"),
        ("/cases/1", "Hồ sơ"),
    ]
    assert shown.one(".//nav").get("aria-label") == "Đường dẫn trang"


def test_a_summary_row_with_a_link_says_to_a_screen_reader_what_it_changes(show: Show) -> None:
    shown = show(
        "{{ l.summary_list(rows) }}",
        rows=[
            {"key": "Nơi", "value": "<Cảng>", "href": "/a"},
            {"key": "Số", "value": 7, "href": "/b", "action": "Xem", "hidden": "số"},
            {"key": "Mã", "value": "M"},
        ],
    )
    assert [words(e) for e in shown.all(".//dt")] == ["Nơi", "Số", "Mã"]
    assert [words(e) for e in shown.all(".//dd")] == ["<Cảng>", "Sửa Nơi", "7", "Xem số", "M"]
    assert [a.get("href") for a in shown.all(".//a")] == ["/a", "/b"]


def test_a_task_is_described_by_its_status_and_one_without_address_is_no_link(show: Show) -> None:
    shown = show(
        "{{ l.task_list(tasks) }}",
        tasks=[
            {"title": "Phương án", "status": "Còn thiếu", "tone": "red", "href": "/a", "hint": "Phạm vi"},
            {"title": "Nộp", "status": "Chưa thể"},
        ],
    )
    (link,) = shown.all(".//a")
    assert words(shown.by_id(link.get("aria-describedby") or "")) == "Còn thiếu"
    assert [words(e) for e in shown.all(".//li")] == ["Phương án Phạm vi Còn thiếu", "Nộp Chưa thể"]
    assert len(shown.all(".//strong")) == 1


def test_pagination_shows_both_ends_and_the_neighbours(show: Show) -> None:
    shown = show('{{ l.pagination(page, "/register?q=a&page=") }}', page=page(10, 500))
    assert [words(e) for e in shown.all(".//li")] == ["1", "⋯", "8", "9", "10", "11", "12", "⋯", "20"]
    assert [a.get("href") for a in shown.all(".//a[@aria-current='page']")] == ["/register?q=a&page=10"]
    assert [(a.get("rel"), a.get("href")) for a in shown.all(".//a[@rel]")] == [
        ("prev", "/register?q=a&page=9"),
        ("next", "/register?q=a&page=11"),
    ]


def test_the_first_page_has_no_previous_and_the_last_no_next(show: Show) -> None:
    source = '{{ l.pagination(page, "?page=") }}'
    assert [a.get("rel") for a in show(source, page=page(1, 50)).all(".//a[@rel]")] == ["next"]
    assert [a.get("rel") for a in show(source, page=page(2, 50)).all(".//a[@rel]")] == ["prev"]


def test_one_page_needs_no_pagination(show: Show) -> None:
    assert show('{{ l.pagination(page, "?page=") }}', page=page(1, 25)).html == ""


def test_the_count_names_the_rows_shown(show: Show) -> None:
    assert show("{{ l.count(page) }}", page=page(3, 63)).says(".//p") == "51–63 trong 63"
    assert show("{{ l.count(page) }}", "en", page=page(1, 63)).says(".//p") == "1–25 of 63"
    assert show("{{ l.count(page) }}", page=page(1, 0)).says(".//p") == "Không có kết quả"


def test_a_table_is_named_can_be_scrolled_by_keyboard_and_says_how_it_is_sorted(show: Show) -> None:
    shown = show(
        '{% call l.table("Hàng đợi", ["Hồ sơ", {"text": "Hạn", "href": "?sort=due", "sort": "ascending"},'
        ' {"text": "Điểm", "num": true}, {"text": "Chọn", "hidden": true}], dense=true) %}'
        "<tr><td>a</td></tr>{% endcall %}"
    )
    frame = shown.one(".//div[@role='group']")
    assert (frame.get("aria-label"), frame.get("tabindex")) == ("Hàng đợi", "0")
    assert shown.says(".//caption") == "Hàng đợi"
    heads = shown.all(".//th")
    assert [(words(h), h.get("scope"), h.get("aria-sort"), h.get("class")) for h in heads] == [
        ("Hồ sơ", "col", None, None),
        ("Hạn", "col", "ascending", None),
        ("Điểm", "col", None, "app-table__num"),
        ("Chọn", "col", None, None),
    ]
    assert [a.get("href") for a in heads[1].findall("a")] == ["?sort=due"]
    assert shown.one(".//table").get("class") == "app-table app-table--dense"


@pytest.mark.parametrize(("cards", "label"), [("true", "Hồ sơ"), ("false", None)])
def test_only_a_table_of_cards_repeats_its_columns_in_the_cells(
    show: Show, cards: str, label: str | None
) -> None:
    shown = show(
        '{% call l.table("Hàng đợi", ["Hồ sơ"], cards=' + cards + ") %}<tr><td>a</td></tr>{% endcall %}"
    )
    assert shown.one(".//td").get("data-label") == label


def test_a_notice_names_its_kind_in_words(show: Show) -> None:
    kinds = ("info", "success", "warning", "danger")
    shown = show("{% for kind in kinds %}{{ l.notice('x', kind) }}{% endfor %}", kinds=kinds)
    titles = shown.all(".//p[@class='app-notice__title']")
    assert [words(e) for e in titles] == ["Lưu ý", "Đã xong", "Chú ý", "Cảnh báo"]


def test_a_notice_a_panel_and_an_empty_list_take_a_text_or_a_body(show: Show) -> None:
    for name in ("notice", "panel", "empty"):
        title = "title='T', " if name != "empty" else ""
        key = {"notice": "text", "panel": "body", "empty": "text"}[name]
        with_text = show(f"{{{{ l.{name}({title}{key}='nội dung') }}}}")
        with_body = show(f"{{% call l.{name}({title.rstrip(', ')}) %}}<b>nội dung</b>{{% endcall %}}")
        assert words(with_text.root)[-8:] == words(with_body.root)[-8:] == "nội dung"
        assert len(with_body.all(".//b")) == 1


def test_a_section_is_reached_from_the_index_and_named_by_its_heading(show: Show) -> None:
    shown = show(
        '{{ l.section_index([("history", "Diễn biến")]) }}'
        '{% call l.section("history", "Diễn biến") %}x{% endcall %}'
    )
    assert [a.get("href") for a in shown.all(".//nav//a")] == ["#history"]
    section = shown.by_id("history")
    assert words(shown.by_id(section.get("aria-labelledby") or "")) == "Diễn biến"


def test_details_open_without_a_script(show: Show) -> None:
    shown = show('{% call l.details("Vì sao?") %}Vì luật.{% endcall %}')
    assert (shown.says(".//details/summary"), shown.says(".//details/div")) == ("Vì sao?", "Vì luật.")


def test_tones_of_a_tag(show: Show) -> None:
    shown = show('{{ l.tag("a") }}{{ l.tag("b", "red") }}')
    assert [e.get("class") for e in shown.all(".//strong")] == ["govuk-tag", "govuk-tag app-tag--red"]
