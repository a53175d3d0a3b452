# A cluster as its machine sees it: sourced by ./cluster.
#
# All of a cluster runs below one process, in namespaces of its own for mounts, network, processes, IPC and the host name
# (node.sh is that process). When it is killed, the kernel ends every process, mount, bridge and rule in there. What is left
# for us is one end of a pair of network interfaces, a cgroup, and a folder.

# An overlay on top of another one is refused, so what holds the images must not be on one.
STATE_PARENT=/var/tmp

# Sets the names and addresses of a cluster.
name_cluster() { # ID
  name=orrery-k8s-$1
  # Short, because a path to a socket may have 107 characters.
  state=$STATE_PARENT/$name
  host_address=10.240.$1.1
  node_address=10.240.$1.2
  pods=10.241.$1.0/24
  services=10.242.$1.0/24
  first_service=10.242.$1.1
}

# Prints what no package brings, if something is missing.
platform_limit() {
  local folder
  if [ "$(uname -s)" != Linux ]; then
    echo "platform: a Kubernetes node is a Linux machine"
  elif [ "$(id -u)" != 0 ]; then
    echo "platform: no root, which namespaces and cgroups of a Kubernetes node need"
  elif ! go_fits; then
    echo "platform: no Go 1.24 or newer, with which Kubernetes is compiled"
  elif ! unshare --mount --net --pid --ipc --uts --fork true 2>/dev/null; then
    echo "platform: no namespaces may be made (unshare is refused)"
  elif [ "$(stat -fc %T "$STATE_PARENT")" = overlayfs ]; then
    echo "platform: $STATE_PARENT is on an overlay, on which containers can't have theirs"
  elif [ -z "$(cgroup_roots)" ]; then
    echo "platform: no cgroups"
  else
    for folder in $(cgroup_roots); do
      if mkdir "$folder/orrery-k8s-try.$$" 2>/dev/null; then
        rmdir "$folder/orrery-k8s-try.$$"
      else
        echo "platform: no cgroups may be made in $folder"
        return
      fi
    done
  fi
}

# One folder with cgroup v2, one for each controller with v1.
cgroup_roots() {
  if [ "$(stat -fc %T /sys/fs/cgroup 2>/dev/null)" = cgroup2fs ]; then
    echo /sys/fs/cgroup
  else
    awk '$3 == "cgroup" || $3 == "cgroup2" { print $2 }' /proc/mounts
  fi
}

cni_folder() {
  local folder
  for folder in /usr/lib/cni /opt/cni/bin; do
    [ ! -x "$folder/bridge" ] || { echo "$folder"; return; }
  done
}

# When a process began, which tells it from a later one of the same number; nothing when it has ended. A zombie has.
began() { # PID
  awk '{ sub(/.*\) /, ""); if ($1 !~ /[ZX]/) print $20 }' "/proc/$1/stat" 2>/dev/null || true
}

# A process is remembered as "PID BEGAN".
remember() { echo "$1 $(began "$1")"; }

still_runs() { # FILE: prints the number of the process that it remembers
  local pid start
  read -r pid start 2>/dev/null <"$1" && [ -n "$start" ] && [ "$(began "$pid")" = "$start" ] && echo "$pid"
}

# The first process in the namespaces: the only child of the one that made them, and ended with it.
first_process() {
  local parent
  parent=$(still_runs "$state/parent") && pgrep -P "$parent"
}

must_be_up() { first_process >/dev/null || fail "$name is down"; }

# Processes of the node itself, not of its pods. A name is cut after 15 characters by the kernel.
node_processes() { # NAME
  pgrep --ns "$(first_process)" --nslist pid "^$1"
}

kubectl_() { "$programs/kubectl" --kubeconfig "$state/kubeconfig" "$@"; }
containers() { ctr --address "$state/containerd.sock" --namespace k8s.io "$@"; }
api_answers() { curl -sf --max-time 0.5 --cacert "$state/pki/ca.crt" "https://$node_address:6443/readyz"; }

wait_for() { # SECONDS WHAT COMMAND...
  local end=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    [ $SECONDS -lt $end ] || fail "$what took too long"
    first_process >/dev/null || fail "the node ended"
    sleep 0.1
  done
}

up() { # SET OWNER
  local limit set=$1 owner=$2 template file
  limit=$(platform_limit)
  [ -z "$limit" ] || fail "$limit"
  programs=$(binaries node)
  [ -d "$programs" ] && [ -d "$(images)" ] || fail "there is nothing to start yet: run 'cluster build' first"
  [ -z "$set" ] || programs_of_set=$(binaries "$set")
  [ -z "$set" ] || [ -d "$programs_of_set" ] || fail "run 'cluster build --with $set' first"
  [ -z "$owner" ] || [ -n "$(began "$owner")" ] || fail "there is no process $owner to start a cluster for"
  end_abandoned
  if first_process >/dev/null || still_runs "$state/owner" >/dev/null; then
    fail "$name is up already$(still_runs "$state/owner" | sed 's/^/, for process /'): take another ID, or end it with 'down'"
  fi
  down

  trap end_failed_start EXIT
  mkdir -p "$state"/{log,held,volumes,volume-plugins,opt,config/network}
  chmod 700 "$state"
  # Until it is up, it is this process's.
  remember $$ >"$state/owner"
  make_credentials
  for template in containerd.toml kubelet.yaml network.conflist; do
    sed -e "s|@STATE@|$state|g" -e "s|@NAME@|$name|g" -e "s|@NODE@|$node_address|g" -e "s|@PODS@|$pods|g" \
      -e "s|@CNI@|$(cni_folder)|g" "$here/config/$template.in" >"$state/config/$template"
  done
  mv "$state/config/network.conflist" "$state/config/network/"
  echo "nameserver $node_address" >"$state/config/resolv.conf"
  make_cgroups
  modprobe -qa overlay br_netfilter veth nf_tables 2>/dev/null || true # where they are modules

  export name state node_address pods services programs programs_of_set
  setsid unshare --mount --propagation slave --net --pid --ipc --uts --fork --kill-child bash "$here/node.sh" \
    </dev/null >"$state/log/node.log" 2>&1 &
  remember $! >"$state/parent"
  disown
  connect_network

  wait_for 30 "containerd's start" containers version
  load "$programs/pause.tar" "$(images)"/*.tar
  wait_for 60 "the API server's start" api_answers
  kubectl_ apply -f "$here/config/storage.yaml" >/dev/null
  wait_for 60 "the node's start" kubectl_ wait --for=condition=Ready "node/$name" --timeout=1s
  # Without it no pod is taken.
  wait_for 30 "the first service account" kubectl_ get serviceaccount default
  if [ -n "$owner" ]; then remember "$owner" >"$state/owner"; else rm "$state/owner"; fi
  trap - EXIT
}

# A start that failed or was ended tells why, and leaves nothing.
end_failed_start() {
  tail -n 5 "$state"/log/* >&2 2>/dev/null || true
  down
}

# A pair of interfaces joins the machine and the node; routes lead to its pods and services.
connect_network() {
  local first=
  local end=$((SECONDS + 10))
  until first=$(first_process); do
    [ $SECONDS -lt $end ] || fail "no namespaces could be made"
    sleep 0.02
  done
  ip link add "$name" type veth peer name eth0 netns "$first"
  ip address add "$host_address/30" dev "$name"
  ip link set "$name" up
  ip route add "$pods" via "$node_address"
  ip route add "$services" via "$node_address"
  nsenter --target "$first" --net sh -ec "
    ip address add $node_address/30 dev eth0
    ip link set lo up
    ip link set eth0 up
    ip route add default via $host_address"
  touch "$state/connected"
}

make_cgroups() {
  local folder
  for folder in $(cgroup_roots); do
    mkdir -p "$folder/$name"
    # With cgroup v1, one that says nothing of its CPUs and memory takes no process.
    if [ -f "$folder/$name/cpuset.mems" ] && [ -f "$folder/$name/tasks" ]; then
      cat "$folder/cpuset.cpus" >"$folder/$name/cpuset.cpus"
      cat "$folder/cpuset.mems" >"$folder/$name/cpuset.mems"
    fi
  done
}

# A certificate for each side of the API server, and tokens for those who ask it.
make_credentials() {
  local pki=$state/pki who user groups token
  mkdir "$pki" "$state/users"
  certificate ca "/CN=$name" basicConstraints=critical,CA:TRUE keyUsage=critical,keyCertSign,cRLSign
  certificate api /CN=kube-apiserver extendedKeyUsage=serverAuth \
    "subjectAltName=DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,IP:$node_address,IP:$first_service,IP:127.0.0.1"
  certificate api-to-kubelet /O=system:masters/CN=kube-apiserver extendedKeyUsage=clientAuth
  certificate service-accounts /CN=service-accounts
  while read -r who user groups; do
    token=$(openssl rand -hex 16)
    echo "$token,$user,$user,$groups" >>"$state/tokens.csv"
    cat >"$state/users/$who" <<-CONFIG
	apiVersion: v1
	kind: Config
	clusters: [{name: c, cluster: {server: "https://$node_address:6443", certificate-authority: $pki/ca.crt}}]
	users: [{name: u, user: {token: $token}}]
	contexts: [{name: $name, context: {cluster: c, user: u}}]
	current-context: $name
	CONFIG
  done <<-USERS
	admin admin system:masters
	provisioner orrery:provisioner system:masters
	kwok orrery:kwok system:masters
	controllers system:kube-controller-manager
	scheduler system:kube-scheduler
	kubelet system:node:$name system:nodes
	proxy system:kube-proxy
	USERS
  ln -s users/admin "$state/kubeconfig"
}

# Signed by the authority, which is the first one and signs itself.
certificate() { # NAME SUBJECT EXTENSION...
  local file=$state/pki/$1 subject=$2 extension options=()
  shift 2
  for extension; do options+=(-addext "$extension"); done
  [ ! -f "$state/pki/ca.crt" ] || options+=(-CA "$state/pki/ca.crt" -CAkey "$state/pki/ca.key")
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 3650 -subj "$subject" "${options[@]}" \
    -config <(printf '[req]\ndistinguished_name = none\n[none]\n') -keyout "$file.key" -out "$file.crt" 2>/dev/null
}

load() { # FILE...
  local file told image
  for file; do
    told=$(containers images import "$file" | sed -n 's/^unpacking \(.*\) (sha256:.*/\1/p') && [ -n "$told" ] ||
      fail "$file has no image that can be loaded"
    for image in $told; do
      # The side of containerd that the kubelet talks to is told of it, and marks what it knows.
      wait_for 10 "the node's look at $image" managed "$image"
    done
  done
}

managed() { # IMAGE
  containers images list "name==$1" | grep -q io.cri-containerd.image=managed
}

# As a crash would; the state is with etcd.
stop_api() {
  local pid
  touch "$state/held/kube-apiserver"
  for pid in $(node_processes kube-apiserver); do
    kill -KILL "$pid"
    end_of "$pid"
  done
}

ended() { [ -z "$(began "$1")" ]; }

start_api() {
  rm -f "$state/held/kube-apiserver"
  wait_for 60 "the API server's start" api_answers
}

# The kubelet first, so that it has no errors to tell of.
pause_node() {
  signal_node STOP kubelet
  signal_node STOP containerd
}

resume_node() {
  signal_node CONT containerd
  signal_node CONT kubelet
}

signal_node() { # SIGNAL PROGRAM
  local pids
  # The program of containerd that holds a pod is of that name, too.
  pids=$(node_processes "$2") || fail "$name has no $2 now"
  # shellcheck disable=SC2086 # several
  kill "-$1" $pids
}

status() {
  local first
  first=$(first_process) || { echo "$name is down"; exit 3; }
  echo "$name is up at $node_address, pods $pods, services $services"
  ps -o comm= -o rss= -p "$(pgrep --ns "$first" --nslist pid | paste -sd,)" |
    awk '{ count[$1]++; size[$1] += $2 } END { for (name in count) printf "%4d %-16s %5d MiB\n", count[name], name, size[name] / 1024 }' |
    sort -k 2
}

print_environment() {
  cat <<TEXT
export KUBECONFIG=$state/kubeconfig
export CLUSTER_FOLDER=$state
export CLUSTER_HOST=$host_address
export PATH=$(binaries node):\$PATH
TEXT
}

down() {
  local parent first folder
  if parent=$(still_runs "$state/parent"); then
    first=$(first_process || true)
    kill -KILL "$parent"
    # The kernel ends a first process after all others of its namespace.
    end_of "$parent" ${first:+"$first"}
  fi
  remove_link
  for folder in $(cgroup_roots); do
    remove_cgroups "$folder/$name"
  done
  rm -rf --one-file-system "$state"
}

end_of() { # PID...
  local pid end=$((SECONDS + 30))
  for pid; do
    until ended "$pid"; do
      [ $SECONDS -lt $end ] || fail "process $pid does not end"
      sleep 0.02
    done
  done
}

# The kernel takes it away with the node's end of it, but later than the node.
remove_link() {
  local end=$((SECONDS + 10))
  while ip link show "$name" >/dev/null 2>&1; do
    ip link delete "$name" 2>/dev/null || true
    [ $SECONDS -lt $end ] || fail "the interface $name can't be removed"
  done
}

remove_cgroups() { # FOLDER
  local end=$((SECONDS + 10))
  while [ -d "$1" ]; do
    find "$1" -depth -type d -exec rmdir {} + 2>/dev/null || true
    [ $SECONDS -lt $end ] || fail "$1 can't be removed"
    sleep 0.02
  done
}

# Ends the clusters whose owners have ended without ending them.
end_abandoned() {
  local file
  for file in "$STATE_PARENT"/orrery-k8s-*/owner; do
    if [ -f "$file" ] && ! still_runs "$file" >/dev/null; then
      file=$(dirname "$file")
      (name_cluster "${file##*-}"; down)
    fi
  done
}
