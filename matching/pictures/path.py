"""How a needed skill leads to the evidence."""

from matching.pictures.svg import MARGIN, box, box_height, line, picture, width_of, words, wrapped
from matching.skill_graph.graph import EDGE_WORDS, SkillGraph, SkillPath
from matching.text import Lang, Text

_MOST_LETTERS = 38
_STEP = 42


def path_svg(graph: SkillGraph, path: SkillPath, lang: Lang = "vi", evidence: str = "") -> str:
    """A path from the needed skill, at the top, down to the offered skill and the evidence that shows it.

    Labels are broken into lines of 38 letters: the picture is at most 334 pixels wide.
    """
    nodes = [graph[path.start].label.of(lang), *(graph[s.key].label.of(lang) for s in path.steps)]
    edges = [EDGE_WORDS[s.edge].of(lang) for s in path.steps]
    kinds = ["skill-node"] * len(nodes)
    if evidence:
        nodes.append(evidence)
        edges.append(Text("thể hiện qua", "shown by").of(lang))
        kinds.append("skill-node skill-node--evidence")
    boxes = [wrapped(node, _MOST_LETTERS) for node in nodes]
    parts = []
    top: float = MARGIN
    for i, (lines, kind) in enumerate(zip(boxes, kinds, strict=True)):
        parts.append(box((MARGIN, top), lines, kind))
        bottom = top + box_height(lines)
        if i < len(edges):
            x = MARGIN + 20
            parts.append(line((x, bottom), (x, bottom + _STEP), "skill-edge"))
            parts.append(words((x + 10, bottom + 25), edges[i], "skill-heading"))
        top = bottom + _STEP
    widest = [width_of(text) for lines in boxes for text in lines] + [30 + width_of(e) for e in edges]
    size = (2 * MARGIN + max(widest), top - _STEP + MARGIN)
    title = Text("Đường đi giữa hai kỹ năng", "Path between two skills").of(lang)
    said = path.say(graph, lang) + (f" → {edges[-1]} → {evidence}" if evidence else "")
    return picture(title, said, size, parts)
