"""Command line: ``python -m matching VERB``; ``--help`` lists the verbs (modules of `matching.commands`)."""

import argparse
import sys

from matching.commands import assign, cluster, draw, evaluate, explain, graph, learn, match, team
from matching.errors import MatchingError

GROUPS = (match, explain, team, assign, draw, evaluate, learn, cluster, graph)


def main(arguments: list[str] | None = None) -> int:
    """Run one verb. Returns 0, or 1 when its input cannot be used: what to mend is on standard error."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except (MatchingError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m matching", description="Ranks offers for needs, with reasons."
    )
    commands = parser.add_subparsers(required=True)
    for group in GROUPS:
        group.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
