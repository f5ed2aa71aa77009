"""Archiver des fichiers aux mêmes octets d'une fois à l'autre : ni date, ni ordre du disque."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

DATE = (2020, 1, 1, 0, 0, 0)


def zip_reproductible(contenus: Mapping[str, bytes]) -> bytes:
    """Le zip de ces contenus, nommés par leur chemin dans l'archive."""
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w") as archive:
        for nom in sorted(contenus):
            entree = zipfile.ZipInfo(nom, DATE)
            entree.external_attr = 0o644 << 16
            archive.writestr(entree, contenus[nom], zipfile.ZIP_DEFLATED)
    return tampon.getvalue()
