package dev.orrery.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** Notebook's pages: one document per browser tab. */
class NotebookPagesInBrowserTest extends InBrowser {

  @Override
  List<Complaints.Noise> expectedNoise() {
    return List.of(
        new Complaints.Noise(
            "reading 'schema'",
            "Notebook's own race at start: its shortcuts plugin reads a schema before it is there"),
        new Complaints.Noise(
            "reading 'options'",
            "Notebook's own race at start: the theme is told to a terminal that is not open yet"),
        new Complaints.Noise(
            "reading 'updateRenderOption'",
            "Notebook's own race at start: its notebook panel hears of settings while it is made"));
  }

  @Test
  void theTreeListsTheFolder() {
    Texts.write(server().notebooks().resolve("listed.txt"), "x");
    page().navigate(server().url("/tree"));
    awaitApplication();
    assertThat(page().locator(".jp-DirListing-item").getByText("listed.txt")).isVisible();
    assertThat(plugins()).hasSizeGreaterThan(150);
    assertThat(inactivePlugins()).isEmpty();
  }

  @Test
  void aNotebookRuns() {
    Notebooks.write(server().notebooks().resolve("page.ipynb"), "6*7");
    page().navigate(server().url("/notebooks/page.ipynb"));
    awaitApplication();
    runCell(0);
    assertThat(output(0)).hasText("42");
  }

  @Test
  void aFileIsEdited() {
    Texts.write(server().notebooks().resolve("edited.txt"), "before");
    page().navigate(server().url("/edit/edited.txt"));
    awaitApplication();
    Locator editor = page().locator(".jp-FileEditor .cm-content");
    assertThat(editor).hasText("before");
    editor.click();
    page().keyboard().press("Control+End");
    page().keyboard().type(" and after");
    page().keyboard().press("Control+s");
    Eventually.holds(
        "the file is saved",
        Duration.ofSeconds(60),
        () -> Texts.read(server().notebooks().resolve("edited.txt")).equals("before and after"),
        server()::output);
  }

  @Test
  void aConsoleRuns() {
    Notebooks.write(server().notebooks().resolve("console.ipynb"), "1");
    page().navigate(server().url("/consoles/console.ipynb"));
    awaitApplication();
    Locator dialog = page().locator(".jp-Dialog button.jp-mod-accept");
    Locator prompt = page().locator(".jp-CodeConsole-promptCell .cm-content");
    assertThat(dialog.or(prompt).first()).isVisible();
    if (dialog.isVisible()) {
      dialog.click();
    }
    assertThat(page().locator(".jp-CodeConsole-banner")).containsText("IPython");
    prompt.click();
    page().keyboard().type("6*7");
    page().keyboard().press("Shift+Enter");
    assertThat(page().locator(".jp-CodeConsole-content .jp-OutputArea-output pre").last())
        .hasText("42");
  }

  @Test
  void aTerminalAnswers() {
    String name = server().ask("POST", "/api/terminals", "{}").path("name").asString();
    page().navigate(server().url("/terminals/" + name));
    awaitApplication();
    Locator terminal = page().locator(".jp-Terminal");
    assertThat(terminal.locator(".xterm-screen")).isVisible();
    terminal.click();
    page().keyboard().type("touch from-terminal-$((6*7))\n");
    Eventually.holds(
        "the shell has run the command",
        Duration.ofSeconds(60),
        () -> Files.exists(server().notebooks().resolve("from-terminal-42")),
        server()::output);
  }

  @Test
  void aNotebookOfTheTreeOpensInAnotherTab() {
    Notebooks.write(server().notebooks().resolve("opened.ipynb"), "1");
    page().navigate(server().url("/tree"));
    awaitApplication();
    var opened =
        page()
            .context()
            .waitForPage(
                () -> page().locator(".jp-DirListing-item").getByText("opened.ipynb").dblclick());
    assertThat(opened).hasURL(Pattern.compile("/notebooks/opened\\.ipynb$"));
    assertThat(opened.locator(".jp-Notebook .jp-CodeCell").first()).isVisible();
  }

  @Test
  void filesThatAreNoTextOpenInTheirViewers() throws IOException {
    ImageIO.write(
        new BufferedImage(30, 20, BufferedImage.TYPE_INT_RGB),
        "jpeg",
        server().notebooks().resolve("picture.jpeg").toFile());
    Texts.write(
        server().notebooks().resolve("long.csv"),
        IntStream.range(0, 100_000)
            .mapToObj(i -> i + ",name " + i)
            .collect(Collectors.joining("\n", "number,name\n", "\n")));
    page().navigate(server().url("/tree"));
    awaitApplication();
    Page picture = open("picture.jpeg");
    picture.waitForFunction(
        "() => document.querySelector('.jp-ImageViewer img')?.naturalWidth === 30");
    Page table = open("long.csv");
    table.waitForFunction(
        "() => window.jupyterapp?.shell.currentWidget?.content?._grid?.dataModel"
            + "?.data('body', 99999, 1) === 'name 99999'");
    look(table, "table");
  }

  private Page open(String file) {
    Page opened =
        page()
            .context()
            .waitForPage(() -> page().locator(".jp-DirListing-item").getByText(file).dblclick());
    assertThat(opened).hasURL(Pattern.compile("/edit/" + file.replace(".", "\\.") + "(\\?.*)?$"));
    return opened;
  }
}
