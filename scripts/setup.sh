# Installs what the tests need, says what, and does nothing the second time: sourced by ./dev, which has set $root, $cache
# and step().

TEST_PYTHON_PACKAGES="ipykernel==7.4.0 ipywidgets==8.1.9"

# A Python environment with a kernel and widgets, in $test_python.
setup_python() {
  local key venv partial
  command -v python3 >/dev/null || { echo "The tests need python3 with venv: install it (Debian, Ubuntu: apt-get install python3-venv)." >&2; return 1; }
  key=$({ echo "$TEST_PYTHON_PACKAGES"; python3 --version; } | cksum | tr ' ' '-')
  venv=$cache/test-python/$key
  if [ ! -f "$venv/.complete" ]; then
    step "Installing $TEST_PYTHON_PACKAGES for the tests"
    rm -rf "$venv"
    mkdir -p "$cache/test-python"
    # Made where it stays: the scripts of an environment hold its path.
    quietly python3 -m venv "$venv"
    # shellcheck disable=SC2086 # several packages
    quietly "$venv/bin/python" -m pip install --disable-pip-version-check $TEST_PYTHON_PACKAGES
    touch "$venv/.complete"
  fi
  test_python=$venv/bin/python
}

# A browser, in $test_chromium.
setup_chromium() {
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    test_chromium=$(command -v "$name" 2>/dev/null) && return 0
  done
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    step "Installing chromium for the browser tests"
    quietly apt-get update
    quietly env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium fonts-dejavu-core
    test_chromium=$(command -v chromium) && return 0
  fi
  echo "The browser tests need Chromium: install it (Debian, Ubuntu: apt-get install chromium)." >&2
  return 1
}

# The official client for Node, in $test_node_modules.
setup_node() {
  local key folder
  if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
      step "Installing Node.js for the tests with the official client"
      quietly apt-get update
      quietly env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nodejs npm
    else
      echo "The tests with the official client need Node.js 20 and npm: install them." >&2
      return 1
    fi
  fi
  key=$({ cat "$root/conformance/services/package-lock.json"; node --version; } | cksum | tr ' ' '-')
  folder=$cache/node/$key
  if [ ! -f "$folder/.complete" ]; then
    step "Installing @jupyterlab/services for the tests"
    rm -rf "$folder"
    mkdir -p "$folder"
    cp "$root/conformance/services/package.json" "$root/conformance/services/package-lock.json" "$folder/"
    (cd "$folder" && quietly npm ci --no-audit --no-fund)
    touch "$folder/.complete"
  fi
  test_node_modules=$folder
}
