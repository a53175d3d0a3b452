# Installs what the tests need, says what, and does nothing the second time: sourced by ./dev, which has set $root, $cache
# and step().

TEST_PYTHON_PACKAGES="ipykernel==7.4.0 ipywidgets==8.1.9"
TEST_HUB_PACKAGES="jupyterhub==6.1.1 jupyterhub-idle-culler==2.0.0 jupyterhub-nativeauthenticator==1.3.0 jupyterhub-kubespawner==7.1.0 jupyter_server==2.21.1 jupyterlab==4.6.6 ipykernel==7.4.0"

# What a person has who uses Jupyter in Python: JupyterLab with extensions of several kinds, a language, the other tools.
TEST_LAB_PACKAGES="ipykernel==7.4.0 jupyterlab==4.6.6 jupyterlab-night==0.5.2 jupyterlab-execute-time==3.3.0 jupyterlab-fasta==3.3.0 ipympl==0.10.0 jupyterlab-language-pack-fr-FR==4.5.post3 jupyter-console==6.6.3"

# Installs packages of Debian or Ubuntu where that is possible.
install_packages() { # WHY PACKAGE...
  local why=$1
  shift
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return
  step "Installing $* $why"
  quietly apt-get update && quietly env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# A Python environment with packages of the registry, in $venv; made once and kept in the cache.
setup_venv() { # KIND PACKAGES WHY
  local key
  command -v python3 >/dev/null || { echo "The tests need python3 with venv: install it (Debian, Ubuntu: apt-get install python3-venv)." >&2; return 1; }
  key=$({ echo "$2"; python3 --version; } | cksum | tr ' ' '-')
  venv=$cache/$1/$key
  if [ ! -f "$venv/.complete" ]; then
    step "Installing $2 $3"
    rm -rf "$venv"
    mkdir -p "$cache/$1"
    # Made where it stays: the scripts of an environment hold its path.
    quietly python3 -m venv "$venv" || return
    # shellcheck disable=SC2086 # several packages
    quietly "$venv/bin/python" -m pip install --disable-pip-version-check $2 || return
    touch "$venv/.complete"
  fi
}

# A Python environment with a kernel and widgets, in $test_python.
setup_python() {
  local venv
  setup_venv test-python "$TEST_PYTHON_PACKAGES" "for the tests" || return
  test_python=$venv/bin/python
}

# The hub that has to run on our proxy, in the environment $test_hub.
setup_hub() {
  local venv
  setup_venv test-hub "$TEST_HUB_PACKAGES" "for the tests with a real hub" || return
  test_hub=$venv
}

# JupyterLab with extensions and a language, in the environment $test_lab.
setup_lab() {
  local venv
  setup_venv test-lab "$TEST_LAB_PACKAGES" "for the tests beside JupyterLab's own tools" || return
  test_lab=$venv
}

# A browser, in $test_chromium.
setup_chromium() {
  local name
  for name in chromium chromium-browser google-chrome google-chrome-stable; do
    test_chromium=$(command -v "$name" 2>/dev/null) && return 0
  done
  install_packages "for the browser tests" chromium fonts-dejavu-core && test_chromium=$(command -v chromium) && return 0
  echo "The browser tests need Chromium: install it (Debian, Ubuntu: apt-get install chromium)." >&2
  return 1
}

need_node() { # WHAT
  if ! command -v npm >/dev/null || ! command -v node >/dev/null; then
    install_packages "for $1" nodejs npm || { echo "Node.js 20 and npm are needed for $1: install them." >&2; return 1; }
  fi
}

# What a package-lock.json names, in $node_folder; made once and kept in the cache.
setup_npm() { # FOLDER WHAT
  local key
  need_node "$2" || return
  key=$({ cat "$1/package-lock.json"; node --version; } | cksum | tr ' ' '-')
  node_folder=$cache/node/$key
  if [ ! -f "$node_folder/.complete" ]; then
    step "Installing $2"
    rm -rf "$node_folder"
    mkdir -p "$node_folder"
    cp "$1/package.json" "$1/package-lock.json" "$node_folder/"
    (cd "$node_folder" && quietly npm ci --no-audit --no-fund) || return
    touch "$node_folder/.complete"
  fi
}

# The official client for Node, in $test_node_modules.
setup_node() {
  local node_folder
  setup_npm "$root/conformance/services" "@jupyterlab/services for the tests" || return
  test_node_modules=$node_folder
}

# configurable-http-proxy, in $chp.
setup_chp() {
  local node_folder
  setup_npm "$root/benchmarks/chp" "configurable-http-proxy to compare with" || return
  chp=$node_folder/node_modules/.bin/configurable-http-proxy
}

CLUSTER_PACKAGES="containerd runc containernetworking-plugins nftables iproute2 procps util-linux openssl curl mmdebstrap debian-archive-keyring"

# The programs of the system that a Kubernetes of this machine needs.
setup_cluster_packages() {
  local program missing=
  for program in containerd ctr runc nft ip pgrep unshare nsenter openssl curl mmdebstrap; do
    command -v "$program" >/dev/null || missing="$missing $program"
  done
  [ -x /usr/lib/cni/bridge ] || [ -x /opt/cni/bin/bridge ] || missing="$missing bridge (a CNI plugin)"
  [ -n "$missing" ] || return 0
  # shellcheck disable=SC2086 # several packages
  install_packages "for the tests with a Kubernetes" $CLUSTER_PACKAGES || {
    echo "The tests with a Kubernetes need$missing: install them (Debian, Ubuntu: apt-get install $CLUSTER_PACKAGES)." >&2
    return 1
  }
}

# The programs of a Kubernetes of this machine, in $test_cluster; where it can run none, the reason.
setup_cluster() {
  local cluster=$root/conformance/cluster/cluster
  if test_cluster=$("$cluster" check); then
    "$cluster" build --with kwok && test_cluster=$("$cluster" folder)
  else
    step "$test_cluster"
    [[ "$test_cluster" = platform:* ]]
  fi
}
