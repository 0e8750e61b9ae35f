"""The ways in which a question to another agency says no."""

from __future__ import annotations

from backend.kit.errors import BenThuError, Conflict
from backend.kit.text import Text


class AlreadyEnded(Conflict):
    """It was answered, or its time is over: an answer is given once."""

    code = "opinion_ended"
    text = Text(
        "Ý kiến này đã được trả lời hoặc đã hết hạn, nên không ghi được nữa. Hãy liên hệ cán bộ thụ lý.",
        "This was answered already, or its time is over: nothing more can be entered. Contact the officer.",
    )


class NotOpenForOpinions(BenThuError):
    """The case is a draft, waits for its applicant, or is decided."""

    code = "not_open_for_opinions"
    status = 409
    text = Text(
        "Chỉ lấy ý kiến khi hồ sơ đang được kiểm tra, thẩm định hoặc soạn quyết định.",
        "Other agencies are asked while a case is checked, appraised or being decided.",
    )
