"""The ways in which a case says no."""

from __future__ import annotations

from backend.kit.errors import BenThuError, Conflict
from backend.kit.text import Text
from sandbox_rules import Refused


class RuleSaysNo(BenThuError):
    """The rule file does not allow this step now; carries the rule's own words and source."""

    code = "rule_says_no"
    status = 409
    text = Text("Quy định không cho phép bước này lúc này.", "The rules do not allow this step now.")

    def __init__(self, refused: Refused) -> None:
        said = Text(refused.text.vi, refused.text.en)
        super().__init__(said, source=refused.source.title.vi if refused.source else "")
        self.refusal = refused.code  # for programs: `needs_<guard>`, `not_at_this_state`, …


class DossierIncomplete(BenThuError):
    """Something the rule file asks for is not there yet; `fields` names each by section or slot."""

    code = "dossier_incomplete"
    status = 409
    text = Text(
        "Hồ sơ còn thiếu. Hãy bổ sung các mục được nêu rồi nộp lại.",
        "The dossier is incomplete. Add what is named below, then submit again.",
    )


class NotLate(BenThuError):
    """A new day is promised for what was missed, and no time limit of the agency was."""

    code = "not_late"
    status = 409
    text = Text(
        "Hồ sơ không có bước nào của cơ quan đang trễ hạn nên không cần hẹn lại ngày.",
        "No step of the agency is late in this case, so there is no new day to promise.",
    )


class StaleRevision(Conflict):
    """The answers were saved by someone else after this page was opened."""

    code = "stale_revision"
    text = Text(
        "Hồ sơ đã được lưu ở nơi khác sau khi bạn mở trang này, nên lần lưu này chưa được ghi. "
        "Hãy tải lại trang để xem bản mới nhất rồi sửa tiếp.",
        "This application was saved elsewhere after you opened this page, so this save was not written. "
        "Reload the page to see the latest version, then go on.",
    )


class NotEditable(BenThuError):
    """The dossier cannot be changed in its present state."""

    code = "not_editable"
    status = 409
    text = Text(
        "Hồ sơ đang được xử lý nên không sửa được. Bạn sửa được khi cơ quan yêu cầu bổ sung.",
        "The application is being processed and cannot be changed until a supplement is requested.",
    )


class NotYourPart(BenThuError):
    """A member of the organisation whose role there does not go so far; others get NotFound."""

    code = "not_your_part"
    status = 403
    text = Text(
        "Quyền của bạn trong tổ chức không cho phép việc này. Hãy nhờ chủ sở hữu đổi quyền hoặc tự làm.",
        "Your role in the organisation does not go so far. Ask its owner to change it, or to do this.",
    )


class NotAsked(BenThuError):
    """A supplement request opens what was asked for, nothing else; `fields` names what is closed."""

    code = "not_asked"
    status = 409
    text = Text(
        "Chỉ sửa được các mục cơ quan yêu cầu bổ sung. Mục khác giữ nguyên như đã nộp.",
        "Only what was asked for can be changed. Everything else stays as it was handed in.",
    )
