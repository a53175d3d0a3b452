package dev.orrery.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * JupyterLab with what is installed by pip in the active Python environment, and with what an
 * administrator has set.
 */
class LabExtensionsInBrowserTest extends InBrowser {

  private static final String LOCKED = "@jupyterlab/celltags-extension:plugin";

  @Override
  OrreryServer startServer() {
    Path root = OrreryServer.makeRoot();
    Path data = root.resolve("home/.local/share/jupyter/lab/settings/overrides.json");
    Path config = root.resolve("home/.jupyter");
    write(
        data,
        "{\"@jupyterlab/fileeditor-extension:plugin\": {\"editorConfig\": {\"lineNumbers\": false}}}");
    write(
        config.resolve("labconfig/page_config.json"),
        "{\"disabledExtensions\": {\"%1$s\": true}, \"lockedExtensions\": {\"%1$s\": true}}"
            .formatted(LOCKED));
    write(config.resolve("custom/custom.css"), "#jp-MainLogo { background: rgb(1, 2, 3); }");
    return OrreryServer.inEnvironment(
        Requirements.lab(), root, "--expose-app-in-browser", "--custom-css");
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Texts.write(file, text);
  }

  @Test
  void aThemeOfPyPiColoursThePageAndIsThereAfterReload() {
    openLab("/lab");
    chooseTheme("JupyterLab Night");
    assertThat(page().locator("body")).hasAttribute("data-jp-theme-name", "JupyterLab Night");
    assertThat(page().locator("#jp-top-panel")).hasCSS("background-color", "rgb(13, 17, 23)");
    page().reload();
    awaitApplication();
    assertThat(page().locator("body")).hasAttribute("data-jp-theme-name", "JupyterLab Night");
    assertThat(page().locator("#jp-top-panel")).hasCSS("background-color", "rgb(13, 17, 23)");
    look("night");
    chooseTheme("JupyterLab Light");
    assertThat(page().locator("body")).hasAttribute("data-jp-theme-name", "JupyterLab Light");
  }

  @Test
  void anExtensionSaysWhenACellRanAndHowLong() {
    Notebooks.write(server().notebooks().resolve("timed.ipynb"), "6*7");
    openLab("/lab/tree/timed.ipynb");
    runCell(0);
    assertThat(output(0)).hasText("42");
    assertThat(page().locator(".execute-time"))
        .hasText(Pattern.compile("Last executed at .* in \\d+ms"));
  }

  @Test
  void aRendererShowsItsFilesAndItsOutputs() {
    String sequences =
        ">SEQ-ONE\nMTEITAAMVKELRESTGAGMMDCKNALSETNGDFDKAVQLLREKGL\n>SEQ-TWO\nMTEITAAMVKELREDTGAGMMDCKNALSETNGDFDKAVQLLREKGL\n";
    Texts.write(server().notebooks().resolve("two.fasta"), sequences);
    Notebooks.write(
        server().notebooks().resolve("fasta.ipynb"),
        "from IPython.display import display\n"
            + "display({'application/vnd.fasta.fasta': open('two.fasta').read()}, raw=True)");
    openLab("/lab/tree/two.fasta");
    Locator file = page().locator(".jp-MimeDocument .jp-RenderedMSA");
    assertThat(file).isVisible();
    look("file");
    openLab("/lab/tree/fasta.ipynb");
    runCell(0);
    assertThat(page().locator(".jp-OutputArea .jp-RenderedMSA")).isVisible();
  }

  @Test
  void aFigureOfMatplotlibIsDrawnByTheKernelAndAnswersTheMouse() {
    Notebooks.write(
        server().notebooks().resolve("figure.ipynb"),
        """
        %matplotlib widget
        import matplotlib.pyplot as plt
        figure, axes = plt.subplots()
        axes.plot([1, 4, 9])
        figure.canvas.mpl_connect("button_press_event", lambda e: axes.set_title(f"at {e.xdata:.0f}"))
        plt.show()\
        """,
        "axes.get_title()");
    openLab("/lab/tree/figure.ipynb");
    runCell(0);
    Locator canvas = page().locator(".jupyter-matplotlib-canvas-container canvas").last();
    assertThat(canvas).isVisible();
    page()
        .waitForFunction(
            "() => { const canvas = document.querySelector('.jupyter-matplotlib-canvas-container canvas');"
                + " const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;"
                + " return new Set(pixels).size > 50; }");
    canvas.click();
    look("figure");
    runCell(1);
    assertThat(output(1)).hasText("'at 1'");
  }

  @Test
  void aLanguagePackTranslatesThePageAndItsSettings() {
    openLab("/lab");
    openMenu("Settings");
    menuItem("Language").hover();
    menuItem("French (France) - Français (France)").click();
    page().locator(".jp-Dialog button.jp-mod-accept").click();
    page().waitForFunction("() => document.documentElement.lang === 'fr-FR'");
    awaitApplication();
    assertThat(page().locator(".lm-MenuBar-item").first()).hasText("Fichier");
    execute("settingeditor:open", Map.of("query", ""));
    assertThat(page().locator(".jp-PluginList")).containsText("Raccourcis");
    look("settings");
    server()
        .ask(
            "PUT",
            "/lab/api/settings/@jupyterlab/translation-extension:plugin",
            "{\"raw\": \"{}\"}");
  }

  @Test
  void whatAnAdministratorHasSetIsSo() {
    Texts.write(server().notebooks().resolve("lines.txt"), "one\ntwo\n");
    openLab("/lab/tree/lines.txt");
    assertThat(page().locator("#jp-MainLogo")).hasCSS("background-color", "rgb(1, 2, 3)");
    assertThat(page().locator(".jp-FileEditor .cm-content")).isVisible();
    assertThat(page().locator(".jp-FileEditor .cm-lineNumbers")).hasCount(0);

    assertThat(plugins()).doesNotContain(LOCKED).contains("@jupyterlab/notebook-extension:tracker");
    execute("pluginmanager:open", Map.of());
    Locator plugin =
        page()
            .locator(".jp-pluginmanager tr")
            .filter(new Locator.FilterOptions().setHasText(LOCKED))
            .locator("input[type=checkbox]");
    page().locator(".jp-pluginmanager-Disclaimer input").check();
    assertThat(plugin).not().isChecked();
    assertThat(plugin).isDisabled();
    assertThat(plugin).hasAttribute("title", "This plugin is locked.");
    plugin.scrollIntoViewIfNeeded();
  }

  @Test
  void theExtensionManagerListsWhatIsInstalled() {
    complaints()
        .expect(
            "https://github.com/",
            "once it may ask other hosts, the panel shows pictures of the extensions' makers; that"
                + " of jupyterlab 4.6.6 with jupyter_server 2.21.1 asks for them, too");
    openLab("/lab");
    execute("extensionmanager:show-panel", Map.of());
    Locator panel = page().locator(".jp-extensionmanager-view");
    panel.getByText("Yes", new Locator.GetByTextOptions().setExact(true)).click();
    for (String name :
        List.of(
            "jupyterlab-night",
            "jupyterlab-execute-time",
            "@jupyterlab/fasta-extension",
            "jupyter-matplotlib")) {
      assertThat(panel.getByText(name).first()).isVisible();
    }
    look("manager");
  }

  private void chooseTheme(String theme) {
    openMenu("Settings");
    menuItem("Theme").hover();
    menuItem(theme).click();
  }
}
