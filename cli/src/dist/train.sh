#!/usr/bin/env bash
# Makes the start-up caches of a distribution: runs each command once with the distribution's own runtime, asks it what a
# browser asks at first, and lets the virtual machine write down what it loaded.
set -euo pipefail
dist=$1
(cd "$dist/lib" && ls *.jar) >"$dist/lib/classpath.names"
tr '\n' ':' <"$dist/lib/classpath.names" >"$dist/lib/classpath"
rm "$dist/lib/classpath.names" "$dist"/lib/*.aot 2>/dev/null || true

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

get() { # PORT PATH: one request over a plain socket, the answer thrown away
  exec 3<>"/dev/tcp/127.0.0.1/$1" || return 1
  printf 'GET %s HTTP/1.1\r\nHost: localhost\r\nAuthorization: token train\r\nConnection: close\r\n\r\n' "$2" >&3
  cat <&3 >/dev/null
  exec 3<&-
}

train_lab() {
  local log=$work/log pid port waited=0
  mkdir -p "$work/home" "$work/root"
  echo '{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}' >"$work/root/a.ipynb"
  HOME=$work/home JUPYTER_DATA_DIR=$work/data JUPYTER_RUNTIME_DIR=$work/runtime JUPYTER_CONFIG_DIR=$work/config \
    JUPYTER_TOKEN=train ORRERY_JAVA_OPTS="-XX:AOTCacheOutput=$dist/lib/lab.aot" \
    "$dist/bin/orrery" lab --no-browser --allow-root --no-python --ip=127.0.0.1 --port=0 "$work/root" >"$log" 2>&1 &
  pid=$!
  until port=$(sed -n 's/.*http:\/\/127\.0\.0\.1:\([0-9]*\)\/lab.*/\1/p' "$log" | head -n 1) && [ -n "$port" ]; do
    waited=$((waited + 1))
    if [ $waited -gt 300 ] || ! kill -0 $pid 2>/dev/null; then
      cat "$log" >&2
      kill $pid 2>/dev/null || true
      return 1
    fi
    sleep 0.1
  done
  for path in /lab /tree /api/kernelspecs /api/kernels /api/sessions /api/terminals /api/me /api/status \
    '/api/contents?content=1&hash=0' '/api/contents/a.ipynb?type=notebook&content=1&hash=1' \
    /lab/api/settings '/lab/api/settings?ids_only=true' /lab/api/translations/default /lab/api/translations \
    /lab/api/workspaces /lab/api/workspaces/default /api/nowhere /login; do
    get "$port" "$path"
  done
  kill -TERM $pid
  wait $pid || true
  [ -f "$dist/lib/lab.aot" ] || { cat "$log" >&2; return 1; }
}

train_lab
