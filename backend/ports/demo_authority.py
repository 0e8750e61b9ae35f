"""A certificate authority for demonstrations, kept in the data folder. Every name in it begins with DEMO.

It exists so that signing is real from the first day: real keys, real time stamps, real revocation.
A city that goes live replaces it by certificates of the State's own authority (see `ports.pades`).
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

MARK: Final = "DEMO"
_YEARS: Final = timedelta(days=3652)
_BACKDATED: Final = timedelta(hours=1)
_REVOCATION_LIST_LASTS: Final = timedelta(days=30)

PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class Identity:
    """A private key with its certificate."""

    def __init__(self, key: PrivateKey, certificate: x509.Certificate) -> None:
        self.key = key
        self.certificate = certificate

    def to_pem(self) -> bytes:
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return key + self.certificate.public_bytes(Encoding.PEM)

    @classmethod
    def from_pem(cls, pem: bytes) -> Identity:
        key = load_pem_private_key(pem, None)
        assert isinstance(key, (ec.EllipticCurvePrivateKey, rsa.RSAPrivateKey))
        return cls(key, x509.load_pem_x509_certificate(pem))


class DemoAuthority:
    """Issues identities by name; each is made on first use and then stays the same.

    Files are readable by their owner alone. Two processes that start at once agree on one identity.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def root(self) -> Identity:
        return self._kept("root", lambda: _issue(f"{MARK} Bến Thử Root", _elliptic(), issuer=None))

    def time_stamping(self) -> Identity:
        def make() -> Identity:
            # RSA, because the time stamper of pyHanko signs with nothing else
            key = rsa.generate_private_key(65537, 2048)
            return _issue(f"{MARK} Bến Thử Time Stamping", key, issuer=self.root(), stamps_time=True)

        return self._kept("time-stamping", make)

    def identity(self, name: str) -> Identity:
        """The identity of the person or agency called `name`."""
        file = "signatory-" + hashlib.sha256(name.encode()).hexdigest()[:24]
        return self._kept(file, lambda: _issue(f"{MARK} {name}", _elliptic(), issuer=self.root()))

    def revoke(self, name: str) -> None:
        """From now on nothing signed in this name is trusted, unless a time stamp proves it is older."""
        moment = _true_now()
        with _open_private(self._folder / "revoked", os.O_APPEND | os.O_CREAT) as file:
            file.write(f"{self.identity(name).certificate.serial_number} {moment.isoformat()}\n".encode())

    def revocation_list(self) -> x509.CertificateRevocationList:
        """A list signed at this moment."""
        now, root = _true_now(), self.root()
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(root.certificate.subject)
            .last_update(now - _BACKDATED)
            .next_update(now + _REVOCATION_LIST_LASTS)
            .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
            .add_extension(_authority_key(root), critical=False)
        )
        for serial, moment in self._revoked():
            revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(moment)
            builder = builder.add_revoked_certificate(revoked.build())
        return builder.sign(root.key, hashes.SHA256())

    def _revoked(self) -> list[tuple[int, datetime]]:
        file = self._folder / "revoked"
        lines = file.read_text().splitlines() if file.exists() else []
        return [(int(line.split()[0]), datetime.fromisoformat(line.split()[1])) for line in lines]

    def _kept(self, name: str, make: Callable[[], Identity]) -> Identity:
        path = self._folder / f"{name}.pem"
        if not path.exists():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            identity = make()
            draft = path.with_name(f".{name}.{secrets.token_hex(8)}")
            with _open_private(draft, os.O_CREAT | os.O_EXCL) as file:
                file.write(identity.to_pem())
            with suppress(FileExistsError):
                path.hardlink_to(draft)
            draft.unlink()
        return Identity.from_pem(path.read_bytes())


class DemoKeys:
    """The demonstration authority as an `Authority` for `ports.pades`."""

    allow_fetching = False

    def __init__(self, folder: Path) -> None:
        self._authority = DemoAuthority(folder)

    def signer_for(self, name: str) -> Any:
        from pyhanko.sign.signers import SimpleSigner

        certificate, key = _asn1(self._authority.identity(name))
        return SimpleSigner(signing_cert=certificate, signing_key=key, cert_registry=self._store())

    def time_stamper(self) -> Any:
        from pyhanko.sign.timestamps import DummyTimeStamper

        certificate, key = _asn1(self._authority.time_stamping())
        return DummyTimeStamper(tsa_cert=certificate, tsa_key=key, certs_to_embed=self._store())

    def seal(self, data: bytes, name: str) -> bytes:
        key = self._authority.identity(name).key
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        return key.sign(data, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))

    def certificate_of(self, name: str) -> bytes:
        return self._authority.identity(name).certificate.public_bytes(Encoding.PEM)

    def trust_roots(self) -> list[Any]:
        return [_asn1(self._authority.root())[0]]

    def revocation_lists(self) -> list[Any]:
        from asn1crypto.crl import CertificateList

        return [CertificateList.load(self._authority.revocation_list().public_bytes(Encoding.DER))]

    def _store(self) -> Any:
        from pyhanko_certvalidator.registry import SimpleCertificateStore

        store: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # pyHanko's own gap
        store.register(_asn1(self._authority.root())[0])
        store.register(_asn1(self._authority.time_stamping())[0])
        return store


def _true_now() -> datetime:
    """The clock of the machine: signatures and time stamps are made now, also while the past is replayed."""
    return datetime.now(UTC)


def _open_private(path: Path, flags: int) -> BinaryIO:
    return os.fdopen(os.open(path, os.O_WRONLY | flags, 0o600), "wb")


def _elliptic() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _authority_key(issuer: Identity) -> x509.AuthorityKeyIdentifier:
    return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key())


def _issue(
    common_name: str, key: PrivateKey, *, issuer: Identity | None, stamps_time: bool = False
) -> Identity:
    """A certificate for `key`; without an issuer it is a root that signs itself."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, f"{MARK} Bến Thử"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64]),
        ]
    )
    now, is_root = _true_now(), issuer is None
    issuer_name = issuer.certificate.subject if issuer else subject
    issuer_key = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer_name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + _YEARS)
        .add_extension(x509.BasicConstraints(is_root, None), critical=True)
        .add_extension(_key_usage(is_root), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
    )
    if stamps_time:
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(usage, critical=True)
    return Identity(key, builder.sign(issuer_key, hashes.SHA256()))


def _key_usage(is_root: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_root,
        content_commitment=not is_root,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_root,
        crl_sign=is_root,
        encipher_only=False,
        decipher_only=False,
    )


def _asn1(identity: Identity) -> tuple[Any, Any]:
    """An identity of `cryptography` in the shapes of `asn1crypto`, which pyHanko speaks."""
    from asn1crypto import keys, x509

    key = identity.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    certificate = identity.certificate.public_bytes(Encoding.DER)
    return x509.Certificate.load(certificate), keys.PrivateKeyInfo.load(key)
