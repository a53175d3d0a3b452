package dev.orrery.spawner.spi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every spawner keeps, shown with real servers. An implementation extends this class and says
 * how its spawner is made and how the small program in {@code server.py} is run by it. The servers
 * need Python 3.
 */
public abstract class SpawnerContract {

  private static final ServerName ADA = new ServerName("ada", "");
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final int MANY = 50;

  /** The program itself: what is called python3 may be a script that sets variables. */
  private static final String PYTHON = python();

  @TempDir Path directory;

  private Path program = Path.of("");
  private final Map<ServerName, Map<String, Object>> recorded = new ConcurrentHashMap<>();
  private final List<Spawner> spawners = new ArrayList<>();

  /**
   * A new spawner over the same outside world: what one started the other finds. It waits a second
   * at most after asking a server to end, and the same after telling it to.
   */
  protected abstract Spawner newSpawner();

  /** The command that runs the Python program with these arguments as a server. */
  protected List<String> command(Path program, String... arguments) {
    var command = new ArrayList<>(List.of(PYTHON, "-I", "-S", program.toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  private static String python() {
    try {
      Process process =
          new ProcessBuilder("python3", "-c", "import sys; print(sys.executable)").start();
      try (var output = process.getInputStream()) {
        return new String(output.readAllBytes(), UTF_8).strip();
      }
    } catch (IOException e) {
      throw new IllegalStateException("the contract of spawners needs python3 on the PATH", e);
    }
  }

  /** Whether the exit code of a server is known to a spawner that did not start it. */
  protected boolean othersKnowExitCodes() {
    return false;
  }

  /** Where servers are told to listen. */
  protected String listenIp() {
    return "127.0.0.1";
  }

  /** Whether nothing is made where the program of a server is missing. */
  protected boolean looksForPrograms() {
    return true;
  }

  /** What the program ends with when it is asked to: 100 and the number of the signal. */
  protected int codeWhenAsked() {
    return 102;
  }

  /** What it ends with when it is told to without having been asked. */
  protected int codeWhenTold() {
    return 115;
  }

  /** How a server that was stopped has ended; nothing as long as that is not known. */
  protected OptionalInt endOfStopped(Spawner spawner, Map<String, Object> state) {
    return exitCode(spawner, state);
  }

  /** What threads of pools are called that end by themselves a while after the last work. */
  protected List<String> pools() {
    return List.of("process reaper", "ForkJoinPool");
  }

  /** A folder for the test, removed after it. */
  protected final Path directory() {
    return directory;
  }

  @BeforeEach
  void writeProgram() throws IOException {
    program = directory.resolve("server.py");
    try (var in = requireNonNull(SpawnerContract.class.getResourceAsStream("server.py"))) {
      Files.write(program, in.readAllBytes());
    }
  }

  @AfterEach
  void stopAll() throws InterruptedException {
    Spawner spawner = spawner();
    for (var entry : recorded.entrySet()) {
      spawner.stop(entry.getValue(), entry.getKey(), true);
    }
    spawners.forEach(Spawner::close);
  }

  /** A spawner that is closed after the test. */
  protected final Spawner spawner() {
    Spawner spawner = newSpawner();
    spawners.add(spawner);
    return spawner;
  }

  /** What to start for the user, with the Python program doing as {@code mode} says. */
  protected final SpawnRequest request(ServerName who, String mode) {
    return new SpawnRequest(
        new SpawnRequest.Id(UUID.randomUUID().toString()),
        who,
        7,
        command(program, mode),
        Map.of("JUPYTERHUB_USER", who.user(), "JUPYTERHUB_SERVER_NAME", who.server()),
        new SpawnRequest.Listen(listenIp(), 0, "/user/x/"),
        SpawnRequest.Limits.NONE,
        "",
        "",
        Map.of(),
        Map.of(),
        LONG);
  }

  /** Records state as a hub does, and hears nothing else. */
  protected final SpawnListener recorder(ServerName who) {
    return new SpawnListener() {
      @Override
      public void state(Map<String, Object> state) {
        recorded.put(who, written(state));
      }

      @Override
      public void progress(int percent, String message, Optional<String> htmlMessage) {
        assertThat(percent).isBetween(0, 99);
        assertThat(message).isNotBlank();
      }
    };
  }

  /** The state as it comes back from a database. */
  private static Map<String, Object> written(Map<String, Object> state) {
    var copy = new LinkedHashMap<String, Object>();
    state.forEach((key, value) -> copy.put(key, plain(value)));
    return copy;
  }

  private static Object plain(@Nullable Object value) {
    return switch (value) {
      case String text -> new String(text.toCharArray());
      case Long number -> Long.parseLong(Long.toString(number));
      case Double number -> number;
      case Boolean truth -> truth;
      case List<?> list -> list.stream().map(SpawnerContract::plain).toList();
      case Map<?, ?> map -> {
        var copy = new LinkedHashMap<String, Object>();
        map.forEach((key, entry) -> copy.put((String) key, plain(entry)));
        yield copy;
      }
      case null, default -> throw new AssertionError("state holds no plain value: " + value);
    };
  }

  /** What was recorded for the user. */
  protected final Map<String, Object> recorded(ServerName who) {
    return requireNonNull(recorded.get(who), "nothing was recorded");
  }

  /** Starts a server and returns its address. */
  protected final URI started(Spawner spawner, SpawnRequest request)
      throws SpawnFailure, InterruptedException {
    return spawner.start(request, recorder(request.who())).url();
  }

  /** What the server answers. */
  protected static String get(URI url, String path) throws IOException {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(url.getHost(), url.getPort()), 10_000);
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(("GET " + path + " HTTP/1.0\r\n\r\n").getBytes(UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
      int body = answer.indexOf("\r\n\r\n");
      if (body < 0) {
        throw new IOException("no answer");
      }
      return answer.substring(body + 4);
    }
  }

  /** Waits for what happens elsewhere. */
  protected static void eventually(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      Thread.sleep(20);
    }
  }

  private static boolean isStopped(Spawner spawner, Map<String, Object> state) {
    try {
      return spawner.poll(state, ADA) instanceof Poll.Stopped;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isThere(URI url) {
    try {
      return !get(url, "/").isEmpty();
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void serverAnswersAtItsAddress() throws Exception {
    URI url = started(spawner(), request(ADA, "serve"));
    assertThat(url.getPath()).isEmpty();
    assertThat(get(url, "/")).isNotEmpty();
    assertThat(get(url, "/env")).contains("JUPYTERHUB_SERVICE_URL=" + url + "/user/x/\n");
  }

  @Test
  void everySpawnerKnowsARunningServerByItsState() throws Exception {
    Spawner first = spawner();
    URI url = started(first, request(ADA, "serve"));
    assertThat(first.poll(recorded(ADA), ADA)).isEqualTo(new Poll.Running());
    first.close();
    assertThat(isThere(url)).isTrue();
    Spawner other = spawner();
    assertThat(other.poll(recorded(ADA), ADA)).isEqualTo(new Poll.Running());
    other.stop(recorded(ADA), ADA, false);
    assertThat(other.poll(recorded(ADA), ADA)).isInstanceOf(Poll.Stopped.class);
    assertThat(isThere(url)).isFalse();
  }

  @Test
  void exitCodeIsTold() throws Exception {
    Spawner spawner = spawner();
    URI url = started(spawner, request(ADA, "serve"));
    assertThatThrownBy(() -> get(url, "/exit")).isInstanceOf(IOException.class);
    eventually(() -> isStopped(spawner, recorded(ADA)));
    eventually(() -> exitCode(spawner, recorded(ADA)).equals(OptionalInt.of(7)));
    Poll seenByAnother = spawner().poll(recorded(ADA), ADA);
    assertThat(seenByAnother).isInstanceOf(Poll.Stopped.class);
    assertThat(((Poll.Stopped) seenByAnother).exitCode())
        .isEqualTo(othersKnowExitCodes() ? OptionalInt.of(7) : OptionalInt.empty());
  }

  private static OptionalInt exitCode(Spawner spawner, Map<String, Object> state) {
    try {
      return ((Poll.Stopped) spawner.poll(state, ADA)).exitCode();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void stateOfNothingIsStopped() throws Exception {
    Spawner spawner = spawner();
    assertThat(spawner.poll(Map.of(), ADA)).isInstanceOf(Poll.Stopped.class);
    assertThat(spawner.poll(Map.of("of", "another spawner"), ADA)).isInstanceOf(Poll.Stopped.class);
    spawner.stop(Map.of(), ADA, false);
    spawner.stop(Map.of(), ADA, true);
  }

  @Test
  void serverIsAskedToEndBeforeItIsToldTo() throws Exception {
    Spawner spawner = spawner();
    started(spawner, request(ADA, "serve"));
    spawner.stop(recorded(ADA), ADA, false);
    eventually(() -> endOfStopped(spawner, recorded(ADA)).equals(OptionalInt.of(codeWhenAsked())));
  }

  @Test
  void serverIsNotAskedWhenItHasToEndNow() throws Exception {
    Spawner spawner = spawner();
    started(spawner, request(ADA, "serve"));
    spawner.stop(recorded(ADA), ADA, true);
    eventually(() -> endOfStopped(spawner, recorded(ADA)).equals(OptionalInt.of(codeWhenTold())));
  }

  @Test
  void serverThatDoesNotListenIsKilled() throws Exception {
    Spawner spawner = spawner();
    URI url = started(spawner, request(ADA, "stubborn"));
    spawner.stop(recorded(ADA), ADA, false);
    assertThat(spawner.poll(recorded(ADA), ADA)).isInstanceOf(Poll.Stopped.class);
    assertThat(isThere(url)).isFalse();
    eventually(() -> endOfStopped(spawner, recorded(ADA)).equals(OptionalInt.of(137)));
  }

  @Test
  void whatIsGoneCanBeStoppedAgain() throws Exception {
    Spawner spawner = spawner();
    started(spawner, request(ADA, "serve"));
    Map<String, Object> old = recorded(ADA);
    spawner.stop(old, ADA, false);
    spawner.stop(old, ADA, false);
    URI url = started(spawner, request(ADA, "serve"));
    spawner.stop(old, ADA, true);
    assertThat(isThere(url)).as("the next server").isTrue();
    assertThat(spawner.poll(old, ADA)).isInstanceOf(Poll.Stopped.class);
    assertThat(spawner.poll(recorded(ADA), ADA)).isEqualTo(new Poll.Running());
  }

  @Test
  void childrenOfAServerEndWithIt() throws Exception {
    Spawner spawner = spawner();
    URI url = started(spawner, request(ADA, "serve"));
    long child = Long.parseLong(get(url, "/child"));
    assertThat(ProcessHandle.of(child)).isPresent();
    spawner.stop(recorded(ADA), ADA, false);
    eventually(() -> isGone(child));
  }

  @Test
  void childrenOfAServerThatDiedEndWhenItIsStopped() throws Exception {
    Spawner spawner = spawner();
    URI url = started(spawner, request(ADA, "serve"));
    long child = Long.parseLong(get(url, "/child"));
    assertThatThrownBy(() -> get(url, "/exit")).isInstanceOf(IOException.class);
    eventually(() -> isStopped(spawner, recorded(ADA)));
    spawner().stop(recorded(ADA), ADA, false);
    eventually(() -> isGone(child));
  }

  /** A child whose parent has died may stay as a zombie where nobody takes its status. */
  private static boolean isGone(long process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process + "/stat"));
      return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void serverThatEndsAtOnceTellsWhatItSaidLast() {
    assertThatThrownBy(() -> started(spawner(), request(ADA, "die")))
        .isInstanceOfSatisfying(
            SpawnFailure.class,
            failure -> {
              assertThat(failure.message())
                  .contains("exit code 3", "line 99", "no notebook today")
                  .doesNotContain("line 10\n");
              assertThat(failure.status()).isEqualTo(500);
            });
  }

  @Test
  void missingProgramIsASentence() throws Exception {
    SpawnRequest good = request(ADA, "serve");
    SpawnRequest bad =
        new SpawnRequest(
            good.id(),
            good.who(),
            good.userId(),
            List.of("no-such-program-here"),
            good.environment(),
            good.listen(),
            good.limits(),
            good.rootDir(),
            good.defaultUrl(),
            good.userOptions(),
            good.earlier(),
            good.patience());
    assertThatThrownBy(() -> started(spawner(), bad))
        .isInstanceOf(SpawnFailure.class)
        .hasMessageContaining("no-such-program-here");
    if (looksForPrograms()) {
      assertThat(recorded).isEmpty();
    } else {
      assertThat(spawner().poll(recorded(ADA), ADA)).isInstanceOf(Poll.Stopped.class);
    }
  }

  @Test
  void startThatTakesTooLongFailsAndLeavesNothing() throws Exception {
    Spawner spawner = spawner();
    SpawnRequest hang = request(ADA, "hang");
    SpawnRequest brief =
        new SpawnRequest(
            hang.id(),
            ADA,
            hang.userId(),
            hang.command(),
            hang.environment(),
            hang.listen(),
            hang.limits(),
            "",
            "",
            Map.of(),
            Map.of(),
            Duration.ofMillis(300));
    assertThatThrownBy(() -> started(spawner, brief)).isInstanceOf(SpawnFailure.class);
    assertThat(spawner.poll(recorded(ADA), ADA)).isInstanceOf(Poll.Stopped.class);
    assertThat(spawner.find(brief.id(), ADA)).isNotInstanceOf(Recovered.Found.class);
  }

  @Test
  void interruptedStartLeavesNothing() throws Exception {
    Spawner spawner = spawner();
    SpawnRequest hang = request(ADA, "hang");
    var outcome = new AtomicReference<@Nullable Throwable>();
    Thread thread =
        Thread.ofVirtual()
            .start(() -> {
              try {
                spawner.start(hang, recorder(ADA));
              } catch (SpawnFailure | InterruptedException e) {
                outcome.set(e);
              }
            });
    eventually(() -> recorded.containsKey(ADA));
    thread.interrupt();
    assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
    assertThat(outcome.get()).isInstanceOf(InterruptedException.class);
    assertThat(spawner.poll(recorded(ADA), ADA)).isInstanceOf(Poll.Stopped.class);
    assertThat(spawner.find(hang.id(), ADA)).isNotInstanceOf(Recovered.Found.class);
  }

  @Test
  void startWhoseStateCannotBeRecordedLeavesNothing() throws Exception {
    Spawner spawner = spawner();
    SpawnRequest request = request(ADA, "serve");
    var told = new AtomicReference<@Nullable Map<String, Object>>();
    SpawnListener broken =
        new SpawnListener() {
          @Override
          public void state(Map<String, Object> state) {
            told.set(state);
            throw new IllegalStateException("the database is gone");
          }

          @Override
          public void progress(int percent, String message, Optional<String> htmlMessage) {}
        };
    assertThatThrownBy(() -> spawner.start(request, broken)).hasMessage("the database is gone");
    assertThat(spawner.poll(requireNonNull(told.get()), ADA)).isInstanceOf(Poll.Stopped.class);
  }

  @Test
  void serverWithoutRecordedStateIsFoundByItsId() throws Exception {
    SpawnRequest request = request(ADA, "serve");
    Spawner other = spawner();
    assertThat(other.find(request.id(), ADA)).isNotInstanceOf(Recovered.Found.class);
    var hubDied = new CountDownLatch(1);
    var found = new AtomicReference<@Nullable Recovered>();
    SpawnListener dying =
        new SpawnListener() {
          @Override
          public void state(Map<String, Object> state) {
            try {
              // As if the hub died here: nothing is recorded, and another replica looks.
              Recovered seen = other.find(request.id(), ADA);
              for (int i = 0; i < 200 && !(seen instanceof Recovered.Found); i++) {
                Thread.sleep(20);
                seen = other.find(request.id(), ADA);
              }
              found.set(seen);
              hubDied.countDown();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }

          @Override
          public void progress(int percent, String message, Optional<String> htmlMessage) {}
        };
    URI url = spawner().start(request, dying).url();
    assertThat(hubDied.getCount()).isZero();
    assertThat(found.get()).isInstanceOf(Recovered.Found.class);
    Map<String, Object> state = ((Recovered.Found) requireNonNull(found.get())).state();
    assertThat(other.poll(written(state), ADA)).isEqualTo(new Poll.Running());
    other.stop(state, ADA, false);
    assertThat(isThere(url)).isFalse();
  }

  @Test
  void environmentIsThatOfTheRequestAndNothingElse() throws Exception {
    SpawnRequest request = request(ADA, "serve");
    URI url = started(spawner(), request);
    var variables = new HashMap<String, String>();
    for (String line : get(url, "/env").split("\n")) {
      int equals = line.indexOf('=');
      variables.put(line.substring(0, equals), line.substring(equals + 1));
    }
    var expected = new HashMap<>(request.environment());
    expected.put("JUPYTERHUB_SERVICE_URL", url + "/user/x/");
    expected.put(SpawnRequest.ID_VARIABLE, request.id().value());
    assertThat(variables).containsAllEntriesOf(expected);
    variables.keySet().removeAll(expected.keySet());
    variables.keySet().removeAll(ownVariables());
    // Python sets this one for itself where there is no locale.
    variables.remove("LC_CTYPE");
    assertThat(variables).as("not asked for").isEmpty();
  }

  /** The variables servers have from the spawner itself. */
  protected List<String> ownVariables() {
    return List.of("PATH", "HOME", "USER", "SHELL");
  }

  @Test
  void namesOfUsersNeverReachAShell() throws Exception {
    Path mark = directory.resolve("mark");
    int refused = 0;
    for (String name :
        List.of(
            "$(touch " + mark + ")",
            "`touch " + mark + "`",
            "x; touch " + mark + " #",
            "' ; touch " + mark + " ; '",
            "\" ; touch " + mark + " ; \"",
            "-n",
            "--help",
            "..",
            ".",
            "a\nb",
            "a\0b",
            "zoë 𝒳",
            "x".repeat(300),
            "%s%n{username}")) {
      ServerName who = new ServerName(name.replace(mark.toString(), "mark"), "s");
      try {
        SpawnRequest request = request(who, "serve");
        URI url = started(spawner(), request);
        assertThat(get(url, "/env")).contains("JUPYTERHUB_USER=" + who.user() + "\n");
        spawner().stop(recorded(who), who, true);
      } catch (SpawnFailure failure) {
        assertThat(failure.message()).isNotBlank();
        refused++;
      }
    }
    assertThat(refused).isPositive();
    try (var made = Files.find(directory, 5, (path, _) -> path.endsWith("mark"))) {
      assertThat(made).isEmpty();
    }
    assertThat(Path.of("mark")).doesNotExist();
  }

  @Test
  void manyServersStartAtOnce() throws Exception {
    Spawner spawner = spawner();
    var starts = new ArrayList<Future<URI>>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < MANY; i++) {
        var who = new ServerName("user" + i, "");
        starts.add(threads.submit(() -> started(spawner, request(who, "serve"))));
      }
      for (int i = 0; i < MANY; i++) {
        assertThat(get(starts.get(i).get(), "/env")).contains("JUPYTERHUB_USER=user" + i + "\n");
      }
      var stops = new ArrayList<Future<?>>();
      for (var entry : recorded.entrySet()) {
        stops.add(
            threads.submit(() -> {
              spawner.stop(entry.getValue(), entry.getKey(), false);
              return "";
            }));
      }
      for (Future<?> stop : stops) {
        stop.get();
      }
    }
    for (var entry : recorded.entrySet()) {
      assertThat(spawner.poll(entry.getValue(), entry.getKey())).isInstanceOf(Poll.Stopped.class);
    }
  }

  @Test
  void nothingIsHeldForServersThatAreGone() throws Exception {
    Spawner spawner = spawner();
    startAndStop(spawner);
    long files = openFiles();
    long threads = ourThreads();
    for (int i = 0; i < 10; i++) {
      startAndStop(spawner);
    }
    eventually(() -> openFiles() <= files && ourThreads() <= threads);
  }

  private void startAndStop(Spawner spawner) throws SpawnFailure, InterruptedException {
    started(spawner, request(ADA, "serve"));
    spawner.stop(recorded(ADA), ADA, false);
    assertThatThrownBy(() -> started(spawner, request(ADA, "die")))
        .isInstanceOf(SpawnFailure.class);
  }

  private static long openFiles() {
    try (var files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private long ourThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> pools().stream().noneMatch(thread.getName()::startsWith))
        .count();
  }
}
