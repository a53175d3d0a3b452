# Finds a JDK of at least the release the build needs, without starting Java: sourced by ./orrery and ./dev.
# Sets JAVA_HOME, or says in one sentence how to get one.

ORRERY_JDK_RELEASE=25

jdk_fits() {
  [ -n "${1:-}" ] && [ -x "$1/bin/javac" ] && [ -f "$1/release" ] || return 1
  local version
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release")
  [ -n "$version" ] && [ "$version" -ge "$ORRERY_JDK_RELEASE" ]
}

jdk_of_path() {
  local javac
  javac=$(command -v javac 2>/dev/null) || return 0
  while [ -L "$javac" ]; do
    local target
    target=$(readlink "$javac")
    case "$target" in
      /*) javac=$target ;;
      *) javac=$(dirname "$javac")/$target ;;
    esac
  done
  (cd "$(dirname "$javac")/.." 2>/dev/null && pwd)
}

find_jdk() {
  local candidate
  for candidate in "${ORRERY_JAVA_HOME:-}" "${JAVA_HOME:-}" "$(jdk_of_path)" \
    /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* "$HOME"/.sdkman/candidates/java/* "$HOME"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "$HOME"/Library/Java/JavaVirtualMachines/*/Contents/Home \
    /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home /usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home; do
    if jdk_fits "$candidate"; then
      export JAVA_HOME=$candidate
      return 0
    fi
  done
  echo "Orrery needs a JDK $ORRERY_JDK_RELEASE or newer and found none: install one (for example Temurin $ORRERY_JDK_RELEASE from adoptium.net, 'sdk install java ${ORRERY_JDK_RELEASE}-tem', or your system's openjdk-$ORRERY_JDK_RELEASE-jdk package), or set ORRERY_JAVA_HOME to its folder." >&2
  return 1
}
