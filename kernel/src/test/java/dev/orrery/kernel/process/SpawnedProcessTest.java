package dev.orrery.kernel.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpawnedProcessTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path root;
  private Path output = Path.of("");

  @BeforeEach
  void choosePlaces() throws IOException {
    root = root.toRealPath();
    output = root.resolve("output");
  }

  @Test
  void childGetsItsArgumentsEnvironmentAndDirectory() throws Exception {
    SpawnedProcess child =
        shell(
            "printf '%s|' \"$PWD\" \"$A\" \"$0\" \"$1\"; exec cat", Map.of("A", "é 😀"), "x y", "");
    assertThat(child.waitFor(LIMIT)).isTrue();
    assertThat(child.exitStatus()).contains(new ExitStatus.Exited(0));
    assertThat(output).hasContent(root + "|é 😀|x y||");
    assertThat(Files.getPosixFilePermissions(output)).hasSize(2);
  }

  @Test
  void childLeadsItsSessionAndInheritsNoFile() throws Exception {
    try (var open = Files.newInputStream(Path.of("/proc/self/status"))) {
      SpawnedProcess child =
          shell("cut -d' ' -f5,6 < /proc/self/stat; ls /proc/$$/fd | tr '\\n' ' '", Map.of());
      assertThat(child.waitFor(LIMIT)).isTrue();
      assertThat(open).isNotNull();
      // The shell keeps its script's own descriptor out of the way of the first ten.
      assertThat(output).content().startsWith(child.pid() + " " + child.pid() + "\n0 1 2 ");
      assertThat(Files.readAllLines(output).get(1).strip().split(" ")).hasSizeLessThan(5);
    }
  }

  @Test
  void signalsAreNeitherBlockedNorIgnored() throws Exception {
    SpawnedProcess child = shell("grep -E 'SigBlk|SigIgn' /proc/self/status", Map.of());
    assertThat(child.waitFor(LIMIT)).isTrue();
    for (String line : Files.readAllLines(output)) {
      // glibc keeps the signals 32 and 33 for itself.
      assertThat(Long.parseUnsignedLong(line.split("\t")[1], 16) & 0x7fffffff).isZero();
    }
  }

  @Test
  void signalReachesTheWholeGroup() throws Exception {
    SpawnedProcess child = shell("sleep 300 & echo $!; wait", Map.of());
    dev.orrery.kernel.Eventually.holds(
        "the shell has started its own child", LIMIT, () -> output.toFile().length() > 0);
    long grandchild = Long.parseLong(Files.readString(output).strip());
    assertThat(child.isAlive()).isTrue();
    var told = new CountDownLatch(1);
    child.onExit(told::countDown);
    assertThat(child.signalGroup(Signal.TERM)).isTrue();
    assertThat(child.waitFor(LIMIT)).isTrue();
    assertThat(told.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitStatus()).contains(new ExitStatus.Signalled(15));
    dev.orrery.kernel.Eventually.holds("the grandchild is gone", LIMIT, () -> isGone(grandchild));
    assertThat(child.signalGroup(Signal.KILL)).isFalse();
    assertThat(child.signal(Signal.KILL)).isFalse();
    var late = new CountDownLatch(1);
    child.onExit(late::countDown);
    assertThat(late.getCount()).isZero();
  }

  @Test
  void whatIsLeftOfTheGroupEndsWithItsLeaderWhenThatIsWanted() throws Exception {
    SpawnedProcess child = shell("sleep 300 & echo $!; exec sleep 300", Map.of());
    child.endGroupWithLeader();
    dev.orrery.kernel.Eventually.holds(
        "the shell has started its own child", LIMIT, () -> output.toFile().length() > 0);
    long left = Long.parseLong(Files.readString(output).strip());
    assertThat(child.signal(Signal.KILL)).isTrue();
    assertThat(child.waitFor(LIMIT)).isTrue();
    dev.orrery.kernel.Eventually.holds("it is gone", LIMIT, () -> isGone(left));
  }

  @Test
  void terminalBecomesTheControllingOne() throws Exception {
    try (var terminal = TestTerminal.open()) {
      Path told = root.resolve("told");
      SpawnedProcess child =
          SpawnedProcess.spawn(
              new SpawnSpec(
                  List.of("sh", "-c", "echo x > /dev/tty && (tty; tty <&1; tty <&2) > " + told),
                  Map.of("PATH", "/usr/bin:/bin"),
                  root,
                  new Stdio.Pty(terminal.slave())));
      assertThat(child.waitFor(LIMIT)).isTrue();
      assertThat(child.exitStatus()).contains(new ExitStatus.Exited(0));
      assertThat(Files.readAllLines(told))
          .containsExactly(terminal.slave().toString(), "not a tty", terminal.slave().toString());
    }
  }

  @Test
  void manyChildrenAreReaped() throws Exception {
    for (int i = 0; i < 50; i++) {
      SpawnedProcess child = shell("exit " + i, Map.of());
      assertThat(child.waitFor(LIMIT)).isTrue();
      assertThat(child.exitStatus()).contains(new ExitStatus.Exited(i));
      assertThat(ProcessHandle.of(child.pid())).isEmpty();
    }
  }

  @Test
  void whatCannotRunIsSaidInASentence() throws IOException {
    assertFails("no-such-program", "no program 'no-such-program' on PATH (/usr/bin:/bin)");
    assertFails("/no/such/program", "no program '/no/such/program'");
    assertFails(root.toString(), "not an executable file");
    Path plain = Files.writeString(root.resolve("plain"), "x");
    assertFails(plain.toString(), "not an executable file");
    Path orphan = Files.writeString(root.resolve("orphan"), "#!/no/such/interpreter\n");
    assertThat(orphan.toFile().setExecutable(true)).isTrue();
    assertFails(orphan.toString(), "interpreter its first line names, is missing");
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() ->
            SpawnedProcess.spawn(
                new SpawnSpec(
                    List.of("/bin/true"),
                    Map.of(),
                    root.resolve("gone"),
                    new Stdio.ToFile(output))))
        .withMessageContaining("does not exist");
  }

  private void assertFails(String program, String sentence) {
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() ->
            SpawnedProcess.spawn(
                new SpawnSpec(
                    List.of(program),
                    Map.of("PATH", "/usr/bin:/bin"),
                    root,
                    new Stdio.ToFile(output))))
        .withMessageContaining(sentence);
  }

  private SpawnedProcess shell(String script, Map<String, String> env, String... arguments)
      throws IOException {
    var all = new java.util.HashMap<>(env);
    all.put("PATH", "/usr/bin:/bin");
    var argv = new java.util.ArrayList<>(List.of("sh", "-c", script));
    argv.addAll(List.of(arguments));
    return SpawnedProcess.spawn(new SpawnSpec(argv, all, root, new Stdio.ToFile(output)));
  }

  private static boolean isGone(long pid) {
    return ProcessHandle.of(pid).isEmpty() || isZombie(pid);
  }

  private static boolean isZombie(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/stat")).contains(") Z ");
    } catch (IOException e) {
      return true;
    }
  }
}
