import os
from pathlib import Path

import pytest

from matching import Evidence, Need, Offer, SkillGraph, SkillLevel, SubNeed


@pytest.fixture(scope="session")
def graph() -> SkillGraph:
    return SkillGraph.load()


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of public data beside the repository, or where BENTHU_TEST_DATA says."""
    beside = Path(__file__).parents[2].parent / "shared" / "data"
    folder = Path(os.environ.get("BENTHU_TEST_DATA") or beside)
    if not folder.is_dir():
        pytest.skip("the public data are not on this machine (set BENTHU_TEST_DATA)")
    return folder


@pytest.fixture(scope="session")
def offers() -> tuple[Offer, ...]:
    etching = Evidence(
        id="p1",
        kind="paper",
        title="Plasma etching of silicon carbide",
        text="We etch deep SiC trenches for power MOSFETs with an inductively coupled plasma.",
        year=2024,
    )
    modules = Evidence(
        id="p2", kind="project", title="Power modules", text="Silver sintering of dies.", year=2021
    )
    floating = Evidence(
        id="p3",
        kind="patent",
        title="Hệ neo cho tua-bin gió nổi",
        text="Sáng chế mô tả dây neo và móng nổi cho điện gió ngoài khơi ở vùng biển có bão.",
    )
    return (
        Offer(id="etcher", name="Trần Thị Bình", evidence=(etching, modules)),
        Offer(id="sailor", kind="institute", name="Viện Biển", evidence=(floating,)),
        Offer(id="teacher", skills=(SkillLevel("plasma-etching", 5), SkillLevel("euv-lithography", 2))),
        Offer(id="newcomer"),
    )


@pytest.fixture(scope="session")
def layers() -> tuple[Evidence, ...]:
    """120 short papers in which words keep regular company: enough for topics."""
    return tuple(
        Evidence(id=str(i), text=f"subject {'abcdefg'[i % 7]}x etching of layer{i % 9}") for i in range(120)
    )


@pytest.fixture(scope="session")
def need() -> Need:
    return Need(
        id="n1",
        text="Cần chuyên gia ăn mòn plasma cho linh kiện SiC.",
        skills=(SubNeed("plasma-etching", 2), SubNeed("sic-devices"), SubNeed("hvdc", required=False)),
    )
