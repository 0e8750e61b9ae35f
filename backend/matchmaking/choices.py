"""What may be chosen in a profile or a need: stable keys and what they are called."""

from __future__ import annotations

from backend.kit.text import Text

LANGUAGES = {
    "vi": Text("Tiếng Việt", "Vietnamese"),
    "en": Text("Tiếng Anh", "English"),
    "ja": Text("Tiếng Nhật", "Japanese"),
    "ko": Text("Tiếng Hàn", "Korean"),
    "zh": Text("Tiếng Trung", "Chinese"),
    "de": Text("Tiếng Đức", "German"),
    "fr": Text("Tiếng Pháp", "French"),
    "ru": Text("Tiếng Nga", "Russian"),
}
AVAILABILITY = {
    "now": Text("Nhận việc ngay", "Free now"),
    "within_3_months": Text("Trong ba tháng tới", "Within three months"),
    "later": Text("Sau ba tháng nữa", "Later than three months"),
}
FORMS = {
    "consulting": Text("Tư vấn", "Consulting"),
    "joint_research": Text("Nghiên cứu chung", "Joint research"),
    "technology_transfer": Text("Chuyển giao công nghệ", "Technology transfer"),
    "training": Text("Đào tạo", "Training"),
    "testing": Text("Đo, thử nghiệm, chế thử", "Measuring, testing, prototyping"),
    "equipment": Text("Dùng chung thiết bị", "Access to equipment"),
}
COUNTRIES = {
    "VN": Text("Việt Nam", "Viet Nam"),
    "AU": Text("Úc", "Australia"),
    "BE": Text("Bỉ", "Belgium"),
    "CA": Text("Canada", "Canada"),
    "CH": Text("Thụy Sĩ", "Switzerland"),
    "CN": Text("Trung Quốc", "China"),
    "CZ": Text("Séc", "Czechia"),
    "DE": Text("Đức", "Germany"),
    "DK": Text("Đan Mạch", "Denmark"),
    "FR": Text("Pháp", "France"),
    "GB": Text("Anh", "United Kingdom"),
    "JP": Text("Nhật Bản", "Japan"),
    "KR": Text("Hàn Quốc", "Korea"),
    "MY": Text("Malaysia", "Malaysia"),
    "NL": Text("Hà Lan", "Netherlands"),
    "NO": Text("Na Uy", "Norway"),
    "PL": Text("Ba Lan", "Poland"),
    "RU": Text("Nga", "Russia"),
    "SE": Text("Thụy Điển", "Sweden"),
    "SG": Text("Singapore", "Singapore"),
    "TW": Text("Đài Loan", "Taiwan"),
    "US": Text("Hoa Kỳ", "United States"),
}
EVIDENCE_KINDS = {
    "paper": Text("Bài báo khoa học", "Paper"),
    "patent": Text("Sáng chế", "Patent"),
    "project": Text("Dự án, đề tài", "Project"),
    "product": Text("Sản phẩm", "Product"),
    "equipment": Text("Thiết bị, phòng thí nghiệm", "Equipment or laboratory"),
    "certificate": Text("Chứng chỉ", "Certificate"),
    "thesis": Text("Luận án", "Thesis"),
    "service": Text("Dịch vụ", "Service"),
    "other": Text("Khác", "Other"),
}
LEVELS = {
    1: Text("đã tìm hiểu", "knows of it"),
    2: Text("đã làm", "has done it"),
    3: Text("thành thạo", "does it well"),
    4: Text("chuyên sâu", "is an expert"),
    5: Text("dẫn đầu lĩnh vực", "leads the field"),
}
WEIGHTS = {
    1: Text("nên có", "useful"),
    2: Text("quan trọng", "important"),
    3: Text("then chốt", "crucial"),
}
KINDS = {
    "expert": Text("Chuyên gia", "Expert"),
    "institute": Text("Viện, trường", "Institute or university"),
}
BANDS = {
    "strong": Text("Rất phù hợp", "Strong match"),
    "possible": Text("Có thể phù hợp", "Possible match"),
    "weak": Text("Ít phù hợp", "Weak match"),
}
SIGNALS = {
    "words": Text("từ ngữ chung", "shared words"),
    "topics": Text("chủ đề gần nhau", "close topics"),
    "concepts": Text("kỹ năng chung trên đồ thị", "shared skills on the graph"),
    "semantic": Text("ý nghĩa gần nhau", "close meaning"),
}
STATES = {
    "asked": Text("Đang chờ trả lời", "Waiting for an answer"),
    "accepted": Text("Hai bên đã đồng ý", "Both sides agreed"),
    "declined": Text("Đã từ chối", "Declined"),
    "withdrawn": Text("Đã rút lại", "Withdrawn"),
}
