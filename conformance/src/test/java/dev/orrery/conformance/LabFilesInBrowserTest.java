package dev.orrery.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.FilePayload;
import com.microsoft.playwright.options.MouseButton;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** JupyterLab's file browser and viewers. */
class LabFilesInBrowserTest extends InBrowser {

  /** A red square of 2 by 2 pixels. */
  private static final String PNG =
      "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg==";

  /** A text, bytes that are none, and one that JupyterLab sends in 17 pieces after a question. */
  @Test
  void uploadedFilesComeBackAsTheyWere() throws IOException {
    byte[] bytes = new byte[300];
    byte[] large = new byte[16 * 1024 * 1024 + 7];
    var random = new Random(20);
    random.nextBytes(bytes);
    random.nextBytes(large);
    byte[] text = "Grüße, 世界 \uD83E\uDE90\n".getBytes(UTF_8);
    var names = List.of("text with spaces & ü.txt", "bytes.bin", "large.bin");
    var contents = List.of(text, bytes, large);
    openLab("/lab");
    page()
        .waitForFileChooser(
            () -> page().locator(".jp-FileBrowser [data-jp-item-name='uploader']").click())
        .setFiles(
            new FilePayload[] {
              new FilePayload(names.get(0), "text/plain", text),
              new FilePayload(names.get(1), "application/octet-stream", bytes),
              new FilePayload(names.get(2), "application/octet-stream", large)
            });
    Locator question = page().locator(".jp-Dialog");
    assertThat(question).containsText("16 MB");
    question.locator("button.jp-mod-accept").click();
    for (int i = 0; i < names.size(); i++) {
      Path file = server().notebooks().resolve(names.get(i));
      byte[] content = contents.get(i);
      awaitBytes(file, content);
      assertThat(item(names.get(i))).isVisible();
    }
    look("uploaded");
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      Download download = page().waitForDownload(() -> contextMenu(name, "Download"));
      assertThat(download.suggestedFilename()).isEqualTo(name);
      assertThat(Files.readAllBytes(download.path())).as(name).isEqualTo(contents.get(i));
    }
  }

  @Test
  void filesAreMovedCopiedRunAndDeletedInAFolderWithAnUnusualName() throws IOException {
    String folderName = "Übung 1 – Ordner & 数据";
    Path folder = server().notebooks().resolve(folderName);
    Texts.write(server().notebooks().resolve("plan.txt"), "a plan");
    expectFirstSave(URLEncoder.encode(folderName, UTF_8).replace("+", "%20") + "/Untitled.ipynb");
    openLab("/lab");
    execute("filebrowser:create-new-directory", Map.of());
    Locator editor = page().locator(".jp-DirListing-editor");
    editor.fill(folderName);
    editor.press("Enter");
    assertThat(item(folderName)).isVisible();

    contextMenu("plan.txt", "Duplicate");
    assertThat(item("plan-Copy1.txt")).isVisible();
    contextMenu("plan-Copy1.txt", "Cut");
    item(folderName).dblclick();
    assertThat(page().locator(".jp-BreadCrumbs")).containsText(folderName);
    execute("filebrowser:paste", Map.of());
    assertThat(item("plan-Copy1.txt")).isVisible();
    assertThat(folder.resolve("plan-Copy1.txt")).hasContent("a plan");
    assertThat(server().notebooks().resolve("plan-Copy1.txt")).doesNotExist();

    page().locator(".jp-LauncherCard[data-category=Notebook]").click();
    awaitKernel();
    page().locator(".jp-Notebook .jp-CodeCell .cm-content").first().click();
    page().keyboard().type("import os; print(os.getcwd())");
    page().keyboard().press("Shift+Enter");
    assertThat(output(0)).hasText(folder.toString());
    page().keyboard().press("Control+s");
    Locator dialog = page().locator(".jp-Dialog");
    dialog.locator("input").first().fill("größe 100%.ipynb");
    dialog.locator("button.jp-mod-accept").click();
    assertThat(tab("größe 100%.ipynb")).isVisible();
    awaitText(folder.resolve("größe 100%.ipynb"), "os.getcwd()");
    // The page remembers a moment later what it has open; a reload before that opens the first
    // name.
    page()
        .waitForFunction(
            "async () => JSON.stringify(await (await fetch('/lab/api/workspaces')).json())"
                + ".includes('größe 100%.ipynb')");
    page().reload();
    awaitApplication();
    assertThat(output(0)).hasText(folder.toString());
    look("reloaded");

    complaints()
        .expect(
            "Could not restore the debugger state: Canceled future for debug_request",
            "the next line closes the notebook, perhaps while the page still asks its kernel");
    execute("application:close-all", Map.of());
    page().locator(".jp-BreadCrumbs-home").click();
    contextMenu(folderName, "Move to Trash");
    page().locator(".jp-Dialog button.jp-mod-accept").click();
    assertThat(item(folderName)).hasCount(0);
    assertThat(folder).doesNotExist();
    assertThat(server().notebooks().resolve("plan.txt")).hasContent("a plan");
  }

  @Test
  void viewersShowMarkdownTablesAndPictures() throws IOException {
    Path notebooks = server().notebooks();
    Files.write(notebooks.resolve("picture.png"), Base64.getDecoder().decode(PNG));
    Texts.write(
        notebooks.resolve("page.md"), "# A *title*\n\n![red](picture.png)\n\n$e^{i\\pi}$\n");
    Texts.write(notebooks.resolve("table.csv"), "name,value\nalpha,1\nbeta,2\n");
    openLab("/lab");
    item("page.md").click(new Locator.ClickOptions().setButton(MouseButton.RIGHT));
    menuItem("Open With").hover();
    menuItem("Markdown Preview").click();
    Locator markdown = page().locator(".jp-MarkdownViewer");
    assertThat(markdown.locator("h1 em")).hasText("title");
    assertThat(markdown.locator("mjx-container")).isVisible();
    page()
        .waitForFunction(
            "() => document.querySelector('.jp-MarkdownViewer img')?.naturalWidth === 2");
    look("markdown");

    item("table.csv").dblclick();
    assertThat(page().locator(".jp-CSVViewer .lm-DataGrid")).isVisible();
    page()
        .waitForFunction(
            "() => { const model = window.jupyterapp.shell.currentWidget?.content?._grid?.dataModel;"
                + " return model?.rowCount('body') === 2 && model.data('body', 1, 0) === 'beta'; }");
    look("table");

    item("picture.png").dblclick();
    page()
        .waitForFunction("() => document.querySelector('.jp-ImageViewer img')?.naturalWidth === 2");
  }

  private Locator item(String name) {
    Locator exactly = page().getByText(name, new Page.GetByTextOptions().setExact(true));
    return page()
        .locator(".jp-DirListing-item")
        .filter(new Locator.FilterOptions().setHas(exactly));
  }

  private void contextMenu(String file, String entry) {
    item(file).click(new Locator.ClickOptions().setButton(MouseButton.RIGHT));
    menuItem(entry).click();
  }

  private static void awaitBytes(Path file, byte[] content) {
    Eventually.holds(
        file.getFileName() + " is there, whole",
        Duration.ofSeconds(60),
        () -> Files.exists(file) && file.toFile().length() == content.length,
        () -> Files.exists(file) ? file.toFile().length() + " bytes" : "there is no such file");
    try {
      assertThat(Files.readAllBytes(file)).isEqualTo(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
