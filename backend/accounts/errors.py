"""What can go wrong with accounts."""

from __future__ import annotations

from backend.kit.errors import BenThuError, Conflict
from backend.kit.text import Text


class SignInRefused(BenThuError):
    """E-mail unknown, password wrong or account deactivated: the answer does not say which."""

    code = "sign_in_refused"
    status = 401
    text = Text(
        "E-mail hoặc mật khẩu chưa đúng. Hãy kiểm tra cả hai; nếu quên mật khẩu, hãy hỏi quản trị viên.",
        "E-mail or password is wrong. Check both; if you forgot the password, ask an administrator.",
    )


class OwnAccount(Conflict):
    """An administrator would lock themselves out."""

    code = "own_account"
    text = Text(
        "Không thể tự khoá hoặc tự bỏ vai trò quản trị của mình. Hãy nhờ một quản trị viên khác.",
        "You cannot lock your own account or give up your own administration. Ask another administrator.",
    )
