"""The accounts of the demonstration: made by the seed, printed when it starts, listed on its sign-in page."""

from backend.kit.text import Text

PASSWORD = "thu-nghiem-2026"  # noqa: S105 - example data, printed for everybody to see
ACCOUNTS = {
    "startup@benthu.test": Text("doanh nghiệp thử nghiệm", "company that wants to try something out"),
    "officer@benthu.test": Text("chuyên viên tiếp nhận", "officer who receives applications"),
    "appraiser1@benthu.test": Text("thành viên thẩm định", "appraiser"),
    "appraiser2@benthu.test": Text("thành viên thẩm định", "appraiser"),
    "appraiser3@benthu.test": Text("thành viên thẩm định", "appraiser"),
    "authority@benthu.test": Text("người có thẩm quyền quyết định", "deciding authority"),
    "supervisor@benthu.test": Text("giám sát thử nghiệm", "supervisor of trials"),
    "agency@benthu.test": Text("cơ quan được lấy ý kiến", "agency asked for its opinion"),
    "institute@benthu.test": Text("viện, trường", "institute or university"),
    "expert@benthu.test": Text("chuyên gia", "expert"),
    "admin@benthu.test": Text("quản trị hệ thống", "administrator"),
    "auditor@benthu.test": Text("kiểm tra, đối chiếu nhật ký", "auditor"),
}
