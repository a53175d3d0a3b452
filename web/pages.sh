#!/usr/bin/env bash
# Unpacks the pages of JupyterLab and Notebook from their wheels: pages.sh CACHE SHARE
#   SHARE/jupyter/lab            static, schemas, themes: the tree of an installed LabApp.app_dir
#   SHARE/jupyter/labextensions  prebuilt extensions that come with them, and ours
#   SHARE/notebook               Notebook's templates and static files
#   SHARE/licenses               what their makers ask to keep with them
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cache=$1
share=$2
key=$(cat "$here/wheels.txt" "$here/pages.sh" | cksum | tr ' ' '-')
ours=$here/src/labextension
all=$key-$(find "$ours" -type f -exec cat {} + | cksum | tr ' ' '-')
[ "$(cat "$share/.key" 2>/dev/null)" != "$all" ] || exit 0

python=$(command -v python3 || command -v python || true)
if [ -z "$python" ] || ! "$python" -m pip --version >/dev/null 2>&1; then
  echo "Building needs python3 with pip to fetch the pages of JupyterLab: install it (Debian, Ubuntu: apt-get install python3-pip)." >&2
  exit 1
fi

# Unpacked once per set of wheels, under a name that appears only when it is complete.
pages=$cache/pages/$key
if [ ! -d "$pages" ]; then
  mkdir -p "$cache/pages"
  partial=$(mktemp -d "$cache/pages/partial.XXXXXX")
  trap 'rm -rf "$partial"' EXIT
  "$python" -m pip download --quiet --disable-pip-version-check --no-deps  --only-binary :all: \
    --require-hashes --dest "$partial/wheels" --requirement "$here/wheels.txt"
  mkdir -p "$partial/unpacked" "$partial/share/jupyter" "$partial/share/notebook" "$partial/share/licenses"
  for wheel in "$partial"/wheels/*.whl; do
    "$python" -m zipfile -e "$wheel" "$partial/unpacked"
  done
  cd "$partial/unpacked"
  cp -R jupyterlab-*.data/data/share/jupyter/lab "$partial/share/jupyter/lab"
  cp -R notebook-*.data/data/share/jupyter/lab/schemas/. "$partial/share/jupyter/lab/schemas/"
  cp -R notebook-*.data/data/share/jupyter/labextensions "$partial/share/jupyter/labextensions"
  cp -R notebook/static notebook/templates "$partial/share/notebook/"
  for package in jupyterlab notebook; do
    mkdir -p "$partial/share/licenses/$package"
    find "$package"-*.dist-info -iname '*licen*' -type f -exec cp {} "$partial/share/licenses/$package/" \;
  done
  # Compressed once here instead of at each request.
  find "$partial/share/jupyter/lab/static" "$partial/share/notebook/static" -type f \
    \( -name '*.js' -o -name '*.css' -o -name '*.svg' -o -name '*.json' \) -size +1k -exec gzip -9 -n -k {} +
  mv "$partial/share" "$pages" 2>/dev/null || [ -d "$pages" ]
fi

rm -rf "$share"
mkdir -p "$(dirname "$share")"
cp -R "$pages" "$share"
mkdir -p "$share/jupyter/labextensions/@orrery"
cp -R "$ours" "$share/jupyter/labextensions/@orrery/lab"
echo "$all" >"$share/.key"
