package dev.orrery.spawner.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.orrery.spawner.spi.Poll;
import dev.orrery.spawner.spi.ServerName;
import dev.orrery.spawner.spi.SpawnFailure;
import dev.orrery.spawner.spi.Spawner;
import dev.orrery.spawner.spi.SpawnerContract;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Servers as processes of the account that runs the test. */
class SimpleLocalProcessSpawnerTest extends SpawnerContract {

  private static final ServerName BOB = new ServerName("bob", "");

  static LocalProcessSettings settings(Path logs, List<String> shellCommand) {
    return new LocalProcessSettings(
        Duration.ofMillis(300),
        Duration.ofMillis(300),
        Duration.ofSeconds(10),
        shellCommand,
        Map.of("PATH", System.getenv("PATH")),
        logs);
  }

  private Spawner spawner(List<String> shellCommand) {
    return new SimpleLocalProcessSpawner(
        settings(directory().resolve("logs"), shellCommand),
        directory().resolve("home").resolve("{username}").toString());
  }

  @Override
  protected Spawner newSpawner() {
    return spawner(List.of());
  }

  private long pid() {
    return recorded(BOB).get("pid") instanceof Long pid ? pid : 0;
  }

  @Test
  void serverStartsInAHomeOfItsOwnAndInItsOwnSession() throws Exception {
    URI url = started(spawner(), request(BOB, "serve"));
    Path home = directory().resolve("home/bob");
    String pid = Long.toString(pid());
    assertThat(get(url, "/")).isEqualTo(pid + " " + pid + " " + home.toRealPath());
    assertThat(get(url, "/env")).contains("HOME=" + home + "\n", "USER=bob\n");
  }

  @Test
  void noFileOfTheHubReachesAServer() throws Exception {
    URI url = started(spawner(), request(BOB, "serve"));
    // The three streams, its own two sockets, and the listing itself.
    assertThat(get(url, "/files").lines().map(Integer::parseInt)).allMatch(file -> file <= 5);
  }

  @Test
  void serverCanBeInterruptedThoughTheHubIgnoresInterrupts() throws Exception {
    URI url = started(spawner(), request(BOB, "serve"));
    String status = get(url, "/status");
    for (String set : List.of("SigBlk", "SigIgn")) {
      Matcher line = Pattern.compile(set + ":\\s([0-9a-f]+)\\n").matcher(status);
      assertThat(line.find()).isTrue();
      long signals = Long.parseUnsignedLong(line.group(1), 16);
      for (int signal : List.of(1, Signals.INTERRUPT, 3, Signals.TERMINATE)) {
        assertThat(signals >> (signal - 1) & 1).as("%s %s", set, signal).isZero();
      }
    }
  }

  @Test
  void configuredShellGetsTheCommandAsOneWord() throws Exception {
    try (Spawner spawner = spawner(List.of("sh", "-c"))) {
      URI url = started(spawner, request(BOB, "serve"));
      assertThat(get(url, "/env")).contains("JUPYTERHUB_USER=bob\n");
      spawner.stop(recorded(BOB), BOB, false);
      assertThat(spawner.poll(recorded(BOB), BOB)).isInstanceOf(Poll.Stopped.class);
      assertThatThrownBy(() -> get(url, "/")).isInstanceOf(IOException.class);
    }
  }

  @Test
  void stateOfJupyterHubIsUnderstood() throws Exception {
    Spawner spawner = spawner();
    started(spawner, request(BOB, "serve"));
    Map<String, Object> theirs = Map.of("pid", pid());
    assertThat(spawner.poll(theirs, BOB)).isEqualTo(new Poll.Running());
    assertThat(spawner.poll(theirs, new ServerName("eve", ""))).isInstanceOf(Poll.Stopped.class);
    spawner.stop(theirs, new ServerName("eve", ""), true);
    assertThat(spawner.poll(theirs, BOB)).isEqualTo(new Poll.Running());
    spawner.stop(theirs, BOB, false);
    assertThat(spawner.poll(theirs, BOB)).isInstanceOf(Poll.Stopped.class);
  }

  @Test
  void processThatGotTheIdOfAnEndedOneIsLeftAlone() throws Exception {
    Spawner spawner = spawner();
    URI url = started(spawner, request(BOB, "serve"));
    var stale = new HashMap<>(recorded(BOB));
    stale.put("orrery_process", "another boot/1");
    stale.put("orrery_spawn_id", "another");
    assertThat(spawner.poll(stale, BOB)).isInstanceOf(Poll.Stopped.class);
    spawner.stop(stale, BOB, true);
    assertThat(get(url, "/")).isNotEmpty();
  }

  @Test
  void childrenInASessionThatIsNotOursAreLeftAlone() throws Exception {
    Spawner spawner = spawner();
    URI url = started(spawner, request(BOB, "serve"));
    long child = Long.parseLong(get(url, "/child"));
    long pid = pid();
    assertThatThrownBy(() -> get(url, "/exit")).isInstanceOf(IOException.class);
    eventually(() -> Proc.find(pid).isEmpty());
    var stale = new HashMap<>(recorded(BOB));
    stale.put("orrery_spawn_id", "another");
    spawner.stop(stale, BOB, true);
    // A process that was killed may be there a little longer, with the signal waiting for it.
    String status = Files.readString(Path.of("/proc/" + child + "/status"));
    assertThat(status).containsPattern("State:\\s[^ZX]").containsPattern("SigPnd:\\s0+\\n");
    spawner.stop(recorded(BOB), BOB, true);
    eventually(() -> Proc.find(child).isEmpty());
  }

  @Test
  void whatAServerPrintsIsBounded() throws Exception {
    Spawner spawner = spawner();
    URI url = started(spawner, request(BOB, "serve"));
    get(url, "/print");
    Path log = directory().resolve("logs/bob+.log");
    eventually(() -> log.toFile().length() <= ServerLogs.LIMIT && isCut(log));
    assertThat(Files.getPosixFilePermissions(log)).hasSize(2);
    get(url, "/print");
    eventually(() -> log.toFile().length() <= ServerLogs.LIMIT);
    spawner.forget(recorded(BOB), BOB);
    assertThat(log).doesNotExist();
  }

  private static boolean isCut(Path log) {
    try {
      String text = Files.readString(log);
      return text.contains("(earlier output was dropped)") && text.endsWith("the end\n");
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void namesThatAreNoFolderAreRefused() {
    for (String name : List.of("..", ".", "", "a/b")) {
      assertThatThrownBy(() -> started(spawner(), request(new ServerName(name, ""), "serve")))
          .isInstanceOf(SpawnFailure.class)
          .hasMessageContaining("can't be the name of a home directory");
    }
  }
}
