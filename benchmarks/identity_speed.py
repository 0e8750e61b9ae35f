"""Who is who among many records: how long it takes, and how few pairs are compared.

    python -m benchmarks.identity_speed [RECORDS]

100,000 records unless told otherwise, of people with Vietnamese names, more than a quarter called Nguyễn; a
person has one to three records, and one record in four writes the name in another way.
"""

import resource
import sys
import time

import numpy as np

from matching.identity import PersonRecord, resolve

FAMILIES = """
Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Mai Trịnh Đào Cao Lương
""".split()  # noqa: SIM905
MIDDLES = """
Văn Thị Đức Hữu Minh Thanh Ngọc Quang Thu Xuân Hồng Anh Bảo Công Đình Gia Hải Khánh Kim Mạnh Mỹ Nhật Phương
Quốc Thành Thế Thùy Trọng Tuấn Việt
""".split()  # noqa: SIM905
GIVEN = """
An Anh Ân Bắc Bách Bảo Bích Bình Cường Châu Chi Chinh Chung Công Cúc Cương Dung Dũng Duy Dương Đại Đạt Điệp
Đông Đức Giang Hà Hải Hạnh Hằng Hân Hậu Hiền Hiếu Hiệp Hoa Hòa Hoàn Hồng Huệ Hùng Huy Huyền Hưng Hương Khải
Khánh Khoa Kiên Lam Lan Lâm Lân Liên Linh Loan Long Lộc Lợi Luân Ly Mai Mạnh Minh My Nam Nga Ngân Nghĩa Ngọc
Nhàn Nhung Oanh Phong Phú Phúc Phương Quân Quang Quỳnh Sáng Sơn Tài Tâm Tân Thái Thanh Thảo Thắng Thịnh Thu
Thủy Tiến Toàn Trang Trung Tuấn Tùng Uyên Vân Vinh Vũ Yến
""".split()  # noqa: SIM905


def records(count: int) -> list[PersonRecord]:
    """Seven in ten give a mailbox, half the day of birth, three in ten an ORCID, all an organisation."""
    draw = np.random.default_rng(0)
    made: list[PersonRecord] = []
    while len(made) < count:
        person = len(made)
        names = [
            FAMILIES[_uneven(draw, len(FAMILIES))],
            MIDDLES[_uneven(draw, len(MIDDLES))],
            GIVEN[int(draw.integers(len(GIVEN)))],
        ]
        born = str(np.datetime64("1955-01-01") + int(draw.integers(15_000)))
        for _ in range(int(draw.integers(1, 4))):
            has_mail, has_birth, has_orcid = draw.random(3) < (0.7, 0.5, 0.3)
            made.append(
                PersonRecord(
                    id=f"r{len(made):07}",
                    name=_written(names, int(draw.integers(12))),
                    emails=(f"u{person}@example.vn",) if has_mail else (),
                    orcid=_orcid(person) if has_orcid else "",
                    organisations=(f"o{person % 500}",),
                    born=born if has_birth else "",
                )
            )
    return made[:count]


def _uneven(draw: np.random.Generator, size: int) -> int:
    """A place below ``size`` by Zipf's law."""
    shares = np.cumsum(1 / np.arange(1, size + 1))
    return int(np.searchsorted(shares, draw.random() * shares[-1]))


def _written(names: list[str], way: int) -> str:
    family, middle, given = names
    ways = (f"{given} {middle} {family}", f"{family} {middle[0]}. {given}", f"{given} {family}")
    return ways[way] if way < len(ways) else " ".join(names)


def _orcid(number: int) -> str:
    digits = f"{number:015}"
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return digits + ("X" if check == 10 else str(check))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    made = records(count)
    start = time.process_time()
    found = resolve(made)
    took = time.process_time() - start
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{count:,} records, {count * (count - 1) // 2:,} pairs")
    print(
        f"resolved in {took:.1f} s of the processor, {most:.1f} GB at most: {len(found.clusters):,} persons,"
    )
    print(f"{len(found.same):,} pairs the same, {len(found.possible):,} possibly, ", end="")
    print(f"{len(found.contradictions):,} contradictions")


if __name__ == "__main__":
    main()
