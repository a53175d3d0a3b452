package dev.orrery.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Kernels, and what they put out, when the server or the network fails while a page looks on. */
class CrashInBrowserTest extends InBrowser {

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String WAIT =
      """
      import pathlib, time
      def wait(name):
          while not pathlib.Path(name).exists(): time.sleep(0.02)
      """;
  private static final String GAP = "may be missing: the server was not running]";

  @BeforeEach
  void nothingGoesOn() throws Exception {
    for (String name : List.of("go", "on")) {
      Files.deleteIfExists(file(name));
    }
  }

  private Path file(String name) {
    return server().notebooks().resolve(name);
  }

  private void go(String name) {
    Texts.write(file(name), "");
  }

  private void open(String name, String... cells) {
    Notebooks.write(file(name), cells);
    openLab("/lab/tree/" + name);
  }

  private Locator prompt(int index) {
    return page().locator(".jp-Notebook .jp-CodeCell").nth(index).locator(".jp-InputArea-prompt");
  }

  private Locator area(int index) {
    return page().locator(".jp-Notebook .jp-CodeCell").nth(index).locator(".jp-OutputArea").first();
  }

  /** What a page says whose server does not answer. */
  private void expectLoss() {
    for (String line :
        List.of(
            "ERR_CONNECTION_REFUSED",
            "ERR_INTERNET_DISCONNECTED",
            "ERR_EMPTY_RESPONSE",
            "ERR_CONNECTION_RESET",
            "ERR_SOCKET_NOT_CONNECTED",
            "Failed to fetch",
            "WebSocket connection to",
            "Connection lost, reconnecting")) {
      complaints().expect(line, "there was no server, or no network, for a while");
    }
  }

  @Test
  void aPageGoesOnWithItsCellAfterTheServerWasKilled() {
    open(
        "killed.ipynb",
        WAIT
            + "for i in range(20): print(i)\nwait('go')\nfor i in range(20, 40): print(i)\n"
            + "wait('on')\nprint('end')");
    runCell(0);
    assertThat(output(0)).containsText("19");
    String kernel = kernel();
    expectLoss();
    server().kill();
    startServerAgain();
    assertThat(kernel()).isEqualTo(kernel);
    go("go");
    assertThat(area(0)).containsText("39");
    assertThat(prompt(0)).hasText("[*]:");
    look("after");
    go("on");
    assertThat(area(0)).containsText("end");
    assertThat(prompt(0)).hasText("[1]:");
    assertThat(area(0)).containsText(GAP);
    assertThat(numbersIn(area(0).textContent())).containsExactlyElementsOf(numbers(40));
    // The page is as good as before.
    execute("docmanager:save", Map.of());
    Eventually.holds(
        "the file has it",
        LIMIT,
        () -> Texts.read(file("killed.ipynb")).contains(GAP),
        server()::output);
  }

  @Test
  void aCellWhosePageIsGoneGoesOnAfterTheServerWasKilled() {
    open("alone.ipynb", WAIT + "print('begun')\nwait('go')\nprint('end')\nx = 7", "x");
    runCell(0);
    assertThat(area(0)).containsText("begun");
    page().close();
    server().kill();
    startServerAgain();
    go("go");
    openAnotherPage();
    openLab("/lab/tree/alone.ipynb");
    assertThat(area(0)).containsText("begun");
    assertThat(area(0)).containsText(GAP);
    assertThat(area(0)).containsText("end");
    assertThat(prompt(0)).hasText("[1]:");
    runCell(1);
    assertThat(area(1)).containsText("7");
  }

  @Test
  void aCellThatEndedMeanwhileIsOverInThePage() {
    open("meanwhile.ipynb", WAIT + "print('begun')\nwait('go')\npathlib.Path('on').touch()", "6*7");
    runCell(0);
    assertThat(area(0)).containsText("begun");
    expectLoss();
    server().kill();
    go("go");
    Eventually.holds("the cell has ended", LIMIT, () -> Files.exists(file("on")), () -> "");
    startServerAgain();
    connectAgain();
    assertThat(prompt(0)).hasText("[1]:");
    assertThat(area(0)).containsText(GAP);
    runCell(1);
    assertThat(area(1)).containsText("42");
  }

  @Test
  void kernelsGoOnWhenTheServerIsStoppedWithoutThem() throws Exception {
    open("kept.ipynb", "x = 42", "print(x)");
    runCell(0);
    assertThat(prompt(0)).hasText("[1]:");
    expectLoss();
    var stop =
        OrreryServer.command(
                server().root(), List.of("stop", "--keep-kernels", "" + server().port()))
            .redirectErrorStream(true)
            .start();
    String said = new String(stop.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(stop.waitFor()).as(said).isZero();
    assertThat(said).contains("keeping its kernels");
    assertThat(server().awaitExit(LIMIT)).isZero();
    assertThat(server().output()).contains("Leaving 1 kernel running");
    startServerAgain();
    assertThat(server().output()).contains("still runs as process");
    connectAgain();
    page()
        .waitForFunction(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
                + ".connectionStatus === 'connected'");
    runCell(1);
    assertThat(area(1)).hasText("42");
    assertThat(area(0)).not().containsText("missing");
  }

  @Test
  void whatCameWhileTheNetworkWasAwayIsShownOnce() {
    open(
        "network.ipynb",
        WAIT + "for i in range(20): print(i)\nwait('go')\nfor i in range(20, 40): print(i)");
    runCell(0);
    assertThat(output(0)).containsText("19");
    expectLoss();
    page().context().setOffline(true);
    go("go");
    Eventually.holds(
        "the kernel is idle",
        LIMIT,
        () ->
            server()
                .ask("GET", "/api/kernels", "")
                .path(0)
                .path("execution_state")
                .asString("")
                .equals("idle"),
        server()::output);
    page().context().setOffline(false);
    connectAgain();
    assertThat(output(0)).containsText("39");
    assertThat(prompt(0)).hasText("[1]:");
    assertThat(numbersIn(area(0).textContent())).containsExactlyElementsOf(numbers(40));
  }

  @Test
  void allCellsOfARunThatAReloadInterruptsAreThere() {
    open("all.ipynb", WAIT + "print('one')\nwait('go')", "print('two')", "print('three')");
    awaitKernel();
    execute("notebook:run-all-cells", Map.of());
    assertThat(area(0)).containsText("one");
    page().reload();
    awaitApplication();
    assertThat(area(0)).containsText("one");
    go("go");
    for (int i = 0; i < 3; i++) {
      assertThat(prompt(i)).hasText("[" + (i + 1) + "]:");
    }
    assertThat(area(1)).hasText("two");
    assertThat(area(2)).hasText("three");
  }

  /** At once; by itself the page waits longer after each attempt. */
  private void connectAgain() {
    page()
        .evaluate(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.reconnect()");
  }

  private String kernel() {
    return server().ask("GET", "/api/kernels", "").path(0).path("id").asString("");
  }

  private static List<Integer> numbers(int count) {
    var list = new ArrayList<Integer>();
    for (int i = 0; i < count; i++) {
      list.add(i);
    }
    return list;
  }

  /** The lines that are numbers. */
  private static List<Integer> numbersIn(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> line.matches("\\d+"))
        .map(Integer::parseInt)
        .toList();
  }
}
