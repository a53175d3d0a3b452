package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.TestInstance;

/** One server and one browser per class; each test has cookies and storage of its own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class InBrowser {

  /** What the first start of a kernel may take on a busy machine. */
  static final double PATIENCE_MS = 30_000;

  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  private OrreryServer server;
  private Playwright playwright;
  private Browser browser;
  private BrowserContext context;
  private Page page;
  private Complaints complaints;
  private String name;

  @BeforeAll
  void startServerAndBrowser() {
    server = OrreryServer.start("--expose-app-in-browser");
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(Requirements.chromium())
                    .setHeadless(true)
                    .setArgs(
                        List.of(
                            "--no-sandbox",
                            "--disable-gpu",
                            "--disable-background-networking",
                            "--disable-component-update",
                            "--disable-sync",
                            "--no-first-run")));
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
  }

  @AfterAll
  void stopBrowserAndServer() {
    try {
      if (playwright != null) {
        playwright.close();
      }
    } finally {
      if (server != null) {
        server.close();
      }
    }
  }

  @BeforeEach
  void openContext(TestInfo test) {
    name =
        test.getTestClass().orElseThrow().getSimpleName()
            + "-"
            + test.getTestMethod().orElseThrow().getName();
    context =
        browser.newContext(
            new Browser.NewContextOptions().setBaseURL(server.origin()).setViewportSize(1280, 800));
    context.setDefaultTimeout(PATIENCE_MS);
    complaints = new Complaints(server.origin(), context, expectedNoise());
    page = context.newPage();
  }

  /** A picture of how each test ended, and no complaint left unread. */
  @AfterEach
  void closeContext() {
    try {
      look("");
      assertThat(complaints.all())
          .as(() -> "what the pages complained about; the server said:\n" + server.output())
          .isEmpty();
    } finally {
      context.close();
      server.endKernelsAndTerminals();
    }
  }

  /** Console lines that are no defect, each with its reason. */
  List<Complaints.Noise> expectedNoise() {
    return List.of();
  }

  final OrreryServer server() {
    return server;
  }

  final Page page() {
    return page;
  }

  final Complaints complaints() {
    return complaints;
  }

  /** Takes a picture of the page as it is now. */
  final void look(String moment) {
    page.screenshot(
        new Page.ScreenshotOptions()
            .setPath(SCREENSHOTS.resolve(name + (moment.isEmpty() ? "" : "-" + moment) + ".png")));
  }

  /** Opens a page of JupyterLab with the default layout, and waits until it is all there. */
  final void openLab(String path) {
    page.navigate(server.url(path + (path.contains("?") ? "&" : "?") + "reset"));
    awaitApplication();
  }

  /** Waits until every plugin of the page has started. */
  final void awaitApplication() {
    page.waitForFunction("() => window.jupyterapp && window.jupyterapp.restored");
    page.evaluate(
        "async () => { await window.jupyterapp.restored;"
            + " await window.jupyterapp.allPluginsActivated; }");
  }

  /**
   * Waits until the document's kernel is ready, and the page knows it: JupyterLab drops what is run
   * before its session is there, whatever the server.
   */
  final void awaitKernel() {
    page.waitForFunction(
        "() => { const session = window.jupyterapp.shell.currentWidget?.sessionContext;"
            + " return session?.isReady && session.session?.kernel?.status === 'idle'; }");
  }

  /** Puts the cursor into a code cell of the notebook and runs it. */
  final void runCell(int index) {
    awaitKernel();
    page.locator(".jp-Notebook .jp-CodeCell").nth(index).locator(".cm-content").click();
    page.keyboard().press("Shift+Enter");
  }

  /** What the first output of a code cell shows. */
  final Locator output(int index) {
    return page.locator(".jp-Notebook .jp-CodeCell")
        .nth(index)
        .locator(".jp-OutputArea-output pre")
        .first();
  }

  /** The plugins the page knows and has not started. */
  final List<String> inactivePlugins() {
    return plugins("id => !window.jupyterapp.isPluginActivated(id)");
  }

  final List<String> plugins() {
    return plugins("id => true");
  }

  private List<String> plugins(String filter) {
    String all =
        (String)
            page.evaluate("() => window.jupyterapp.listPlugins().filter(" + filter + ").join()");
    return all.isEmpty() ? List.of() : List.of(all.split(",", -1));
  }
}
