"""The public sets the engine is judged by, in miniature."""

from __future__ import annotations

import json
from pathlib import Path


def make_public_data(folder: Path) -> Path:
    """Write a triple, two skills, three phrases (one names no skill) and two sentences; return `folder`."""
    authors = [
        {"author_id": "a", "score": 5, "papers": [{"title": "Plasma etching", "abstract": "Of silicon."}]},
        {"author_id": "b", "score": 2, "papers": [{"title": "Rivers", "abstract": "And boats."}]},
    ]
    paper = {"paper_id": "p", "paper_title": "Etching with plasma", "abstract": "Silicon is etched."}
    bench, phrases, esco, sentences = (
        folder / "matching" / "lr_bench",
        folder / "matching" / "esco_skill_extraction",
        folder / "taxonomies" / "esco",
        folder / "matching" / "tatoeba_vie_eng",
    )
    for place in (bench, phrases, esco, sentences):
        place.mkdir(parents=True)
    triple = {"anchor": paper, "positive": authors[0], "negative": authors[1]}
    (bench / "evaluations_pc.json").write_text(json.dumps([triple]))
    skills = {"1": {"label": "etch wafers", "rest": "plasma"}, "2": {"label": "sail boats", "rest": "rivers"}}
    (esco / "skills_labelled.json").write_text(json.dumps(skills))
    (phrases / "tech_test_annotations.csv").write_text(
        "sentence,span,sub_span,label\n"
        "x,etching wafers,,etch wafers\nx,on a boat,boat,Sail boats\nx,y,,NONE\n"
    )
    (sentences / "tatoeba.vie-eng.vie").write_text("Tom ở Boston.\nTôi yêu Mary.\n")
    (sentences / "tatoeba.vie-eng.eng").write_text("Tom is in Boston.\nI love Mary.\n")
    return folder
