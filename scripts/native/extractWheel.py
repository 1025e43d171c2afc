"""Takes libtensorflow and the C headers out of a TensorFlow wheel: extractWheel.py WHEEL FOLDER."""

import os
import posixpath
import re
import shutil
import sys
import zipfile

LIBRARIES = ("libtensorflow_cc.so.2", "libtensorflow_framework.so.2")
HEADERS = (
    "tensorflow/c/c_api.h",
    "tensorflow/c/eager/c_api.h",
    "tensorflow/c/tf_datatype.h",
    "tensorflow/c/tf_status.h",
    "tensorflow/c/tf_tensor.h",
    "tensorflow/core/platform/ctstring_internal.h",
)
INCLUDE = "tensorflow/include/"


def main(wheel, folder):
    try:
        archive = zipfile.ZipFile(wheel)
    except zipfile.BadZipFile:
        sys.exit(f"{wheel} is damaged; delete it and run again")
    names = set(archive.namelist())
    needed = sum(info.file_size for info in archive.infolist() if "libtensorflow_" in info.filename)
    free = shutil.disk_usage(os.path.dirname(folder)).free
    if free < needed * 1.1:
        sys.exit(f"the library needs {needed / 1e6:.0f} MB of disk, {free / 1e6:.0f} MB are free")

    def put(name, path):  # zipfile checks the checksum of what it reads to the end
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with archive.open(name) as source, open(path, "wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)

    for library in LIBRARIES:
        if f"tensorflow/{library}" not in names:
            sys.exit(f"{os.path.basename(wheel)} holds no {library}; wheels from 2.12 on do")
        put(f"tensorflow/{library}", os.path.join(folder, "lib", library))

    # The headers that the add-on includes, and those that they include in turn.
    todo, done = list(HEADERS), set()
    while todo:
        header = todo.pop()
        if header in done or INCLUDE + header not in names:
            continue
        done.add(header)
        path = os.path.join(folder, "include", header)
        put(INCLUDE + header, path)
        with open(path, encoding="utf-8", errors="replace") as file:
            for match in re.finditer(r'^\s*#\s*include\s+"([^"]+)"', file.read(), re.M):
                todo += [match.group(1), posixpath.join(posixpath.dirname(header), match.group(1))]


if __name__ == "__main__":
    main(*sys.argv[1:3])
