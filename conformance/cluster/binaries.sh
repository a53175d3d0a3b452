# The programs of a cluster, compiled and kept: sourced by ./cluster, which has set $here, $cache and step().
# A set is a folder with a Go module: node, or kwok.

# What a set consists of: "OUTPUT PACKAGE" each.
list_programs() { # SET
  case "$1" in
    node)
      echo etcd go.etcd.io/etcd/server/v3
      local program
      for program in kube-apiserver kube-controller-manager kube-scheduler kubelet kube-proxy kubectl; do
        echo "$program" "k8s.io/kubernetes/cmd/$program"
      done
      echo pause ./pause
      echo provisioner ./provisioner
      ;;
    kwok) echo kwok sigs.k8s.io/kwok/cmd/kwok ;;
  esac
}

# What Kubernetes' programs say of themselves; by themselves they say v0.0.0, which clients don't take.
version_flags() { # SET
  local version
  version=$(awk '$1 == "k8s.io/kubernetes" { print $2 }' "$here/$1/go.mod")
  [ -n "$version" ] || return 0
  local minor=${version#v1.} flag
  for flag in gitVersion="$version" gitMajor=1 gitMinor="${minor%%.*}" gitTreeState=clean gitCommit=unknown; do
    printf ' -X k8s.io/component-base/version.%s -X k8s.io/client-go/pkg/version.%s' "$flag" "$flag"
  done
}

go_fits() {
  local version
  version=$(GOTOOLCHAIN=local go env GOVERSION 2>/dev/null) && [[ "$version" =~ ^go1\.([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -ge 24 ]
}

# Where the programs of a set are, or will be.
binaries() { # SET
  local key
  if [ "$1" = node ] && [ -n "${ORRERY_CLUSTER:-}" ]; then
    echo "$ORRERY_CLUSTER"
    return
  fi
  key=$({
    (cd "$here/$1" && find . -type f -print0 | sort -z | xargs -0 cat)
    GOTOOLCHAIN=local go env GOVERSION GOARCH
    declare -f list_programs version_flags compile
  } | cksum | tr ' ' '-')
  echo "$cache/cluster/$1-$key"
}

compile() { # SET FOLDER
  local output package started
  while read -r output package; do
    started=$SECONDS
    (cd "$here/$1" && GOTOOLCHAIN=local CGO_ENABLED=0 quietly go build -mod=readonly -trimpath -buildvcs=false \
      -ldflags "-s -w$(version_flags "$1")" -o "$2/$output" "$package") || return
    step "$output: $((SECONDS - started)) s"
  done < <(list_programs "$1")
}

# What is made takes its place whole, or not at all.
partial_folder() {
  mkdir -p "$cache/cluster"
  mktemp -d "$cache/cluster/partial.XXXXXX"
}

keep_folder() { # PARTIAL FOLDER
  # Somebody else may have been first, with the same.
  mv -T "$1" "$2" 2>/dev/null || { [ -d "$2" ] && rm -rf "$1"; }
}

build_binaries() { # SET
  local folder partial
  folder=$(binaries "$1")
  [ ! -d "$folder" ] || return 0
  step "Compiling the programs of the set '$1' (the first time, up to 20 minutes of CPU)"
  partial=$(partial_folder)
  compile "$1" "$partial"
  [ "$1" != node ] || pause_image "$partial/pause.tar" "$partial/pause"
  keep_folder "$partial" "$folder"
}

# Everything that 'up' needs, with more sets if they are wanted.
build_cluster() { # SET...
  local limit set
  limit=$(platform_limit)
  [ -z "$limit" ] || fail "$limit"
  setup_cluster_packages
  # What an interrupted build left; nobody builds for a day.
  find "$cache/cluster" -maxdepth 1 -name 'partial.*' -mtime +0 -exec rm -rf {} + 2>/dev/null || true
  for set in node "$@"; do
    build_binaries "$set"
  done
  build_images
}
