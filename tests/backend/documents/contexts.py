"""One full context of each kind, as a lawyer would expect to read it."""

from datetime import date
from typing import Any

from backend.kit.text import Text

LETTER: dict[str, Any] = {
    "case_number": "HS-2026-00012",
    "applicant": "Công ty Cổ phần Sóng Biển Robotics",
    "applicant_address": "Số 12 đường Lê Hồng Phong, phường Hải An, thành phố Hải Phòng",
    "title": "Thử nghiệm xe tự hành chở hàng chặng cuối trong Khu công nghiệp Nam Đình Vũ",
    "programme": Text(
        "Thử nghiệm có kiểm soát giải pháp công nghệ mới", "Controlled trials of new technology solutions"
    ),
    "received_on": date(2026, 11, 23),
}
TO_CONFIRM: dict[str, Any] = {
    "title": Text("Quyết định 248/2025/QĐ-UBND, phần nội dung", "Decision 248/2025/QĐ-UBND, its body"),
    "confirmed": False,
    "note": Text("chưa đọc được toàn văn", "full text not yet read"),
}
RECEIPT: dict[str, Any] = LETTER | {
    "documents": [
        Text("Đơn đề nghị tham gia thử nghiệm", "Application form"),
        Text("Thuyết minh giải pháp", "Description of the solution"),
        Text("Phương án thử nghiệm: phạm vi, giới hạn, biện pháp an toàn, kết thúc", "Trial plan"),
        Text("Phương án bảo vệ dữ liệu cá nhân", "Protection of personal data"),
        "Giấy chứng nhận đăng ký doanh nghiệp",
    ],
    "due_on": date(2026, 12, 7),
    "clock": {
        "text": Text(
            "10 ngày làm việc kể từ ngày nhận đủ hồ sơ.", "10 working days from a complete dossier."
        ),
        "source": TO_CONFIRM,
    },
    "contact": "Bộ phận tiếp nhận, Sở Khoa học và Công nghệ",
}
SUPPLEMENT: dict[str, Any] = LETTER | {
    "reason": "Phương án thử nghiệm chưa nêu cách dừng khẩn cấp từ xa và chưa có bản đồ tuyến chạy.",
    "items": ["Mô tả cơ chế dừng khẩn cấp, người chịu trách nhiệm", "Bản đồ tuyến chạy tỷ lệ 1:2.000"],
    "due_on": date(2026, 12, 21),
    "clock": {
        "text": "Thời gian bổ sung không tính vào thời hạn giải quyết hồ sơ.",
        "source": TO_CONFIRM,
    },
}
REFUSAL: dict[str, Any] = LETTER | {
    "reason": "Giải pháp thuộc lĩnh vực ngân hàng, thẩm quyền thuộc Ngân hàng Nhà nước Việt Nam.",
    "clock": {"text": "Hồ sơ được hướng dẫn nộp tới cơ quan có thẩm quyền.", "source": TO_CONFIRM},
}
DECISION: dict[str, Any] = {
    "about": "Về việc cho phép Công ty Cổ phần Sóng Biển Robotics thử nghiệm xe tự hành chở hàng",
    "authority": "Chủ tịch Ủy ban nhân dân thành phố Hải Phòng",
    "bases": [
        "Luật Tổ chức chính quyền địa phương số 72/2025/QH15",
        "Luật Khoa học, Công nghệ và Đổi mới sáng tạo số 93/2025/QH15",
        "Nghị quyết số 226/2025/QH15 của Quốc hội về cơ chế đặc thù phát triển thành phố Hải Phòng",
        "Quyết định số 248/2025/QĐ-UBND ngày 26 tháng 12 năm 2025 của Ủy ban nhân dân thành phố Hải Phòng",
    ],
    "proposal": "Theo đề nghị của Giám đốc Sở Khoa học và Công nghệ tại hồ sơ số HS-2026-00012",
    "operative": [
        "Cho phép Công ty Cổ phần Sóng Biển Robotics thử nghiệm giải pháp xe tự hành chở hàng chặng cuối.",
        "Không gian thử nghiệm: các tuyến nội bộ của Khu công nghiệp Nam Đình Vũ, phường Đông Hải.",
        "Thời gian thử nghiệm: 12 tháng, từ ngày 01/01/2027 đến hết ngày 31/12/2027.",
    ],
    "limits": [
        {"label": "Số xe hoạt động cùng lúc", "value": "tối đa 5 xe"},
        {"label": "Tốc độ", "value": "tối đa 25 km/h"},
        {"label": "Khối lượng hàng mỗi chuyến", "value": "tối đa 300 kg"},
        {"label": "Khung giờ", "value": "từ 6 giờ đến 20 giờ"},
    ],
    "conditions": [
        "Có người giám sát từ xa cho mỗi xe, dừng được xe trong vòng 02 giây.",
        "Có bảo hiểm trách nhiệm dân sự còn hiệu lực trong suốt thời gian thử nghiệm.",
        "Thông báo cho mọi người ở khu vực thử nghiệm bằng biển báo tại lối vào.",
    ],
    "exemptions": [
        {
            "rule": "Quy định về người điều khiển phương tiện trên đường nội bộ (ví dụ)",
            "scope": "không áp dụng cho xe thử nghiệm trong không gian và thời gian nêu tại Điều 1.",
        }
    ],
    "duties": [
        "Báo cáo kết quả thử nghiệm định kỳ theo phương án đã được thẩm định.",
        "Báo ngay cho cơ quan giám sát khi xảy ra sự cố hoặc vượt giới hạn nêu tại Điều 2.",
        "Thực hiện phương án kết thúc thử nghiệm, bồi thường thiệt hại nếu có theo quy định của pháp luật.",
    ],
    "effect": [
        "Quyết định này có hiệu lực kể từ ngày ký.",
        (
            "Chánh Văn phòng Ủy ban nhân dân thành phố, Giám đốc Sở Khoa học và Công nghệ và "
            "Công ty Cổ phần Sóng Biển Robotics chịu trách nhiệm thi hành Quyết định này."
        ),
    ],
    "recipients": [
        "Chủ tịch, các Phó Chủ tịch UBND thành phố",
        "Cổng thông tin điện tử thành phố",
        "Lưu: VT, KHCN",
    ],
    "signature_lines": ["TM. Ủy ban nhân dân", "KT. Chủ tịch", "Phó Chủ tịch"],
    "signature_name": "Trần Thị Ngọc Ánh",
}
APOLOGY: dict[str, Any] = LETTER | {
    "step": Text("Thẩm định", "Appraisal"),
    "was_due_on": date(2026, 12, 14),
    "clock": {
        "text": Text("Thời hạn: 15 ngày làm việc.", "Time limit: 15 working days."),
        "source": TO_CONFIRM,
    },
    "clock_key": "appraise",
    "round": 1,
    "new_due_on": date(2027, 1, 20),
    "contact": "Trần Thu Hà",
}
STOP: dict[str, Any] = LETTER | {
    "reason": Text("tổ chức đề nghị đã rút hồ sơ.", "the applicant has withdrawn it.")
}
CONTROL_SLIP: dict[str, Any] = LETTER | {
    "holdings": [
        {
            "stage": Text("Đã nộp, chờ kiểm tra", "Submitted, to be checked"),
            "holder": Text("cán bộ thụ lý", "the officer"),
            "since": "23/11/2026 08:15",
            "until": "25/11/2026 16:40",
            "ended": Text("Tiếp nhận để thẩm định, Trần Thu Hà", "Accept for appraisal, Trần Thu Hà"),
            "days": 2,
        },
        {
            "stage": Text("Đang thẩm định", "In appraisal"),
            "holder": Text("thành viên thẩm định", "an appraiser"),
            "since": "25/11/2026 16:40",
            "until": "10/12/2026 09:05",
            "ended": Text("Kết luận thẩm định, Trần Thu Hà", "Conclude the appraisal, Trần Thu Hà"),
            "days": 11,
        },
    ],
    "clocks": [
        {
            "label": Text("Thẩm định", "Appraisal"),
            "limit": Text("15 ngày làm việc", "15 working days"),
            "used": Text("11 ngày làm việc", "11 working days"),
            "due_on": date(2026, 12, 16),
            "state": Text("đúng hạn", "met"),
        },
        {
            "label": Text("Bổ sung hồ sơ", "Supplement the dossier"),
            "limit": Text("30 ngày", "30 days"),
            "used": Text("4 ngày", "4 days"),
            "due_on": None,
            "state": Text("đã dừng", "stopped"),
        },
    ],
    "result": Text("Đã cho phép", "Granted"),
}
MINUTES: dict[str, Any] = LETTER | {
    "council": Text("Hội đồng thẩm định", "Appraisal council"),
    "members": [
        {"name": "Phạm Quang Minh", "part": Text("đã nộp phiếu", "gave a sheet")},
        {"name": "Vũ Ngọc Lan", "part": Text("đã nộp phiếu", "gave a sheet")},
        {"name": "Đỗ Đức Thịnh", "part": Text("khai có xung đột lợi ích", "declared a conflict of interest")},
    ],
    "criteria": [
        {"label": Text("Tính mới", "Novelty"), "weight": 20, "mean": 3.5},
        {"label": Text("An toàn và bảo vệ người tham gia", "Safety"), "weight": 80, "mean": 4.25},
    ],
    "sheets": [
        {"name": Text("Phiếu 1", "Sheet 1"), "score": 4.3},
        {"name": Text("Phiếu 2", "Sheet 2"), "score": 3.9},
    ],
    "mean": 4.1,
    "spread": 0.4,
    "pass_mark": 3.0,
    "conclusion": Text("đạt ngưỡng.", "the pass mark is reached."),
    "source": TO_CONFIRM,
    "round": 2,
}
CERTIFICATE: dict[str, Any] = {
    "trial_number": "TN-2026-00003",
    "holder": LETTER["applicant"],
    "title": LETTER["title"],
    "programme": LETTER["programme"],
    "started_on": date(2027, 1, 4),
    "ended_on": date(2027, 12, 31),
    "decision_number": "12/QĐ-UBND",
    "decision_dated_on": date(2026, 12, 20),
    "offline": "https://example.vn/register/TN-2026-00003#" + "a1B2" * 60,
    "source": TO_CONFIRM,
}
LOG_BOOK: dict[str, Any] = {
    "from_on": date(2026, 11, 1),
    "until_on": date(2026, 11, 30),
    "lines": [
        {
            "case": "5a3f0c9e-6a57-4c62-9a4e-0d9f6f1f2a10",
            "number": f"HS-2026-{number:05d}",
            "applicant": LETTER["applicant"],
            "title": LETTER["title"] * (1 + number % 3),
            "received_on": date(2026, 11, 2 + number // 4),
            "due_on": date(2026, 12, 15) if number % 5 else None,
            "answered_on": date(2026, 12, 9) if number % 2 else None,
            "result": Text("Đã cho phép", "Granted")
            if number % 2
            else Text("Đang thẩm định", "In appraisal"),
        }
        for number in range(1, 41)
    ],
}
OPINION_REQUEST: dict[str, Any] = {
    "case_number": LETTER["case_number"],
    "agency": "Sở Xây dựng thành phố Hải Phòng",
    "applicant": LETTER["applicant"],
    "title": LETTER["title"],
    "programme": LETTER["programme"],
    "question": "Tuyến chạy thử có ảnh hưởng đến giao thông không?",
    "due_on": date(2026, 12, 7),
    "source": TO_CONFIRM,
    "files": ["phuong-an.pdf"],
    "contact": "Trần Thị Mai",
}
CONTEXTS = {
    "log_book": LOG_BOOK,
    "opinion_request": OPINION_REQUEST,
    "certificate": CERTIFICATE,
    "apology": APOLOGY,
    "control_slip": CONTROL_SLIP,
    "minutes": MINUTES,
    "stop_notice": STOP,
    "receipt": RECEIPT,
    "supplement_request": SUPPLEMENT,
    "refusal_to_receive": REFUSAL,
    "decision": DECISION,
}
