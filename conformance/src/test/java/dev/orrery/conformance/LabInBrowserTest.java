package dev.orrery.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.TimeoutError;
import com.microsoft.playwright.options.FilePayload;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** JupyterLab, as a person uses it. */
class LabInBrowserTest extends InBrowser {

  /** A red square of 2 by 2 pixels. */
  private static final String PNG =
      "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==";

  @Test
  void startsWithEveryPluginActiveAndShowsTheLauncher() {
    openLab("/lab");
    assertThat(page().locator(".jp-Launcher")).isVisible();
    assertThat(plugins()).hasSizeGreaterThan(200);
    assertThat(inactivePlugins()).isEmpty();
    assertThat(page().locator(".jp-LauncherCard[data-category=Notebook]"))
        .containsText("Python 3 (ipykernel)");
  }

  @Test
  void aNotebookIsCreatedRunSavedUnderANameAndStillThereAfterReload() {
    expectFirstSave("Untitled.ipynb");
    openLab("/lab");
    page().locator(".jp-LauncherCard[data-category=Notebook]").click();
    Locator cell = page().locator(".jp-Notebook .jp-CodeCell").first();
    awaitKernel();
    cell.locator(".cm-content").click();
    page().keyboard().type("1+1");
    page().keyboard().press("Shift+Enter");
    assertThat(output(0)).hasText("2");
    look("ran");

    page().keyboard().press("Control+s");
    Locator dialog = page().locator(".jp-Dialog");
    assertThat(dialog).isVisible();
    look("first-save");
    dialog.locator("input").first().fill("sum.ipynb");
    dialog.locator("button.jp-mod-accept").click();
    assertThat(dialog).isHidden();
    assertThat(tab("sum.ipynb")).isVisible();
    Path saved = server().notebooks().resolve("sum.ipynb");
    awaitText(saved, "\"1+1\"");
    awaitText(saved, "\"2\"");

    page().reload();
    awaitApplication();
    assertThat(tab("sum.ipynb")).isVisible();
    assertThat(output(0)).hasText("2");

    Locator file = page().locator(".jp-DirListing-item");
    file.filter(new Locator.FilterOptions().setHasText("sum.ipynb")).click();
    page().keyboard().press("F2");
    Locator editor = page().locator(".jp-DirListing-editor");
    editor.fill("total.ipynb");
    editor.press("Enter");
    assertThat(tab("total.ipynb")).isVisible();
    Eventually.holds(
        "the file has its new name",
        Duration.ofSeconds(60),
        () -> Files.exists(server().notebooks().resolve("total.ipynb")) && !Files.exists(saved),
        server()::output);
  }

  @Test
  void aSliderMovesAnotherThroughTheKernel() {
    Notebooks.write(
        server().notebooks().resolve("sliders.ipynb"),
        """
        import ipywidgets as w
        a, b = w.IntSlider(description="a"), w.IntSlider(description="b", max=200)
        text = w.Label("untouched")
        def moved(change):
            b.value = 2 * change.new
            text.value = f"the kernel saw {change.new}"
        a.observe(moved, "value")
        w.VBox([a, b, text])\
        """);
    openLab("/lab/tree/sliders.ipynb");
    runCell(0);
    Locator sliders = page().locator(".jp-OutputArea .widget-slider");
    assertThat(sliders).hasCount(2);
    Locator handle = sliders.nth(0).locator(".noUi-handle");
    handle.focus();
    handle.press("ArrowRight");
    assertThat(page().locator(".jp-OutputArea .widget-label").last()).hasText("the kernel saw 1");
    assertThat(sliders.nth(1).locator(".widget-readout")).hasText("2");
    for (int i = 0; i < 20; i++) {
      handle.press("ArrowRight");
    }
    assertThat(sliders.nth(1).locator(".widget-readout")).hasText("42");
  }

  @Test
  void binaryBuffersReachTheWidgetAndComeBack() {
    Notebooks.write(
        server().notebooks().resolve("buffers.ipynb"),
        """
        import base64, ipywidgets as w
        image = w.Image(value=base64.b64decode("%s"), width=80, height=80)
        upload, text = w.FileUpload(), w.Label("nothing yet")
        def uploaded(change):
            content = bytes(change.new[0].content)
            text.value = f"{len(content)} bytes, the first is {content[0]}"
        upload.observe(uploaded, "value")
        w.VBox([image, upload, text])\
        """
            .formatted(PNG));
    openLab("/lab/tree/buffers.ipynb");
    runCell(0);
    Locator image = page().locator(".jp-OutputArea img.widget-image");
    assertThat(image).hasAttribute("src", Pattern.compile("^blob:"));
    page().waitForFunction("() => document.querySelector('img.widget-image').naturalWidth === 2");

    byte[] content = new byte[100_000];
    content[0] = (byte) 255;
    page()
        .waitForFileChooser(() -> page().locator(".jp-OutputArea .widget-upload").click())
        .setFiles(new FilePayload("bytes.bin", "application/octet-stream", content));
    assertThat(page().locator(".jp-OutputArea .widget-label").last())
        .hasText("100000 bytes, the first is 255");
  }

  @Test
  void aTerminalAnswers() {
    openLab("/lab");
    page().locator(".jp-LauncherCard[title='Start a new terminal session']").click();
    Locator terminal = page().locator(".jp-Terminal");
    assertThat(terminal.locator(".xterm-screen")).isVisible();
    terminal.click();
    page().keyboard().type("echo answer=$((6*7)) | tee answer.txt\n");
    awaitText(server().notebooks().resolve("answer.txt"), "answer=42");
    page()
        .waitForFunction(
            "() => [...window.jupyterapp.shell.widgets('main')].some(widget => {"
                + " const buffer = widget.content?._term?.buffer?.active;"
                + " if (!buffer) return false;"
                + " return [...Array(buffer.length).keys()].some(i =>"
                + "   buffer.getLine(i).translateToString(true) === 'answer=42'); })");
  }

  @Test
  void theThemeIsKeptAfterReload() {
    openLab("/lab");
    assertThat(page().locator("body")).hasAttribute("data-jp-theme-light", "true");
    chooseTheme("JupyterLab Dark");
    assertThat(page().locator("body")).hasAttribute("data-jp-theme-light", "false");
    page().reload();
    awaitApplication();
    assertThat(page().locator("body")).hasAttribute("data-jp-theme-light", "false");
    assertThat(page().locator(".jp-Launcher")).isVisible();
    look("dark");
    chooseTheme("JupyterLab Light");
    assertThat(page().locator("body")).hasAttribute("data-jp-theme-light", "true");
    assertThat(page().locator("#jupyterlab-splash")).hasCount(0);
  }

  @Test
  void richOutputIsRendered() {
    Notebooks.write(
        server().notebooks().resolve("rich.ipynb"),
        """
        from IPython.display import HTML, JSON, Markdown, Math, SVG, display
        display(Markdown("## A *heading*\\n\\n| a | b |\\n|---|---|\\n| 1 | 2 |"))
        display(HTML("<b id='from-html'>bold</b>"))
        display(Math(r"e^{i\\pi} + 1 = 0"))
        display(SVG("<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'><circle cx='20' cy='20' r='18'/></svg>"))
        display(JSON({"answer": 42}))\
        """);
    openLab("/lab/tree/rich.ipynb");
    runCell(0);
    Locator outputs = page().locator(".jp-OutputArea");
    assertThat(outputs.locator("h2 em")).hasText("heading");
    assertThat(outputs.locator("table td").first()).hasText("1");
    assertThat(outputs.locator("#from-html")).hasText("bold");
    assertThat(outputs.locator("mjx-container")).isVisible();
    assertThat(outputs.locator(".jp-RenderedSVG").first()).isVisible();
    assertThat(outputs.locator(".jp-RenderedJSON")).containsText("42");
  }

  @Test
  void aBreakpointStopsTheCellAndShowsItsVariables() {
    Notebooks.write(
        server().notebooks().resolve("debugged.ipynb"),
        """
        def twice(number):
            result = number * 2
            return result
        print("it is", twice(21))\
        """);
    openLab("/lab/tree/debugged.ipynb");
    awaitKernel();
    switchDebuggerOn();
    Locator cell = page().locator(".jp-Notebook .jp-CodeCell").first();
    // Behind the invisible one that keeps the width.
    cell.locator(".cm-breakpoint-gutter .cm-gutterElement").nth(3).click();
    Locator sidebar = page().locator(".jp-DebuggerSidebar");
    assertThat(sidebar.locator(".jp-DebuggerBreakpoint")).hasCount(1);
    cell.locator(".cm-content").click();
    page().keyboard().press("Shift+Enter");
    assertThat(sidebar.locator(".jp-DebuggerCallstackFrame").first()).containsText("twice");
    sidebar.locator("select").first().selectOption("Locals");
    assertThat(sidebar.locator(".jp-DebuggerVariables-body").first()).containsText("number21");
    assertThat(cell.locator(".jp-DebuggerEditor-highlight")).hasText("    return result");
    assertThat(cell.locator(".jp-OutputArea-output")).hasCount(0);
    look("stopped");
    page().keyboard().press("F9");
    assertThat(output(0)).hasText("it is 42");
    assertThat(sidebar.locator(".jp-DebuggerCallstackFrame")).hasCount(0);
  }

  /** JupyterLab drops a click that comes before it knows that the kernel can be debugged. */
  private void switchDebuggerOn() {
    Locator button = page().locator(".jp-DebuggerBugButton");
    Locator pressed = page().locator(".jp-DebuggerBugButton[aria-pressed=true]");
    for (int i = 0; i < 6 && !pressed.isVisible(); i++) {
      button.click();
      try {
        pressed.waitFor(new Locator.WaitForOptions().setTimeout(PATIENCE_MS / 6));
      } catch (TimeoutError e) {
        look("debugger-" + i);
      }
    }
    assertThat(pressed).isVisible();
  }

  private void chooseTheme(String theme) {
    openMenu("Settings");
    menuItem("Theme").hover();
    menuItem(theme).click();
  }
}
