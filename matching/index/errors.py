"""What can go wrong with an index, besides BadArtefact and UnknownOffer."""

from matching.errors import MatchingError
from matching.text import Text


class BadVector(MatchingError):
    """The weights of a profile or a need cannot be kept exactly or make no sense."""

    code = "matching.bad_vector"

    def __init__(self, what: Text) -> None:
        super().__init__(
            Text(
                f"Không nhận véc-tơ này: {what.vi}. Hãy sửa rồi gửi lại.",
                f"This vector is not accepted: {what.en}. Mend it and send it again.",
            )
        )


class IndexBusy(MatchingError):
    """Another process is changing the index."""

    code = "matching.index_busy"
    status = 503

    def __init__(self, what: Text) -> None:
        super().__init__(
            Text(
                f"Chỉ mục đang bận: {what.vi}. Hãy thử lại sau ít phút.",
                f"The index is busy: {what.en}. Try again in a few minutes.",
            )
        )
