"""Vietnamese put into English word by word: technical words and phrases that are no skills by themselves."""

from matching.glossary.marks import Marks
from matching.glossary.translation import Clause, Term, in_english, phrases, put_into_english, word_for_word

__all__ = ["Clause", "Marks", "Term", "in_english", "phrases", "put_into_english", "word_for_word"]
