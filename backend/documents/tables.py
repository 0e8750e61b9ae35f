"""Numbers taken, and documents issued with everything they were made from."""

from __future__ import annotations

from piccolo.columns import JSONB, UUID, Boolean, Date, Integer, Timestamptz, Varchar
from piccolo.columns.defaults.uuid import UUID4
from piccolo.table import Table


class NumberRegister(Table, tablename="number_register"):
    """The last number taken in a series; each series begins anew every year (NĐ 30/2020, Điều 15)."""

    id = UUID(primary_key=True, default=UUID4())
    symbol = Varchar(length=40)
    year = Integer()
    last = Integer()


class IssuedDocumentRow(Table, tablename="issued_document"):
    """One document, from the moment its number is taken; its bytes are in the file store."""

    id = UUID(primary_key=True, default=UUID4())
    kind = Varchar(length=40, help_text="a folder of frontend_templates/documents")
    subject = UUID(help_text="the application or trial it belongs to")
    number = Varchar(length=60, null=True, default=None, help_text="as printed: 12/QĐ-UBND")
    number_value = Integer(null=True, default=None)
    number_year = Integer(null=True, default=None)
    number_symbol = Varchar(length=40, null=True, default=None)
    code = Varchar(length=20, unique=True, help_text="verification code without its dashes")
    title_vi = Varchar(length=400)
    title_en = Varchar(length=400)
    context = JSONB(help_text="all that is printed, frozen when it was asked for")
    pin_key = Varchar(length=40, null=True, default=None)
    pin_in_force = Date(null=True, default=None)
    pin_sha256 = Varchar(length=64, null=True, default=None)
    state = Varchar(length=20, help_text="queued | issued")
    sha256 = Varchar(length=64, null=True, default=None, unique=True)
    size = Integer(null=True, default=None, help_text="bytes")
    file_key = Varchar(length=200, null=True, default=None)
    requested_at = Timestamptz(default=None)
    issued_at = Timestamptz(null=True, default=None)
    recalled_at = Timestamptz(null=True, default=None)
    replaced_by = UUID(null=True, default=None, help_text="the document that stands instead of it")
    public = Boolean(default=False)
    signed = Boolean(default=False)
    lang = Varchar(length=2, default="vi")
