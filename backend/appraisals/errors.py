"""The ways in which an appraisal says no."""

from __future__ import annotations

from backend.kit.errors import BenThuError
from backend.kit.text import Text


class NotOpenForAppraisal(BenThuError):
    code = "not_open_for_appraisal"
    status = 409
    text = Text(
        "Hồ sơ này hiện không ở bước thẩm định. Tải lại trang để xem hồ sơ đang ở đâu.",
        "This application is not being appraised now. Reload the page to see where it stands.",
    )


class ConflictNotDeclared(BenThuError):
    code = "conflict_not_declared"
    status = 409
    text = Text(
        "Trước khi xem và chấm hồ sơ, hãy khai bạn có hay không có xung đột lợi ích.",
        "Before you read or score, declare whether or not you have a conflict of interest.",
    )


class AlreadyDeclared(BenThuError):
    code = "already_declared"
    status = 409
    text = Text(
        "Bạn đã khai xung đột lợi ích cho hồ sơ này. Nếu cần sửa, hãy báo cán bộ thụ lý.",
        "You have already declared for this application. To mend it, tell the case handler.",
    )


class AlreadyScored(BenThuError):
    code = "already_scored"
    status = 409
    text = Text(
        "Bạn đã gửi phiếu chấm của mình; phiếu đã gửi không sửa được.",
        "Your scores are in already; they cannot be changed.",
    )
