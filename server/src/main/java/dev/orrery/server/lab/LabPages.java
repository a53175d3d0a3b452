package dev.orrery.server.lab;

import dev.orrery.http.Exchange;
import dev.orrery.http.Handler;
import dev.orrery.http.HttpException;
import dev.orrery.http.MediaTypes;
import dev.orrery.http.RawPath;
import dev.orrery.http.Routes;
import dev.orrery.http.StaticFiles;
import dev.orrery.server.access.Access;
import dev.orrery.server.contents.ContentPaths;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.node.ObjectNode;

/** The HTML pages of JupyterLab and Notebook, and the files they load. */
public final class LabPages {

  private final LabSettings settings;
  private final LabFolders folders;
  private final PageConfig config;
  private final ThemeFiles themes;
  private final Access access;
  private final ContentPaths paths;
  private final String basePath;
  private final Map<Path, PageTemplate> templates = new ConcurrentHashMap<>();

  /** Serves the pages in {@code folders}. */
  public LabPages(
      LabSettings settings,
      LabFolders folders,
      Access access,
      ContentPaths paths,
      String basePath) {
    this.settings = settings;
    this.folders = folders;
    this.access = access;
    this.paths = paths;
    this.basePath = basePath;
    var extensions = new LabExtensions(folders.extensionPath());
    config = new PageConfig(settings, folders, extensions, basePath);
    themes = new ThemeFiles(extensions, folders.themes(), basePath);
  }

  /** Adds what this class answers. */
  public void declare(Routes routes) {
    for (String app : List.of("lab", "doc")) {
      String mode = app.equals("lab") ? "multiple-document" : "single-document";
      page(routes, "/" + app, e -> lab(e, mode, "default", ""));
      page(routes, "/" + app + "/tree/{path*}", e -> lab(e, mode, "default", e.parameter("path")));
      page(
          routes,
          "/" + app + "/workspaces/{workspace}",
          e -> lab(e, mode, e.parameter("workspace"), ""));
      page(
          routes,
          "/" + app + "/workspaces/{workspace}/tree/{path*}",
          e -> lab(e, mode, e.parameter("workspace"), e.parameter("path")));
    }
    page(routes, "/lab/{rest*}", this::unknown);
    routes.add(Routes.Kind.API, "GET", "/lab/api/{rest*}", access.api(LabPages::nothing));
    page(routes, "/tree", e -> notebook(e, "tree"));
    page(routes, "/tree/{path*}", this::tree);
    page(routes, "/notebooks/{path*}", this::notebookOrTree);
    page(routes, "/edit/{path*}", e -> notebook(e, "edit"));
    page(routes, "/consoles/{path*}", e -> notebook(e, "consoles"));
    page(routes, "/terminals/{path*}", e -> notebook(e, "terminals"));

    files(routes, "/static/lab/{file*}", List.of(folders.staticFiles()), true);
    files(routes, "/static/notebook/{file*}", List.of(folders.notebook().resolve("static")), true);
    files(routes, "/lab/extensions/{file*}", folders.extensionPath(), false);
    page(routes, "/lab/api/themes/{file*}", themes::send);
    page(routes, "/custom/{file*}", this::custom);
  }

  /** Notebook's pages link custom.css whether or not the user has one. */
  private void custom(Exchange exchange) throws IOException {
    List<Path> roots = folders.configPath().stream().map(dir -> dir.resolve("custom")).toList();
    if (exchange.parameter("file").equals("custom.css")
        && StaticFiles.find(roots, "custom.css").isEmpty()) {
      exchange.send(200, "text/css", new byte[0]);
    } else {
      file(exchange, roots, false);
    }
  }

  private void page(Routes routes, String pattern, Handler handler) {
    routes.add(Routes.Kind.PAGE, "GET", pattern, access.page(handler));
    routes.add(Routes.Kind.PAGE, "HEAD", pattern, access.page(handler));
  }

  private void files(Routes routes, String pattern, List<Path> roots, boolean hashedNames) {
    Handler handler = exchange -> file(exchange, roots, hashedNames);
    // The programs of the pages are public; extensions, themes and custom files can hold what is
    // not.
    routes.add(Routes.Kind.PAGE, "GET", pattern, hashedNames ? handler : access.page(handler));
    routes.add(Routes.Kind.PAGE, "HEAD", pattern, hashedNames ? handler : access.page(handler));
  }

  private static void file(Exchange exchange, List<Path> roots, boolean hashedNames)
      throws IOException {
    String name = exchange.parameter("file");
    Path file =
        StaticFiles.find(roots, name)
            .orElseThrow(() -> new HttpException(404, "Nothing is here: " + exchange.rawPath()));
    boolean immutable =
        hashedNames && name.matches(".*[0-9a-f]{16,}.*")
            || name.matches(".*static/.*\\.[0-9a-f]{16,}\\.js");
    StaticFiles.send(
        exchange, file, MediaTypes.ofName(name).orElse("application/octet-stream"), immutable);
  }

  private void lab(Exchange exchange, String mode, String workspace, String treePath)
      throws IOException {
    ObjectNode page = config.lab(mode, workspace, treePath);
    send(exchange, folders.staticFiles().resolve("index.html"), page, settings.customCss());
  }

  /** The page comes up and says that it does not know the address. */
  private void unknown(Exchange exchange) throws IOException {
    if (exchange.parameter("rest").isEmpty()) {
      exchange.redirect(basePath + "lab");
      return;
    }
    ObjectNode page = config.lab("multiple-document", "default", "");
    page.put("notFoundUrl", exchange.rawPath());
    send(exchange, folders.staticFiles().resolve("index.html"), page, settings.customCss());
  }

  /** A program that asks for what there is not must not take a page for the answer. */
  private static void nothing(Exchange exchange) {
    throw new HttpException(404, "Nothing is here: " + exchange.rawPath());
  }

  private void notebook(Exchange exchange, String page) throws IOException {
    Path template = folders.notebook().resolve("templates").resolve(page + ".html");
    send(exchange, template, config.notebook(), settings.notebookCustomCss());
  }

  private void send(Exchange exchange, Path template, ObjectNode page, boolean customCss)
      throws IOException {
    PageTemplate cached = templates.get(template);
    if (cached == null) {
      cached = PageTemplate.read(template);
      templates.put(template, cached);
    }
    access.describeVisitor(exchange, page);
    exchange.set("Cache-Control", "no-store");
    exchange.sendHtml(200, cached.fill(page, customCss));
  }

  /** A folder is listed, a notebook opened, any other file shown, as upstream redirects. */
  private void tree(Exchange exchange) throws IOException {
    String path = ContentPaths.clean(exchange.parameter("path"));
    Path file = paths.resolve(path);
    if (Files.isDirectory(file)) {
      notebook(exchange, "tree");
    } else if (Files.exists(file)) {
      String target = path.endsWith(".ipynb") ? "notebooks/" : "files/";
      exchange.redirect(basePath + target + RawPath.encodePath(path));
    } else {
      throw new HttpException(404, "file or directory '/" + path + "' does not exist");
    }
  }

  private void notebookOrTree(Exchange exchange) throws IOException {
    String path = ContentPaths.clean(exchange.parameter("path"));
    if (Files.isDirectory(paths.resolve(path))) {
      exchange.redirect(basePath + "tree/" + RawPath.encodePath(path));
    } else {
      notebook(exchange, "notebooks");
    }
  }
}
