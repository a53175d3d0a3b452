package dev.orrery.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The real page behind the proxy with TLS: a browser takes HTTP/2 for all but its WebSockets. */
class LabThroughProxyInBrowserTest extends InBrowser {

  @Test
  void pagesComeByHttp2AndKernelsBesideIt() throws Exception {
    Path root = server().root();
    makeCertificate(root);
    Path log = root.resolve("access.log");
    try (var proxy =
        new RunningProxy(
            root,
            "--ssl-key",
            root.resolve("proxy.key").toString(),
            "--ssl-cert",
            root.resolve("proxy.crt").toString(),
            "--access-log",
            log.toString(),
            "--default-target",
            server().origin())) {
      String origin =
          proxy
              .told("Proxying (https://127\\.0\\.0\\.1:\\d+) to")
              .replace("127.0.0.1", "localhost");
      continueAt(origin);
      openLab("/lab");
      assertThat(
              page()
                  .evaluate("() => performance.getEntriesByType('navigation')[0].nextHopProtocol"))
          .isEqualTo("h2");
      Object others =
          page()
              .evaluate(
                  "() => [...new Set(performance.getEntriesByType('resource')"
                      + ".map(entry => entry.nextHopProtocol).filter(name => name))].join()");
      assertThat(others).isEqualTo("h2");

      expectFirstSave("Untitled.ipynb");
      page().locator(".jp-LauncherCard[data-category=Notebook]").first().click();
      awaitKernel();
      page().keyboard().type("print('through', 6 * 7)");
      runCell(0);
      assertThat(output(0)).hasText("through 42");
      look("ran");
      // A WebSocket is logged when it closes.
      page().navigate("about:blank");
      awaitText(log, "\"tunnel\":true");
      List<String> lines = new ArrayList<>(List.of(Texts.read(log).split("\n")));
      assertThat(lines).anyMatch(line -> line.contains("\"protocol\":\"HTTP/2\""));
      assertThat(lines.stream().filter(line -> line.contains("\"tunnel\":true")))
          .allMatch(line -> line.contains("\"protocol\":\"HTTP/1.1\""));
      assertThat(Texts.read(log)).doesNotContain(OrreryServer.TOKEN);
    }
  }

  private static void makeCertificate(Path folder) throws Exception {
    Process openssl =
        new ProcessBuilder(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:P-256",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=localhost",
                "-addext",
                "subjectAltName=DNS:localhost",
                "-keyout",
                "proxy.key",
                "-out",
                "proxy.crt")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("openssl.log").toFile())
            .start();
    assertThat(openssl.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(openssl.exitValue()).as(Texts.read(folder.resolve("openssl.log"))).isZero();
  }
}
