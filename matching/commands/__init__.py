"""The verbs of ``python -m matching``. A module for each group; ``add(commands)`` declares its options.

What a verb may raise (MatchingError, OSError) is said on standard error by ``matching.__main__``.
"""

import argparse
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"

__all__ = ["Commands"]
