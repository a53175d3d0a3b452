package dev.orrery.conformance.soak;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.orrery.conformance.RunningProxy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the proxy's process holds, told by the system, and by the proxy after a collection. */
final class Readings {

  /** Open descriptors. */
  record Descriptors(int sockets, int others) {}

  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
  private static final String LOG = "gc.log";
  private static final Pattern FULL =
      Pattern.compile("Pause Full \\(Diagnostic Command\\) \\d+M->(\\d+)M");

  private static final Pattern OPEN =
      Pattern.compile("(?m)^(connections|requests|tunnels)_open .*$");

  /** What {@link #open} says when nothing is. */
  static final String NOTHING = "connections_open 0.0, requests_open 0.0, tunnels_open 0.0";

  /** The option that lets the proxy's virtual machine tell what it collects. */
  static final String JAVA_OPTION = "-Xlog:gc:file=" + LOG;

  private final Path proc;
  private final String pid;
  private final Path log;

  private final int metricsPort;

  /** Of a proxy that runs with {@link #JAVA_OPTION}. */
  Readings(RunningProxy proxy, int metricsPort) {
    this.metricsPort = metricsPort;
    this.pid = Long.toString(proxy.process().pid());
    this.proc = Path.of("/proc", pid);
    this.log = proxy.folder().resolve(LOG);
  }

  /** Bytes in memory, native ones included. */
  long resident() throws IOException {
    Matcher matcher = RESIDENT.matcher(Files.readString(proc.resolve("status")));
    if (!matcher.find()) {
      throw new IOException("No VmRSS in " + proc);
    }
    return Long.parseLong(matcher.group(1)) * 1_024;
  }

  Descriptors descriptors() throws IOException {
    int sockets = 0;
    int others = 0;
    try (Stream<Path> files = Files.list(proc.resolve("fd"))) {
      for (Path file : files.toList()) {
        try {
          if (Files.readSymbolicLink(file).toString().startsWith("socket:")) {
            sockets++;
          } else {
            others++;
          }
        } catch (NoSuchFileException e) {
          // Closed since the list was made.
        }
      }
    }
    return new Descriptors(sockets, others);
  }

  /** What the proxy itself says is open: connections of clients, requests, tunnels. */
  String open() throws IOException {
    try (Wire wire = Wire.to(metricsPort)) {
      wire.send("GET /metrics HTTP/1.1\r\nHost: soak.test\r\nConnection: close\r\n\r\n");
      var text = new ByteArrayOutputStream();
      wire.readBody(wire.answer(), (block, count) -> text.write(block, 0, count));
      return OPEN.matcher(text.toString(UTF_8))
          .results()
          .map(MatchResult::group)
          .collect(Collectors.joining(", "));
    }
  }

  /**
   * Makes the proxy find out which objects nobody holds any more, and gives the bytes of those that
   * stay, in whole megabytes; buffers that were forgotten are told when the next one is made.
   */
  long collect() throws IOException, InterruptedException {
    long before = collections().count();
    // The distribution's runtime has no such tool, the build's JDK has.
    Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
    Process process =
        new ProcessBuilder(List.of(jcmd.toString(), pid, "GC.run"))
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
      process.destroyForcibly();
      throw new IOException("jcmd GC.run: " + said);
    }
    return collections().skip(before).reduce((_, last) -> last).orElseThrow();
  }

  /** What was left after each of them. */
  private Stream<Long> collections() throws IOException {
    return FULL.matcher(Files.readString(log))
        .results()
        .map(result -> Long.parseLong(result.group(1)) << 20);
  }
}
