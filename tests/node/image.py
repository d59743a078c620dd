#!/usr/bin/env python3
"""image.py OUT NAME:TAG FOLDER CONFIG: an image of one layer, as an archive that container engines read."""
import hashlib
import io
import json
import os
import sys
import tarfile


def add(archive, path, data):
    member = tarfile.TarInfo(path)
    member.size = len(data)
    member.mode = 0o644
    archive.addfile(member, io.BytesIO(data))


def everybodys(member):
    """The same bytes whoever makes it, and whenever."""
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    return member


out, name, root, config = sys.argv[1:5]
packed = io.BytesIO()
with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
    for entry in sorted(os.listdir(root)):
        archive.add(os.path.join(root, entry), entry, filter=everybodys)
layer = packed.getvalue()
digest = hashlib.sha256(layer).hexdigest()
machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(os.uname().machine, os.uname().machine)
description = json.dumps({
    "architecture": machine, "os": "linux", "config": json.loads(config),
    "rootfs": {"type": "layers", "diff_ids": ["sha256:" + digest]},
    "history": [{"created": "1970-01-01T00:00:00Z", "created_by": "image.py"}]}).encode()
file = hashlib.sha256(description).hexdigest() + ".json"
with tarfile.open(out, "w") as archive:
    add(archive, file, description)
    add(archive, digest + "/layer.tar", layer)
    add(archive, "manifest.json", json.dumps(
        [{"Config": file, "RepoTags": [name], "Layers": [digest + "/layer.tar"]}]).encode())
