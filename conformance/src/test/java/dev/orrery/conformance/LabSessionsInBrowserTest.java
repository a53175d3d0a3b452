package dev.orrery.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What JupyterLab keeps on the server between pages: kernels, workspaces, settings. */
class LabSessionsInBrowserTest extends InBrowser {

  @Test
  void twoPagesShareAKernelThatIsInterruptedAndRestartedByTheMenu() {
    Notebooks.write(
        server().notebooks().resolve("shared.ipynb"),
        "x = 41",
        "print('started', flush=True); import time; time.sleep(600)",
        "x + 1");
    complaints()
        .expect(
            "Comm not found for comm id",
            "each page hears of the other's widget channels; the page of jupyterlab 4.6.6 with"
                + " jupyter_server 2.21.1 says the same two lines");
    openLab("/lab/tree/shared.ipynb");
    runCell(0);
    assertThat(prompt(0)).hasText("[1]:");

    openAnotherPage();
    openLab("/lab/tree/shared.ipynb");
    runCell(2);
    assertThat(output(2)).hasText("42");
    assertThat(server().ask("GET", "/api/kernels", "")).hasSize(1);

    runCell(1);
    assertThat(output(1)).hasText("started");
    openMenu("Kernel");
    menuItem("Interrupt Kernel").click();
    assertThat(
            page()
                .locator(".jp-OutputArea")
                .filter(new Locator.FilterOptions().setHasText("KeyboardInterrupt")))
        .isVisible();

    openMenu("Kernel");
    menuItem("Restart Kernel…").click();
    page().locator(".jp-Dialog button.jp-mod-accept").click();
    runCell(2);
    assertThat(output(2)).containsText("NameError");
    assertThat(server().ask("GET", "/api/kernels", "")).hasSize(1);
    assertThat(server().ask("GET", "/api/kernels", "").path(0).path("connections").asInt())
        .isEqualTo(2);
  }

  @Test
  void theRunningPanelListsKernelsAndTerminalsAndShutsThemDown() {
    Notebooks.write(server().notebooks().resolve("running.ipynb"), "1");
    openLab("/lab/tree/running.ipynb");
    awaitKernel();
    execute("terminal:create-new", Map.of());
    assertThat(page().locator(".jp-Terminal .xterm-screen")).isVisible();
    execute("running:show-panel", Map.of());
    Locator panel = page().locator("#jp-running-sessions");
    Locator terminal = item(panel, "terminals/1");
    Locator kernel = item(panel, "running.ipynb");
    assertThat(terminal).isVisible();
    assertThat(kernel.first()).isVisible();
    assertThat(panel.locator(".jp-RunningSessions-item.jp-mod-kernel").first()).isVisible();
    look("running");

    terminal.hover();
    terminal.locator(".jp-RunningSessions-itemShutdown").click();
    assertThat(terminal).hasCount(0);
    assertThat(server().ask("GET", "/api/terminals", "")).isEmpty();
    assertThat(server().ask("GET", "/api/kernels", "")).hasSize(1);

    // Of the sections, that of the kernels is the first with such a button.
    panel.getByText("Shut Down All").first().click();
    page().locator(".jp-Dialog button.jp-mod-accept").click();
    Locator kernels = panel.locator(".jp-RunningSessions-item.jp-mod-kernel");
    assertThat(kernels).hasCount(0);
    Eventually.holds(
        "the kernel has ended",
        Duration.ofSeconds(60),
        () -> server().ask("GET", "/api/kernels", "").isEmpty(),
        server()::output);
  }

  @Test
  void aWorkspaceOfTheAddressKeepsItsDocumentsAndIsClonedAndReset() {
    Texts.write(server().notebooks().resolve("kept.txt"), "kept");
    page().navigate(server().url("/lab/workspaces/first/tree/kept.txt"));
    awaitApplication();
    assertThat(tab("kept.txt")).isVisible();
    assertThat(page()).hasURL(Pattern.compile("/lab/workspaces/first/tree/kept\\.txt"));
    awaitWorkspace("first");

    page().navigate(server().url("/lab/workspaces/second?clone=first"));
    awaitApplication();
    assertThat(tab("kept.txt")).isVisible();
    awaitWorkspace("second");

    openAnotherPage();
    page().navigate(server().url("/lab/workspaces/third"));
    awaitApplication();
    assertThat(page().locator(".jp-Launcher")).isVisible();
    assertThat(tab("kept.txt")).hasCount(0);

    page().navigate(server().url("/lab/workspaces/second?reset"));
    awaitApplication();
    assertThat(page().locator(".jp-Launcher")).isVisible();
    assertThat(tab("kept.txt")).hasCount(0);
    page().navigate(server().url("/lab/workspaces/first"));
    awaitApplication();
    assertThat(tab("kept.txt")).isVisible();
    assertThat(page().locator(".jp-FileEditor .cm-content")).hasText("kept");
  }

  private void awaitWorkspace(String name) {
    Eventually.holds(
        "the workspace '" + name + "' holds the document",
        Duration.ofSeconds(60),
        () ->
            server().ask("GET", "/lab/api/workspaces/" + name, "").toString().contains("kept.txt"),
        server()::output);
  }

  @Test
  void theSettingsEditorChangesASetting() {
    Path file =
        server()
            .root()
            .resolve(
                "home/.jupyter/lab/user-settings/@jupyterlab/docmanager-extension/plugin.jupyterlab-settings");
    openLab("/lab");
    execute("settingeditor:open", Map.of("query", "Document Manager"));
    Locator autosave = page().locator(".jp-SettingsForm input[type=checkbox][id$='_autosave']");
    assertThat(autosave).isChecked();
    look("editor");
    autosave.click();
    awaitText(file, "\"autosave\": false");

    openLab("/lab");
    execute("settingeditor:open", Map.of("query", "Document Manager"));
    assertThat(autosave).not().isChecked();
    autosave.click();
    Eventually.holds(
        "the default is back",
        Duration.ofSeconds(60),
        () -> !Texts.read(file).contains("\"autosave\": false"),
        () -> Texts.read(file));
  }

  private Locator prompt(int index) {
    return page().locator(".jp-Notebook .jp-CodeCell").nth(index).locator(".jp-InputArea-prompt");
  }

  private static Locator item(Locator panel, String label) {
    return panel
        .locator(".jp-RunningSessions-item")
        .filter(new Locator.FilterOptions().setHasText(label));
  }
}
