"""Run a program as the owner of its folder, never as root, without making users or asking for rights."""

import os
import pwd
import subprocess
from pathlib import Path

NOBODY = "nobody"  # exists on every machine


def as_owner_of(folder: Path) -> list[str]:
    """Return the words before a command that make it run as the owner of `folder`.

    PostgreSQL refuses user 0 and initdb refuses a user without a name. In a user namespace the same user
    bears another number: nothing is created and nothing changes its owner.
    """
    owner = folder.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        # folder or binaries may lie below a folder closed to the owner, as root's home is:
        # keep the right to pass through, also when the program asks access(2)
        passing = ["--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override"]
        passing.append("--securebits=+no_setuid_fixup")
        return [
            "setpriv", f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}", "--clear-groups", *passing, "--",
        ]  # fmt: skip
    return _namespace() if os.geteuid() == 0 or not _has_name(os.geteuid()) else []


def settle_owner(folder: Path) -> None:
    """Where root may not open a user namespace, hand its new folder to `nobody`."""
    if os.geteuid() == 0 == folder.stat().st_uid and not _works(_namespace()):
        nobody = pwd.getpwnam(NOBODY)
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)


def _namespace() -> list[str]:
    nobody = pwd.getpwnam(NOBODY)
    return ["unshare", "--user", f"--map-user={nobody.pw_uid}", f"--map-group={nobody.pw_gid}", "--"]


def _works(prefix: list[str]) -> bool:
    try:
        return subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True
