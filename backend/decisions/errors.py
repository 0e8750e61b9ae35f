"""The ways in which a decision says no."""

from __future__ import annotations

from backend.kit.errors import BenThuError
from backend.kit.text import Text


class SamePerson(BenThuError):
    """Nobody may do two of: propose, countersign, sign."""

    code = "same_person"
    status = 409
    text = Text(
        "Bạn đã trình hoặc ký kiểm tra dự thảo này, kể cả khi làm thay người khác, nên không được ký tiếp. "
        "Hãy chuyển cho người khác.",
        "You had a hand in this draft already, for yourself or for another. Pass it to somebody else.",
    )


class NoAuthority(BenThuError):
    """Nothing lets this person sign or countersign this kind of decision today."""

    code = "no_signing_authority"
    status = 409
    text = Text(
        "Hôm nay bạn chưa có thẩm quyền ký loại quyết định này. Quản trị viên ghi thẩm quyền ký kèm căn cứ.",
        "You have no authority to sign this kind of decision today. An administrator enters it.",
    )


class NothingProposed(BenThuError):
    code = "nothing_proposed"
    status = 409
    text = Text(
        "Không có dự thảo nào đang chờ ký. Tải lại trang để xem hồ sơ đang ở đâu.",
        "No draft awaits signature. Reload the page to see where the case stands.",
    )
