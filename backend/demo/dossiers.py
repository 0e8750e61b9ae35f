"""What applicants write and enclose: the answers to every field of a form, and a paper for every document."""

from __future__ import annotations

from random import Random

from backend.applications.schemas import Answer
from backend.demo import data
from backend.demo.paper import write_paper
from backend.demo.plan import Case
from sandbox_rules import Programme

TO_CONFIRM = "điều, khoản cần xác nhận với cơ quan chuyên ngành"


def answers_of(case: Case, programme: Programme, contact: str, random: Random) -> dict[str, Answer]:
    """The answers to the fields of this programme's form."""
    what = case.solution
    answers = _about_the_solution(case) | _about_the_plan(case) | _about_protection(case, random)
    answers |= {
        "legal_person": True,
        "small_enterprise": case.organisation.small,
        "team": random.choice(data.words().teams),
        "contact_name": contact,
        "uses_ai": True,
        "ai_sensitive": False,
        "ai_results_used": what.users > 500,
    }
    return {key: answers[key] for key in programme.fields if key in answers}


def _about_the_solution(case: Case) -> dict[str, Answer]:
    what, rule = case.solution, data.rules()[case.solution.rule]
    return {
        "solution_name": what.name,
        "solution_summary": what.summary,
        "solution_field": field_of(case),
        "solution_new": True,
        "solution_prototype": case.quality > 0.2,
        "rule_in_the_way": True,
        "exemption_asked": f"{rule.rule}: {rule.extent} ({TO_CONFIRM}). Lý do: {rule.why}.",
    }


def _about_the_plan(case: Case) -> dict[str, Answer]:
    what = case.solution
    return {
        "plan_goal": what.goal,
        "plan_in_city": True,
        "plan_one_province": True,
        "plan_place": what.place,
        "plan_from": case.starts_on.isoformat(),
        "plan_until": case.ends_on.isoformat(),
        "plan_users": what.users,
        "plan_area_km2": what.area,
        "plan_value_vnd": what.value,
        "plan_external_permit": what.permit,
    }


def _about_protection(case: Case, random: Random) -> dict[str, Answer]:
    return {
        "has_safeguards": True,
        "safeguards": data.rules()[case.solution.rule].safeguards,
        "personal_data": case.solution.personal,
        "national_security": False,
        "has_exit_plan": True,
        "exit_plan": random.choice(data.words().exits),
    }


def field_of(case: Case) -> str:
    """The field of the solution, by its key in the form."""
    return case.solution.field or case.organisation.field


def slots_of(case: Case) -> list[str]:
    """The documents this dossier needs, and for every third one a public summary."""
    slots = ["trial_plan", "technical_description", "risk_assessment"]
    slots += ["data_protection"] if case.solution.personal else []
    slots += ["external_permit"] if case.solution.permit else []
    slots += ["capacity"] if not case.organisation.small else []
    slots += ["public_summary"] if len(case.solution.name) % 3 == 0 else []
    return slots if case.complete else slots[:2]


def paper_of(case: Case, slot: str, programme: Programme, added: str = "") -> bytes:
    """The paper for one document; `added` is what an officer missed in it."""
    what, rule, who = case.solution, data.rules()[case.solution.rule], case.organisation
    dates = f"Thời gian: từ {case.starts_on:%d/%m/%Y} đến {case.ends_on:%d/%m/%Y}. Địa điểm: {what.place}."
    scale = (
        f"Quy mô: tối đa {what.users} người tham gia, trên diện tích {str(what.area).replace('.', ',')} km²."
    )
    said = {
        "trial_plan": [f"Mục tiêu: {what.goal}", dates, scale, f"Biện pháp bảo vệ: {rule.safeguards}"],
        "technical_description": [what.summary, f"Chỉ số cần chứng minh: {what.goal}"],
        "risk_assessment": [f"Vướng mắc: {rule.rule}: {rule.why}.", f"Biện pháp: {rule.safeguards}"],
        "data_protection": [
            "Loại dữ liệu, mục đích, thời hạn lưu và quyền của người tham gia.",
            rule.safeguards,
        ],
        "external_permit": [
            f"Bản chụp {rule.permit or 'giấy phép chuyên ngành'} cho thời gian thử nghiệm.",
            dates,
        ],
        "capacity": [f"{who.name}: nhân lực, thiết bị và các dự án đã thực hiện.", who.address],
        "public_summary": [what.summary, what.goal, dates],
    }
    label = programme.documents[slot].label.vi
    paragraphs = [f"{who.name}, {who.ward}, thành phố Hải Phòng", what.name, *said[slot]]
    return write_paper(label, [*paragraphs, *([f"Bổ sung: {added}"] if added else [])])
