package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The distribution's {@code orrery proxy} on free ports, or on the sockets it is told. */
public final class RunningProxy implements AutoCloseable {

  /** What callers of its API have to know. */
  public static final String TOKEN = "secret";

  private final Path root;
  private final boolean ownsRoot;
  private final Path log;
  private final Process process;

  RunningProxy(Path root, String... options) throws IOException {
    this(root, false, "", options);
  }

  private RunningProxy(Path root, boolean ownsRoot, String javaOptions, String... options)
      throws IOException {
    this.root = root;
    this.ownsRoot = ownsRoot;
    log = Files.createTempFile(root, "proxy-", ".log");
    var arguments = new ArrayList<>(List.of("proxy", "--api-ip", "127.0.0.1"));
    if (!List.of(options).contains("--socket")) {
      arguments.addAll(List.of("--ip", "127.0.0.1", "--port", "0"));
    }
    arguments.addAll(List.of(options));
    var builder = OrreryServer.command(root, arguments);
    builder.environment().put("CONFIGPROXY_AUTH_TOKEN", TOKEN);
    builder.environment().put("ORRERY_JAVA_OPTS", javaOptions);
    process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
  }

  /** Starts one with a root of its own and with options for its virtual machine. */
  public static RunningProxy withJavaOptions(String javaOptions, String... options)
      throws IOException {
    return new RunningProxy(OrreryServer.makeRoot(), true, javaOptions, options);
  }

  /** The process, which a test may end. */
  public Process process() {
    return process;
  }

  /** Where it runs. */
  public Path folder() {
    return root.resolve("notebooks");
  }

  /** The first group of a pattern, as soon as a line of the log has it. */
  public String told(String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    Eventually.holds(
        "the log has " + pattern,
        Duration.ofSeconds(60),
        () -> compiled.matcher(output()).find(),
        this::output);
    Matcher matcher = compiled.matcher(output());
    assertThat(matcher.find()).isTrue();
    return matcher.group(1);
  }

  /** All it said. */
  public String output() {
    return Texts.read(log);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    if (ownsRoot) {
      process.onExit().join();
      OrreryServer.delete(root);
    }
  }
}
