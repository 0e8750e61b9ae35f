"""The errors a person may meet: a stable code, an HTTP status, and a text that says how to mend it."""

from collections.abc import Mapping
from typing import ClassVar

from backend.kit.text import Text


class BenThuError(Exception):
    """Base of all errors with an answer for the person in front of the screen.

    An instance may say it more exactly: `text`, one text per field, the `source` in law, the seconds after
    which trying again makes sense.
    """

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    text: Text = Text(
        "Hệ thống gặp lỗi. Vui lòng thử lại; nếu vẫn lỗi, hãy báo cho quản trị viên mã yêu cầu này.",
        "Something went wrong here. Try again; if it persists, give the administrator this request number.",
    )

    def __init__(
        self,
        text: Text | None = None,
        *,
        fields: Mapping[str, Text] | None = None,
        source: str = "",
        retry_after: int | None = None,
    ) -> None:
        if text is not None:
            self.text = text
        self.fields = dict(fields or {})
        self.source = source
        self.retry_after = retry_after  # seconds
        super().__init__(f"{self.code}: {self.text.en}")


class NotFound(BenThuError):
    code = "not_found"
    status = 404
    text = Text(
        "Không có trang hoặc mục này, hoặc bạn không được xem. Hãy kiểm tra địa chỉ.",
        "There is no such page or item, or it is not yours to see. Check the address.",
    )


class Forbidden(NotFound):
    """The actor may not know of it: the answer is the one for what does not exist."""


class NotSignedIn(BenThuError):
    code = "not_signed_in"
    status = 401
    text = Text("Hãy đăng nhập để tiếp tục.", "Sign in to go on.")


class Conflict(BenThuError):
    code = "conflict"
    status = 409
    text = Text(
        "Người khác vừa thay đổi mục này. Hãy tải lại trang, xem nội dung mới rồi làm lại.",
        "Someone else has just changed this. Reload the page, look at what is new, then do it again.",
    )


class Invalid(BenThuError):
    code = "invalid"
    status = 422
    text = Text(
        "Có thông tin chưa đúng. Hãy sửa các mục được đánh dấu.",
        "Some answers need mending: see the marked fields.",
    )


class TooLarge(BenThuError):
    code = "too_large"
    status = 413
    text = Text(
        "Nội dung gửi lên quá lớn. Hãy gửi tệp nhỏ hơn.", "What you sent is too large. Send a smaller file."
    )


class TooMany(BenThuError):
    code = "too_many_requests"
    status = 429
    text = Text(
        "Bạn đã thử quá nhiều lần. Hãy đợi một lát rồi thử lại.",
        "Too many tries. Wait a moment, then try again.",
    )


class Unavailable(BenThuError):
    code = "unavailable"
    status = 503
    text = Text(
        "Hệ thống tạm thời gián đoạn; dữ liệu đã lưu vẫn an toàn. Hãy thử lại sau ít giây.",
        "The service is interrupted for a moment; what was saved is safe. Try again in a few seconds.",
    )
