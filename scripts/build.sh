# Builds the distribution into dist/: sourced by ./orrery and ./dev, which have set $root and found a JDK.
# Each step is skipped when its result is newer than what it is made from.

cache=${ORRERY_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/orrery}
dist=$root/dist

step() { printf '\033[2m[orrery]\033[0m %s\n' "$*" >&2; }

# Runs a command quietly; shows what it printed only when it failed.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 || status=$?
  if [ $status -ne 0 ]; then
    cat "$log" >&2
  fi
  rm -f "$log"
  return $status
}

maven() { (cd "$root" && ./mvnw "$@"); }

newer_sources() { # STAMP PATH...: whether anything below the paths changed after the stamp
  local stamp=$1
  shift
  [ -f "$stamp" ] || return 0
  [ -n "$(find "$@" \( -name target -o -name node_modules \) -prune -o -newer "$stamp" -type f -print 2>/dev/null | head -n 1)" ]
}

main_sources() {
  for module in telemetry config http kernel web server proxy spawner kubernetes hub cli; do
    printf '%s\n' "$root/$module/pom.xml" "$root/$module/src/main"
  done
  printf '%s\n' "$root/pom.xml" "$root/cli/src/dist" "$root/web/wheels.txt" "$root/web/pages.sh" "$root/web/src/labextension" "$root/scripts/build.sh"
}

build_if_needed() {
  local sources
  mapfile -t sources < <(main_sources)
  if newer_sources "$dist/.built" "${sources[@]}"; then
    build
  fi
}

build() {
  local started=$SECONDS
  step "Building (the first time downloads libraries and takes a few minutes)"
  step "1/5 compiling"
  # Libraries of an earlier build that are not used any more.
  rm -rf "$root/cli/target/lib"
  # The rules of the build (format, dependencies, tests) belong to ./dev test; running needs the jars alone.
  quietly maven -q package -DskipTests -Dmaven.test.skip -Dspotless.check.skip -pl cli -am
  step "2/5 JupyterLab and Notebook pages"
  "$root/web/pages.sh" "$cache" "$dist/share"
  step "3/5 Java runtime"
  link_runtime
  step "4/5 putting together"
  assemble
  step "5/5 start-up caches"
  make_caches
  touch "$dist/.built"
  step "Built in $((SECONDS - started)) s"
}

# java.xml: Jackson looks at optional types of it. jdk.unsupported: signals. jdk.management: sizes of the machine.
RUNTIME_MODULES=java.base,java.logging,java.management,java.naming,java.net.http,java.sql,java.xml,jdk.management,jdk.net,jdk.unsupported,jdk.zipfs

# What Jupyter calls the commands of a notebook server. Whoever has $dist/links first on PATH has ours in their place.
LINKS="jupyter jupyter-lab jupyter-server jupyter-notebook jupyter-kernelspec jupyter-labextension jupyter-troubleshoot jupyterhub-singleuser"

# A runtime with the modules we use, made once per JDK and kept in the cache.
link_runtime() {
  local key runtime
  key=$({ cat "$JAVA_HOME/release"; echo "$RUNTIME_MODULES"; declare -f link_runtime ask_first; } | cksum | tr ' ' '-')
  runtime=$cache/runtime/$key
  if [ ! -x "$runtime/bin/java" ]; then
    mkdir -p "$cache/runtime"
    local partial
    partial=$(mktemp -d "$cache/runtime/partial.XXXXXX")
    quietly "$JAVA_HOME/bin/jlink" --add-modules "$RUNTIME_MODULES" --strip-debug --no-header-files --no-man-pages \
      --output "$partial/jre"
    ask_first SunJCE "$partial/jre/conf/security/java.security"
    quietly "$partial/jre/bin/java" -XX:+UseSerialGC -Xshare:dump
    mv "$partial/jre" "$runtime" 2>/dev/null || [ -x "$runtime/bin/java" ]
    rm -rf "$partial"
  fi
  if [ "$(cat "$dist/runtime/.key" 2>/dev/null)" != "$key" ]; then
    rm -rf "$dist/runtime"
    mkdir -p "$dist"
    cp -R "$runtime" "$dist/runtime"
    echo "$key" >"$dist/runtime/.key"
  fi
}

# Puts a security provider second, after SUN: the keys of cookies are all that most starts need, and every provider that
# comes before theirs is set up first. No two of the providers that change places offer the same algorithm.
ask_first() { # PROVIDER FILE
  awk -v first="$1" '
    /^security\.provider\.[0-9]+=/ {
      name = substr($0, index($0, "=") + 1)
      if (name == first) next
      print "security.provider." (++n) "=" name
      if (n == 1) print "security.provider." (++n) "=" first
      next
    }
    { print }' "$2" >"$2.new"
  mv "$2.new" "$2"
}

assemble() {
  local name
  rm -rf "$dist/lib" "$dist/bin" "$dist/links"
  mkdir -p "$dist/lib" "$dist/bin" "$dist/links"
  cp -p "$root"/cli/target/lib/*.jar "$dist/lib/"
  cp -p "$root"/cli/target/orrery-cli-*.jar "$dist/lib/"
  cp -p "$root/cli/src/dist/lib/"* "$dist/lib/"
  cp -p "$root"/cli/src/dist/bin/* "$dist/bin/"
  chmod +x "$dist/bin/orrery"
  for name in $LINKS; do
    ln -s ../bin/orrery "$dist/links/$name"
  done
  cp -p "$root/LICENSE" "$dist/"
  [ ! -f "$root/THIRD-PARTY-NOTICES.md" ] || cp -p "$root/THIRD-PARTY-NOTICES.md" "$dist/"
}

make_caches() {
  "$root/cli/src/dist/train.sh" "$dist"
}
