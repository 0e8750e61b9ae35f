"""A QR code carries its text and nothing from outside."""

import xml.etree.ElementTree as ET

from backend.ports.qr import qr_data_uri, qr_svg

ADDRESS = "https://example.vn/verify/ABCD-EFGH-JKMN"


def test_the_picture_says_what_it_is_and_carries_the_address():
    root = ET.fromstring(qr_svg(ADDRESS, "Mã QR <xác minh>"))  # noqa: S314 - our own text
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root[0].text == "Mã QR <xác minh>"
    assert qr_svg(ADDRESS, "x") == qr_svg(ADDRESS, "x") != qr_svg(ADDRESS + "1", "x")


def test_the_address_for_print_is_data_alone():
    uri = qr_data_uri(ADDRESS)
    assert uri.startswith("data:image/svg+xml")
    assert "http%3A%2F%2Fwww.w3.org%2F2000%2Fsvg" in uri
    assert uri.count("http") == 1
