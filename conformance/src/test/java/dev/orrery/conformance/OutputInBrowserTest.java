package dev.orrery.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a cell puts out is there, whatever became of the page that ran it. */
class OutputInBrowserTest extends InBrowser {

  private static final String COUNTS =
      """
      import pathlib, time
      def wait():
          while not pathlib.Path('go').exists(): time.sleep(0.02)
      for i in range(20): print(i)
      wait()
      for i in range(20, 40): print(i)
      """;

  private Path go;

  @BeforeEach
  void nothingGoesOn() throws Exception {
    go = server().notebooks().resolve("go");
    Files.deleteIfExists(go);
  }

  private void open(String name, String... cells) {
    Notebooks.write(server().notebooks().resolve(name), cells);
    openLab("/lab/tree/" + name);
  }

  private static String numbers(int count) {
    return IntStream.range(0, count).mapToObj(i -> i + "\n").collect(Collectors.joining());
  }

  private Locator prompt(int index) {
    return page().locator(".jp-Notebook .jp-CodeCell").nth(index).locator(".jp-InputArea-prompt");
  }

  private JsonNode cell(String name, int index) {
    return server()
        .ask("GET", "/api/contents/" + name, "")
        .path("content")
        .path("cells")
        .path(index);
  }

  private void awaitIdle() {
    Eventually.holds(
        "the kernel is idle",
        Duration.ofSeconds(60),
        () ->
            server()
                .ask("GET", "/api/kernels", "")
                .path(0)
                .path("execution_state")
                .asString("")
                .equals("idle"),
        server()::output);
  }

  @Test
  void aPageThatIsReloadedGoesOnShowingWhatRuns() {
    open("reloaded.ipynb", COUNTS);
    runCell(0);
    assertThat(output(0)).containsText("19");
    page().reload();
    awaitApplication();
    assertThat(output(0)).containsText("19");
    assertThat(prompt(0)).hasText("[*]:");
    page()
        .waitForFunction(
            "() => window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.status"
                + " === 'busy'");
    look("again");
    Texts.write(go, "");
    assertThat(output(0)).containsText("39");
    assertThat(prompt(0)).hasText("[1]:");
    assertThat(output(0).evaluate("one => one.textContent")).isEqualTo(numbers(40));
    execute("docmanager:save", Map.of());
    Eventually.holds(
        "the file has it",
        Duration.ofSeconds(60),
        () -> Texts.read(server().notebooks().resolve("reloaded.ipynb")).contains("39"),
        server()::output);
  }

  @Test
  void whatComesAfterThePageWasClosedIsThereWhenItIsOpenedAgain() {
    open("closed.ipynb", COUNTS);
    runCell(0);
    assertThat(output(0)).containsText("19");
    page().close();
    Texts.write(go, "");
    awaitIdle();
    openAnotherPage();
    openLab("/lab/tree/closed.ipynb");
    assertThat(output(0)).containsText("39");
    assertThat(prompt(0)).hasText("[1]:");
    assertThat(output(0).evaluate("one => one.textContent")).isEqualTo(numbers(40));
  }

  @Test
  void aQuestionOfTheKernelIsAskedAgain() {
    open("asked.ipynb", "name = input('who? ')\nprint('hello', name)");
    runCell(0);
    assertThat(page().locator(".jp-Stdin-input")).isVisible();
    page().reload();
    awaitApplication();
    Locator answer = page().locator(".jp-Stdin-input");
    assertThat(answer).isVisible();
    answer.fill("ada");
    answer.press("Enter");
    assertThat(page().locator(".jp-OutputArea").first()).containsText("hello ada");
    assertThat(prompt(0)).hasText("[1]:");
  }

  @Test
  void aDisplayIsStillReplacedAfterTheReload() {
    open(
        "display.ipynb",
        COUNTS.substring(0, COUNTS.indexOf("for i"))
            + "h = display('before', display_id=True)\nwait()\nh.update('after')");
    runCell(0);
    assertThat(output(0)).hasText("'before'");
    page().reload();
    awaitApplication();
    assertThat(output(0)).hasText("'before'");
    assertThat(prompt(0)).hasText("[*]:");
    Texts.write(go, "");
    assertThat(output(0)).hasText("'after'");
    assertThat(page().locator(".jp-OutputArea-output")).hasCount(1);
  }

  @Test
  void bothPagesOfANotebookShowWhatOneRuns() {
    complaints()
        .expect(
            "Comm not found for comm id",
            "each page hears of the other's widget channels, as with jupyter_server 2.21.1");
    open("both.ipynb", COUNTS, "");
    awaitKernel();
    var first = page();
    openAnotherPage();
    openLab("/lab/tree/both.ipynb");
    awaitKernel();
    var second = page();
    first.bringToFront();
    first.locator(".jp-Notebook .jp-CodeCell").nth(0).locator(".cm-content").click();
    first.keyboard().press("Shift+Enter");
    second.bringToFront();
    assertThat(output(0)).containsText("19");
    assertThat(prompt(0)).hasText("[*]:");
    Texts.write(go, "");
    assertThat(output(0)).containsText("39");
    assertThat(prompt(0)).hasText("[1]:");
    assertThat(output(0).evaluate("one => one.textContent")).isEqualTo(numbers(40));
    // What the second page saves has the output that the first one asked for.
    page().locator(".jp-Notebook .jp-CodeCell").nth(1).locator(".cm-content").click();
    page().keyboard().type("edited");
    execute("docmanager:save", Map.of());
    Path file = server().notebooks().resolve("both.ipynb");
    Eventually.holds(
        "the file has both",
        Duration.ofSeconds(60),
        () -> Texts.read(file).contains("edited") && Texts.read(file).contains("39"),
        server()::output);
  }

  @Test
  void sixtyThousandDisplaysWithNoPageAreAllThere() {
    open(
        "many.ipynb",
        COUNTS.substring(0, COUNTS.indexOf("for i"))
            + "print('begun')\nwait()\n"
            + "for i in range(60000): display({'text/plain': str(i)}, raw=True)");
    runCell(0);
    assertThat(output(0)).hasText("begun");
    page().close();
    Texts.write(go, "");
    Eventually.holds(
        "all are there",
        Duration.ofMinutes(2),
        () -> cell("many.ipynb", 0).path("outputs").size() == 60_001,
        server()::output);
    JsonNode last = cell("many.ipynb", 0).path("outputs").path(60_000);
    assertThat(last.path("data").path("text/plain").asString()).isEqualTo("59999");
    openAnotherPage();
    openLab("/lab/tree/many.ipynb");
    assertThat(output(0)).hasText("begun");
  }
}
