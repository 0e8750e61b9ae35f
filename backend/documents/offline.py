"""A QR code that can be checked without a network: what it says, sealed with the agency's key.

The text is the address of the registry, then after `#` the claims (base64url of JSON) and the seal (ECDSA
P-256 over SHA-256, 64 bytes, base64url). `python -m backend.documents.offline CERTIFICATE.pem TEXT` checks
one; the agency's certificate is at `/verify/agency.pem`.
"""

from __future__ import annotations

import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.hashes import SHA256

Claims = Mapping[str, str]


class BadSeal(ValueError):
    """The text was not sealed by the holder of this certificate, or was changed since."""


def as_bytes(claims: Claims) -> bytes:
    """What is sealed: the claims as JSON, keys in order."""
    return msgspec.json.encode(dict(claims), order="deterministic")


def as_text(address: str, claims: Claims, seal: bytes) -> str:
    """The text of the QR code."""
    return f"{address}#{_encode(as_bytes(claims))}.{_encode(seal)}"


def read(text: str, certificate: bytes) -> dict[str, str]:
    """The claims, once the seal holds. `certificate` is PEM. Raises BadSeal."""
    written, _, seal = text.rpartition("#")[2].partition(".")
    try:
        data, raw = _decode(written), _decode(seal)
        key = x509.load_pem_x509_certificate(certificate).public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey) or len(raw) != 2 * SIZE:
            raise BadSeal
        pair = int.from_bytes(raw[:SIZE], "big"), int.from_bytes(raw[SIZE:], "big")
        key.verify(utils.encode_dss_signature(*pair), data, ec.ECDSA(SHA256()))
        return msgspec.json.decode(data, type=dict[str, str])
    except (InvalidSignature, NotBase64, ValueError, msgspec.DecodeError) as bad:
        raise BadSeal("the seal does not hold") from bad


def raw_signature(der: bytes) -> bytes:
    """An ECDSA signature as 64 bytes."""
    return b"".join(part.to_bytes(SIZE, "big") for part in utils.decode_dss_signature(der))


def main(arguments: list[str]) -> int:
    """Check one text; print the claims and return 0, or 1 when the seal does not hold."""
    certificate, text = arguments
    try:
        claims = read(text, Path(certificate).read_bytes())
    except BadSeal as bad:
        print(bad, file=sys.stderr)
        return 1
    for key, said in claims.items():
        print(f"{key}: {said}")
    return 0


SIZE = 32


def _encode(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
