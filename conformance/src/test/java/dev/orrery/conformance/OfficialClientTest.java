package dev.orrery.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The client that JupyterLab is built on, run by Node against one server: a test per check. */
class OfficialClientTest {

  private static final Path SCRIPT = Path.of("services", "client.mjs");
  private static final int LIMIT_SECONDS = 110;

  /** So that checks which vanish from the script do not vanish from sight. */
  private static final int FEWEST_CHECKS = 38;

  @TestFactory
  List<DynamicTest> everyCheckOfTheScriptPasses() throws IOException, InterruptedException {
    List<String> lines;
    String serverOutput;
    try (var server = OrreryServer.start()) {
      lines = run(server);
      serverOutput = server.output();
    }
    var tests = new ArrayList<DynamicTest>();
    for (String line : lines) {
      if (line.startsWith("ok - ")) {
        tests.add(dynamicTest(line.substring("ok - ".length()), () -> {}));
      } else if (line.startsWith("not ok - ")) {
        tests.add(
            dynamicTest(
                line.substring("not ok - ".length()).split(": ", 3)[1],
                () -> {
                  throw new AssertionError(line + "\n" + serverOutput);
                }));
      }
    }
    String all = String.join("\n", lines);
    int checks = tests.size();
    tests.add(
        dynamicTest(
            "the script ran to its end",
            () -> {
              assertThat(lines).as(all).endsWith("done");
              assertThat(checks).as(all).isGreaterThanOrEqualTo(FEWEST_CHECKS);
            }));
    return tests;
  }

  private static List<String> run(OrreryServer server) throws IOException, InterruptedException {
    Path output = server.root().resolve("client.log");
    var builder =
        new ProcessBuilder(Requirements.node().toString(), SCRIPT.toAbsolutePath().toString())
            .redirectInput(new File("/dev/null"))
            .redirectOutput(output.toFile())
            .redirectError(new File("target", "client-errors.log"));
    builder.environment().put("BASE_URL", server.origin() + "/");
    builder.environment().put("TOKEN", OrreryServer.TOKEN);
    builder.environment().put("NODE_MODULES", Requirements.nodeModules().toString());
    Process client = builder.start();
    try {
      if (!client.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
        client.destroyForcibly().waitFor();
        throw new AssertionError(
            "The client did not end within "
                + LIMIT_SECONDS
                + " s:\n"
                + Files.readString(output, UTF_8));
      }
    } finally {
      client.destroyForcibly();
    }
    return Files.readAllLines(output, UTF_8);
  }
}
