"""Which words say something, and their stems."""

import re

_VOWEL = re.compile(r"[aeiouy]")

ENGLISH_FUNCTION_WORDS = frozenset([
    "a", "about", "above", "across", "after", "again", "against", "all", "almost", "alone", "along",
    "already", "also", "although", "always", "am", "among", "an", "and", "another", "any", "anybody",
    "anyone", "anything", "anywhere", "are", "around", "as", "at", "away", "be", "became", "because",
    "become", "becomes", "been", "before", "behind", "being", "below", "beside", "besides", "between",
    "beyond", "both", "but", "by", "came", "can", "cannot", "could", "did", "do", "does", "doing", "done",
    "down", "due", "during", "each", "either", "else", "enough", "etc", "even", "ever", "every",
    "everybody", "everyone", "everything", "everywhere", "except", "few", "first", "for", "former",
    "from", "further", "get", "gets", "give", "given", "go", "goes", "got", "had", "has", "have",
    "having", "he", "hence", "her", "here", "hers", "herself", "him", "himself", "his", "how", "i", "if",
    "in", "indeed", "instead", "into", "is", "it", "its", "itself", "just", "keep", "last", "latter",
    "least", "less", "let", "like", "ltd", "made", "mainly", "make", "makes", "many", "may", "me",
    "meanwhile", "might", "mine", "more", "most", "mostly", "much", "must", "my", "myself", "namely",
    "neither", "never", "nevertheless", "next", "no", "nobody", "none", "nor", "not", "nothing", "now",
    "nowhere", "of", "off", "often", "on", "once", "one", "only", "onto", "or", "other", "others",
    "otherwise", "our", "ours", "ourselves", "out", "over", "own", "per", "perhaps", "please", "put",
    "quite", "rather", "really", "regarding", "same", "second", "see", "seem", "seemed", "seems",
    "several", "shall", "she", "should", "since", "so", "some", "somebody", "someone", "something",
    "sometimes", "somewhere", "still", "such", "take", "taken", "than", "that", "the", "their", "theirs",
    "them", "themselves", "then", "there", "thereby", "therefore", "these", "they", "third", "this",
    "those", "though", "three", "through", "throughout", "thus", "till", "to", "together", "too",
    "toward", "towards", "two", "under", "unless", "until", "up", "upon", "us", "very", "via", "was",
    "we", "well", "were", "what", "whatever", "when", "whence", "whenever", "where", "whereas", "whereby",
    "wherein", "wherever", "whether", "which", "while", "who", "whoever", "whole", "whom", "whose", "why",
    "will", "with", "within", "without", "would", "yes", "yet", "you", "your", "yours", "yourself",
    "yourselves",
])  # fmt: skip
# Words of every research abstract or call for partners: they say nothing about the subject.
_BOILERPLATE = frozenset([
    "achieve", "achieves", "al", "approach", "approaches", "art", "based", "demonstrate", "demonstrates",
    "et", "existing", "experiment", "experimental", "experiments", "extensive", "furthermore", "however",
    "improve", "improved", "introduce", "method", "methods", "moreover", "novel", "paper", "papers",
    "performance", "present", "presents", "problem", "problems", "propose", "proposed", "proposes", "recent",
    "recently", "result", "results", "show", "shown", "shows", "significantly", "state", "studies", "study",
    "task", "tasks", "used", "using", "various", "work", "works",
])  # fmt: skip
VIETNAMESE_STOP_WORDS = frozenset([
    "ai", "bằng", "bởi", "cho", "chúng", "chưa", "chỉ", "các", "cách", "còn", "có", "cũng", "cần", "của",
    "do", "dưới", "giữa", "gì", "gồm", "hay", "hoặc", "hơn", "họ", "khi", "không", "là", "lại", "mà", "mọi",
    "mỗi", "một", "nhiều", "như", "nhưng", "nhất", "nhằm", "những", "nào", "này", "nên", "nó", "phải", "qua",
    "ra", "rất", "sau", "sẽ", "sự", "theo", "thì", "trong", "trên", "trước", "tôi", "tại", "từ", "việc", "và",
    "vào", "vì", "về", "với", "ít", "đang", "đâu", "đã", "đó", "được", "đến", "đều", "để",
])  # fmt: skip
STOP_WORDS: frozenset[str] = ENGLISH_FUNCTION_WORDS | _BOILERPLATE | VIETNAMESE_STOP_WORDS


def is_telling(word: str) -> bool:
    return word not in STOP_WORDS and len(word) > 1 and not word.isdigit()


def stem(word: str) -> str:
    """A light English stem (plurals, -ing, -ed, -ly and common noun endings); other words stay as they
    are."""
    if not word.isascii() or len(word) < 4 or not word.isalpha():
        return word
    return _without_noun_ending(_without_verb_ending(_without_plural(word)))


def singular(word: str) -> str:
    """An English plural without its ending; Vietnamese and short words as they are."""
    return _without_plural(word) if word.isascii() and len(word) > 3 else word


def _without_plural(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


def _without_verb_ending(word: str) -> str:
    for ending in ("ing", "ed"):
        root = word[: -len(ending)]
        if word.endswith(ending) and len(root) > 2 and _VOWEL.search(root):
            if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "lsz":
                return root[:-1]
            return root
    return word


_NOUN_ENDINGS = (
    ("ization", "iz"), ("isation", "iz"), ("ational", "at"), ("fulness", "ful"), ("iveness", "iv"),
    ("ation", "at"), ("ition", "it"), ("ment", ""), ("ness", ""), ("ally", "al"), ("ator", "at"),
    ("able", ""), ("ible", ""), ("ance", ""), ("ence", ""), ("ions", ""), ("ion", ""), ("ity", ""),
    ("ive", ""), ("ise", "iz"), ("ize", "iz"), ("ate", "at"), ("ly", ""), ("al", ""), ("er", ""), ("e", ""),
)  # fmt: skip


def _without_noun_ending(word: str) -> str:
    for ending, put in _NOUN_ENDINGS:
        root = word[: -len(ending)]
        if word.endswith(ending) and len(root) > 3 and _VOWEL.search(root):
            return root + put
    return word
