"""An npm package as bytes: the same files always make the same bytes."""

import gzip
import io
import tarfile
from collections.abc import Mapping

_MOMENT = 499_162_500
"""26 October 1985, the modification time npm itself gives to every file it packs."""


def tarball(files: Mapping[str, bytes]) -> bytes:
    """Return a gzipped tar with these files below ``package/``, sorted, all with the same owner, mode and time."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(files):
            entry = tarfile.TarInfo(f"package/{name}")
            entry.size, entry.mtime, entry.mode = len(files[name]), _MOMENT, 0o644
            archive.addfile(entry, io.BytesIO(files[name]))
    # The time in gzip's own header counts as well; zero stands for none.
    return gzip.compress(packed.getvalue(), compresslevel=9, mtime=0)
