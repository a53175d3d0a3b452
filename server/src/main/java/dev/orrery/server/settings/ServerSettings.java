package dev.orrery.server.settings;

import dev.orrery.config.Problem;
import dev.orrery.config.Settings;
import dev.orrery.kernel.JupyterPaths;
import dev.orrery.kernel.KernelSettings;
import dev.orrery.server.access.AccessSettings;
import dev.orrery.server.contents.ContentsSettings;
import dev.orrery.server.hub.HubSettings;
import dev.orrery.server.kernels.SocketSettings;
import dev.orrery.server.lab.LabFolders;
import dev.orrery.server.lab.LabSettings;
import dev.orrery.server.terminals.TerminalSettings;
import dev.orrery.web.Pages;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a notebook server is made of: one record per component, read once from the settings, the
 * environment and the file system.
 *
 * @param kernelSockets how kernels' messages reach a page
 * @param labFolders where the pages are
 * @param hub the hub that started this server, if one did
 */
public record ServerSettings(
    FrontSettings front,
    StartSettings start,
    AccessSettings access,
    ContentsSettings contents,
    KernelSpecSettings kernelSpecs,
    KernelSettings kernels,
    SocketSettings kernelSockets,
    TerminalSettings terminals,
    LabSettings lab,
    LabFolders labFolders,
    Optional<HubSettings> hub) {

  /** The jupyter_server version whose interface this server has. */
  public static final String SERVER_VERSION = "2.21.1";

  /** A server's settings, or why it can't start. */
  public sealed interface Result {
    /** All is well. */
    record Ready(ServerSettings settings) implements Result {}

    /** Nothing is started; every problem that was found. */
    record Refused(List<Problem> problems) implements Result {}
  }

  /**
   * What counts of the settings that were read: a hub's own are more important than those of files.
   */
  public static Settings effective(App app, Settings settings, Map<String, String> env) {
    return app == App.SINGLEUSER ? HubReader.over(settings, env) : settings;
  }

  /** Whether a hub's administrator wants nothing read from the user's home. */
  public static boolean ignoresHome(App app, List<String> arguments, Map<String, String> env) {
    return app == App.SINGLEUSER && HubReader.ignoresHome(arguments, env);
  }

  /**
   * Reads the settings of one start.
   *
   * @param settings as {@link #effective} gives them
   * @param env the environment of this process
   * @param paths where Jupyter keeps things for this user
   * @param pages the pages of this distribution
   * @param workingDirectory relative folders start here
   */
  public static Result read(
      App app,
      Settings settings,
      Map<String, String> env,
      JupyterPaths paths,
      Pages pages,
      Path workingDirectory) {
    var given = new Given(settings, env, workingDirectory);
    Optional<HubSettings> hub =
        app == App.SINGLEUSER ? Optional.of(HubReader.read(given)) : Optional.empty();
    UserFiles files = UserFiles.read(given);
    AccessSettings access =
        app == App.SINGLEUSER
            ? AccessReader.readBehindHub(given, paths)
            : AccessReader.read(given, paths);
    var read =
        new ServerSettings(
            FrontSettings.read(given, app, files),
            StartSettings.read(given, app),
            access,
            files.contents(given, paths),
            KernelSpecSettings.read(given, paths),
            KernelReader.kernels(given),
            KernelReader.sockets(given),
            TerminalReader.read(given, files.root()),
            LabReader.pages(given, files.root()),
            LabReader.folders(given, paths, pages),
            hub);
    List<Problem> problems = given.problems();
    return problems.isEmpty() ? new Result.Ready(read) : new Result.Refused(problems);
  }
}
