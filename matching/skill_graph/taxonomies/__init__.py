"""Public taxonomies read into one small structure: SKOS and OWL in Turtle, OWL in Manchester syntax,
OpenAlex, ESCO."""

from matching.skill_graph.taxonomies.files import read_taxonomy
from matching.skill_graph.taxonomies.taxonomy import PREFIXES, Concept, Taxonomy, address

__all__ = ["PREFIXES", "Concept", "Taxonomy", "address", "read_taxonomy"]
