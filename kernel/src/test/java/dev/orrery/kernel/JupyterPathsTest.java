package dev.orrery.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JupyterPathsTest {

  private static final Path NOBODY = Path.of("/home/nobody-there");

  @TempDir Path root;
  private Path home;
  private Path prefix;
  private String me = "";

  @BeforeEach
  void makePython() throws IOException {
    root = root.toRealPath();
    home = Files.createDirectories(root.resolve("home"));
    prefix = root.resolve("prefix");
    program(prefix.resolve("bin/python3.11"));
    Files.createSymbolicLink(prefix.resolve("bin/python3"), Path.of("python3.11"));
    me = Files.getOwner(home).getName();
  }

  @Test
  void userComesBeforeThePythonOnPath() {
    JupyterPaths paths = paths(Map.of("PATH", prefix.resolve("bin").toString()));
    assertThat(paths.dataDir()).isEqualTo(home.resolve(".local/share/jupyter"));
    assertThat(paths.runtimeDir()).isEqualTo(home.resolve(".local/share/jupyter/runtime"));
    assertThat(paths.configDir()).isEqualTo(home.resolve(".jupyter"));
    assertThat(paths.dataPath())
        .containsExactly(
            home.resolve(".local/share/jupyter"),
            prefix.resolve("share/jupyter"),
            Path.of("/usr/local/share/jupyter"),
            Path.of("/usr/share/jupyter"));
    assertThat(paths.configPath())
        .containsExactly(
            home.resolve(".jupyter"),
            home.resolve(".local/etc/jupyter"),
            prefix.resolve("etc/jupyter"),
            Path.of("/usr/local/etc/jupyter"),
            Path.of("/etc/jupyter"));
    assertThat(paths.kernelDirs())
        .startsWith(home.resolve(".local/share/jupyter/kernels"))
        .endsWith(home.resolve(".ipython/kernels"));
  }

  @Test
  void whatIsSearchedBelowAHomeCanBeLeftOut() throws IOException {
    Path link = root.resolve("link");
    Files.createSymbolicLink(link, home);
    JupyterPaths all =
        paths(
            Map.of(
                "PATH",
                prefix.resolve("bin").toString(),
                "JUPYTER_PATH",
                link.resolve("shared") + ":" + root.resolve("home-of-another")));
    for (Path home : new Path[] {home, link}) {
      JupyterPaths paths = all.ignoring(home);
      assertThat(paths.dataPath())
          .containsExactly(
              root.resolve("home-of-another"),
              prefix.resolve("share/jupyter"),
              Path.of("/usr/local/share/jupyter"),
              Path.of("/usr/share/jupyter"));
      assertThat(paths.configPath())
          .containsExactly(
              prefix.resolve("etc/jupyter"),
              Path.of("/usr/local/etc/jupyter"),
              Path.of("/etc/jupyter"));
      assertThat(paths.kernelDirs()).hasSize(4);
      assertThat(paths.runtimeDir()).isEqualTo(all.runtimeDir());
      assertThat(paths.configDir()).isEqualTo(all.configDir());
    }
  }

  @Test
  void activeVirtualEnvironmentComesFirstAndHidesTheUserSite() throws IOException {
    Path venv = venv("venv", "include-system-site-packages = false\n");
    JupyterPaths paths = paths(Map.of("VIRTUAL_ENV", venv.toString(), "PATH", "/usr/bin"));
    assertThat(paths.dataPath())
        .startsWith(venv.resolve("share/jupyter"), home.resolve(".local/share/jupyter"));
    assertThat(paths.configPath())
        .startsWith(
            venv.resolve("etc/jupyter"),
            home.resolve(".jupyter"),
            Path.of("/usr/local/etc/jupyter"));
  }

  @Test
  void environmentsAreTheUsersPackagesThenTheActiveOneThenOurs() throws IOException {
    Path ours = home.resolve(".local/share/jupyter/orrery-python");
    JupyterPaths onPath = paths(Map.of("PATH", prefix.resolve("bin").toString()));
    assertThat(onPath.environments()).containsExactly(home.resolve(".local"), prefix, ours);
    assertThat(onPath.environmentConfig()).contains(prefix.resolve("etc/jupyter"));
    Path venv = Files.createDirectories(root.resolve("closed"));
    Files.writeString(venv.resolve("pyvenv.cfg"), "home = /usr/bin\n");
    JupyterPaths closed = paths(Map.of("VIRTUAL_ENV", venv.toString()));
    assertThat(closed.environments()).containsExactly(venv, ours);
    Path open = Files.createDirectories(root.resolve("open"));
    Files.writeString(
        open.resolve("pyvenv.cfg"),
        "home = " + prefix.resolve("bin") + "\ninclude-system-site-packages = true\n");
    assertThat(paths(Map.of("VIRTUAL_ENV", open.toString())).environments())
        .containsExactly(home.resolve(".local"), open, prefix, ours);
    JupyterPaths outside = onPath.ignoring(home);
    assertThat(outside.environments()).containsExactly(prefix);
    assertThat(outside.environmentConfig()).contains(prefix.resolve("etc/jupyter"));
    Path inside = Files.createDirectories(home.resolve("venv"));
    JupyterPaths hidden = paths(Map.of("VIRTUAL_ENV", inside.toString())).ignoring(home);
    assertThat(hidden.environments()).isEmpty();
    assertThat(hidden.environmentConfig()).isEmpty();
    assertThat(
            paths(Map.of("JUPYTER_NO_CONFIG", "1", "VIRTUAL_ENV", venv.toString()))
                .environmentConfig())
        .isEmpty();
  }

  @Test
  void environmentOfSomebodyElseIsNotPreferred() throws IOException {
    Path venv = venv("venv", "");
    JupyterPaths paths =
        JupyterPaths.of(Map.of("VIRTUAL_ENV", venv.toString()), home, "somebody else", false);
    assertThat(paths.dataPath().getFirst()).isEqualTo(home.resolve(".local/share/jupyter"));
  }

  @Test
  void preferenceCanBeStated() throws IOException {
    Path venv = venv("venv", "");
    var env = new HashMap<>(Map.of("VIRTUAL_ENV", venv.toString()));
    env.put("JUPYTER_PREFER_ENV_PATH", "0");
    assertThat(paths(env).dataPath().getFirst()).isEqualTo(home.resolve(".local/share/jupyter"));
    Map<String, String> plain =
        Map.of("PATH", prefix.resolve("bin").toString(), "JUPYTER_PREFER_ENV_PATH", "1");
    assertThat(paths(plain).dataPath().getFirst()).isEqualTo(prefix.resolve("share/jupyter"));
  }

  @Test
  void condaEnvironmentComesFirstButItsBaseDoesNot() {
    var env = new HashMap<>(Map.of("CONDA_PREFIX", prefix.toString()));
    env.put("CONDA_DEFAULT_ENV", "science");
    assertThat(paths(env).dataPath().getFirst()).isEqualTo(prefix.resolve("share/jupyter"));
    env.put("CONDA_DEFAULT_ENV", "base");
    assertThat(paths(env).dataPath().getFirst()).isEqualTo(home.resolve(".local/share/jupyter"));
  }

  @Test
  void virtualEnvironmentOnPathCountsThoughItIsNotActive() throws IOException {
    Path venv = venv("venv", "");
    JupyterPaths paths = paths(Map.of("PATH", venv.resolve("bin") + ":/usr/bin"));
    assertThat(paths.dataPath().getFirst()).isEqualTo(venv.resolve("share/jupyter"));
  }

  @Test
  void shimOfPyenvLeadsToItsVersion() throws IOException {
    Path pyenv = root.resolve("pyenv");
    program(pyenv.resolve("shims/python3"));
    program(pyenv.resolve("versions/3.12.1/bin/python3"));
    program(pyenv.resolve("versions/3.13.0/bin/python3"));
    Files.writeString(pyenv.resolve("version"), "3.12.1\n");
    String path = pyenv.resolve("shims") + ":" + prefix.resolve("bin");
    assertThat(paths(Map.of("PATH", path)).dataPath())
        .contains(pyenv.resolve("versions/3.12.1/share/jupyter"));
    assertThat(paths(Map.of("PATH", path, "PYENV_VERSION", "3.13.0")).dataPath())
        .contains(pyenv.resolve("versions/3.13.0/share/jupyter"));
    assertThat(paths(Map.of("PATH", path, "PYENV_VERSION", "system")).dataPath())
        .contains(prefix.resolve("share/jupyter"));
  }

  @Test
  void variablesDecide() {
    JupyterPaths paths =
        paths(
            Map.of(
                "JUPYTER_DATA_DIR", "/d",
                "JUPYTER_RUNTIME_DIR", "/r",
                "JUPYTER_CONFIG_DIR", "/c",
                "JUPYTER_PATH", "/p1/:/p2",
                "JUPYTER_CONFIG_PATH", "/q",
                "IPYTHONDIR", "/i",
                "PATH", ""));
    assertThat(paths.dataDir()).isEqualTo(Path.of("/d"));
    assertThat(paths.runtimeDir()).isEqualTo(Path.of("/r"));
    assertThat(paths.configDir()).isEqualTo(Path.of("/c"));
    assertThat(paths.dataPath()).startsWith(Path.of("/p1"), Path.of("/p2"), Path.of("/d"));
    assertThat(paths.configPath()).startsWith(Path.of("/q"), Path.of("/c"));
    assertThat(paths.kernelDirs()).endsWith(Path.of("/i/kernels"));
    assertThat(paths(Map.of("XDG_DATA_HOME", "/x", "PATH", "")).dataDir())
        .isEqualTo(Path.of("/x/jupyter"));
    assertThat(paths(Map.of("JUPYTER_NO_CONFIG", "1", "PATH", "")).configPath()).isEmpty();
  }

  @Test
  void macHasItsOwnDataDirectory() {
    JupyterPaths paths = JupyterPaths.of(Map.of("PATH", ""), NOBODY, "nobody", true);
    assertThat(paths.dataDir()).isEqualTo(NOBODY.resolve("Library/Jupyter"));
    assertThat(paths.runtimeDir()).isEqualTo(NOBODY.resolve("Library/Jupyter/runtime"));
  }

  private JupyterPaths paths(Map<String, String> env) {
    return JupyterPaths.of(env, home, me, false);
  }

  private Path venv(String name, String config) throws IOException {
    Path venv = root.resolve(name);
    Files.createDirectories(venv.resolve("bin"));
    Files.writeString(venv.resolve("pyvenv.cfg"), config);
    Files.createSymbolicLink(venv.resolve("bin/python3"), prefix.resolve("bin/python3"));
    return venv;
  }

  private static void program(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n");
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
