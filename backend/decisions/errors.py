"""The ways in which a decision says no."""

from __future__ import annotations

from backend.kit.errors import BenThuError
from backend.kit.text import Text


class SamePerson(BenThuError):
    """Four eyes: whoever proposed a decision cannot sign it."""

    code = "same_person"
    status = 409
    text = Text(
        "Bạn đã soạn và trình dự thảo này nên không được ký. Hãy chuyển cho người có thẩm quyền khác.",
        "You proposed this draft, so you cannot sign it. Pass it to another signatory.",
    )


class NothingProposed(BenThuError):
    code = "nothing_proposed"
    status = 409
    text = Text(
        "Không có dự thảo nào đang chờ ký. Tải lại trang để xem hồ sơ đang ở đâu.",
        "No draft awaits signature. Reload the page to see where the case stands.",
    )
