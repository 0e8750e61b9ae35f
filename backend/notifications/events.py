"""The kinds of news there are, and the ways they reach people."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from backend.kit.text import Text

How = Literal["now", "daily", "weekly", "inbox"]
HOW: dict[How, Text] = {
    "now": Text("Gửi thư ngay", "Mail at once"),
    "daily": Text("Thư tổng hợp mỗi ngày", "A daily digest"),
    "weekly": Text("Thư tổng hợp mỗi tuần", "A weekly digest"),
    "inbox": Text("Chỉ trong hộp thư ở đây", "Only in the inbox here"),
}


class Kind(Struct, frozen=True, kw_only=True):
    """A kind of news, mailed at once unless somebody chose otherwise; a `statutory` one always."""

    label: Text
    statutory: bool = False


KINDS: dict[str, Kind] = {
    "case": Kind(
        label=Text(
            "Hồ sơ đổi trạng thái, văn bản được ban hành", "A case changes its state, a document is issued"
        ),
        statutory=True,
    ),
    "deadline": Kind(
        label=Text("Việc bạn phải làm trước một ngày", "Something you must do by a day"), statutory=True
    ),
    "work": Kind(label=Text("Bạn được giao việc", "Work is given to you")),
    "warning": Kind(label=Text("Một thời hạn sắp hết hoặc đã quá", "A time limit is running out, or missed")),
    "answer": Kind(label=Text("Câu hỏi của bạn được trả lời", "Your question is answered")),
    "member": Kind(label=Text("Người cùng tổ chức thay đổi", "The people of your organisation change")),
    "partner": Kind(
        label=Text("Đề nghị giới thiệu đối tác và trả lời", "Introductions asked for and answered")
    ),
}
