"""Run every benchmark, or those named: `python -m benchmarks [web matching_speed …]`."""

import subprocess
import sys

ALL = (
    "sandbox_rules_speed",
    "queue_speed",
    "assignment",
    "teams",
    "identity_speed",
    "matching_quality",
    "matching_speed",
    "topk",
    "scale",
    "web",
)


def main(names: list[str]) -> int:
    """Run one after the other, each in a process of its own; 1 if one failed, 2 for an unknown name."""
    if unknown := set(names) - set(ALL):
        print(f"unknown: {', '.join(sorted(unknown))}; there are: {', '.join(ALL)}", file=sys.stderr)
        return 2
    failed = False
    for name in names or ALL:
        print(f"== {name}", flush=True)
        done = subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False)
        failed |= done.returncode != 0
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
