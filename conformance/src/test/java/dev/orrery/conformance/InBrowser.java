package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
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
  static final double PATIENCE_MS = 60_000;

  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  private OrreryServer server;
  private Playwright playwright;
  private Browser browser;
  private final List<BrowserContext> others = new ArrayList<>();
  private final List<Browser> browsers = new ArrayList<>();
  private final List<Complaints> oldComplaints = new ArrayList<>();
  private BrowserContext context;
  private Page page;
  private Complaints complaints;
  private String name;
  private String origin;

  @BeforeAll
  void startServerAndBrowser() {
    server = startServer();
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    browser = launch();
    PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
  }

  /** The server that all tests of the class ask. */
  OrreryServer startServer() {
    return OrreryServer.start("--expose-app-in-browser");
  }

  private Browser launch() {
    return playwright
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
    origin = server.origin();
    openContext(browser, "en-US");
  }

  private void openContext(Browser in, String language) {
    context =
        in.newContext(
            new Browser.NewContextOptions()
                .setBaseURL(origin)
                .setLocale(language)
                // Tests that use TLS make their own certificates.
                .setIgnoreHTTPSErrors(true)
                .setViewportSize(1280, 800));
    context.setDefaultTimeout(PATIENCE_MS);
    complaints = new Complaints(origin, context, expectedNoise());
    page = context.newPage();
  }

  /** Another server in the place of this one, which has ended. */
  final void startServerAgain() {
    server = server.again("--expose-app-in-browser");
  }

  /** Goes on with a new context that reaches the server under another address. */
  final void continueAt(String other) {
    context.close();
    origin = other;
    openContext(browser, "en-US");
  }

  /** Another person sits down at a browser of their own; gives the page of the one before. */
  final Page nextPerson(String language) {
    Page before = page;
    others.add(context);
    oldComplaints.add(complaints);
    Browser theirs = launch();
    browsers.add(theirs);
    openContext(theirs, language);
    return before;
  }

  /** A picture of how each test ended, and no complaint left unread. */
  @AfterEach
  void closeContext() {
    try {
      look("");
      oldComplaints.add(complaints);
      assertThat(oldComplaints)
          .as(() -> "what the pages complained about; the server said:\n" + server.output())
          .allSatisfy(one -> assertThat(one.all()).isEmpty());
    } finally {
      oldComplaints.clear();
      others.forEach(BrowserContext::close);
      others.clear();
      context.close();
      browsers.forEach(Browser::close);
      browsers.clear();
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
    look(page, moment);
  }

  final void look(Page shown, String moment) {
    shown.screenshot(
        new Page.ScreenshotOptions()
            .setPath(SCREENSHOTS.resolve(name + (moment.isEmpty() ? "" : "-" + moment) + ".png")));
  }

  /** Opens a page of JupyterLab with the default layout, and waits until it is all there. */
  final void openLab(String path) {
    String address = server.url(path + (path.contains("?") ? "&" : "?") + "reset");
    page.navigate(address.replace(server.origin(), origin));
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

  /** Opens a page beside those there are; from now on it is the one that the others mean. */
  final void openAnotherPage() {
    page = context.newPage();
  }

  /** What Lab says when a document gets its first name. */
  final void expectFirstSave(String untitled) {
    complaints.expect(
        "404 (Not Found) (" + origin + "/api/contents/" + untitled + "?content=0&hash=0&",
        "Lab asks for the file under its first name after it has renamed it; the page of"
            + " jupyterlab 4.6.6 with jupyter_server 2.21.1 says the same two lines");
  }

  /** Starts a command of the application; some end only with what the user does next. */
  final void execute(String command, Map<String, ?> arguments) {
    page.evaluate(
        "([id, args]) => { window.jupyterapp.commands.execute(id, args); }",
        List.of(command, arguments));
  }

  final void openMenu(String name) {
    page.locator(".lm-MenuBar-item", new Page.LocatorOptions().setHasText(name)).click();
  }

  final Locator menuItem(String label) {
    return page()
        .locator(".lm-Menu-item:not(.lm-mod-hidden)")
        .filter(
            new Locator.FilterOptions()
                .setHas(
                    page()
                        .locator(
                            ".lm-Menu-itemLabel",
                            new Page.LocatorOptions().setHasText(exactly(label)))));
  }

  final Locator tab(String name) {
    return page()
        .locator(
            "#jp-main-dock-panel .lm-TabBar-tabLabel",
            new Page.LocatorOptions().setHasText(exactly(name)));
  }

  /** Of the expressions that mean the same to Java and to the browser, which has no quoting. */
  static Pattern exactly(String text) {
    return Pattern.compile("^" + text.replaceAll("[.()]", "\\\\$0") + "$");
  }

  static void awaitText(Path file, String text) {
    Eventually.holds(
        file.getFileName() + " holds " + text,
        Duration.ofSeconds(60),
        () -> Files.exists(file) && Texts.read(file).contains(text),
        () -> Files.exists(file) ? Texts.read(file) : "there is no such file");
  }
}
