package dev.orrery.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every setting of the JupyterHub that is installed is one that our hub has heard of. */
@Tag("hub")
class HubTraitsTest {

  /** Prints all of them, and for each class one that there is not. */
  private static final String LIST =
      """
      from jupyterhub.app import JupyterHub
      from jupyterhub import auth, crypto, httpclient, proxy, spawner
      from jupyterhub.authenticators import shared
      for cls in (JupyterHub, spawner.Spawner, spawner.LocalProcessSpawner,
                  spawner.SimpleLocalProcessSpawner, auth.Authenticator, auth.LocalAuthenticator,
                  auth.PAMAuthenticator, auth.DummyAuthenticator, auth.NullAuthenticator,
                  shared.SharedPasswordAuthenticator, proxy.Proxy, proxy.ConfigurableHTTPProxy,
                  crypto.CryptKeeper, httpclient.JupyterHubHTTPClient):
          for name in sorted(cls.class_own_traits(config=True)):
              print(cls.__name__ + "." + name)
          print(cls.__name__ + ".no_such_trait")
      """;

  private static final Pattern UNKNOWN = Pattern.compile("([A-Za-z]+\\.[a-z_0-9]+): is not known");

  @Test
  void nothingIsUnknownButWhatThereIsNot() throws IOException, InterruptedException {
    Path root = OrreryServer.makeRoot();
    Path python = Requirements.hub().resolve("bin").resolve("python");
    List<String> traits = run(root, python.toString(), "-I", "-c", LIST).lines().toList();
    assertThat(traits)
        .contains("JupyterHub.bind_url", "PAMAuthenticator.service")
        .hasSizeGreaterThan(150);
    var classes = new TreeMap<String, List<String>>();
    traits.forEach(trait ->
        classes.merge(
            trait.split("\\.")[0],
            List.of("\"" + trait.split("\\.")[1] + "\": null"),
            (all, one) -> Stream.concat(all.stream(), one.stream()).toList()));
    Path file = root.resolve("all.json");
    Texts.write(
        file,
        classes.entrySet().stream()
            .map(entry ->
                "\"" + entry.getKey() + "\": {" + String.join(", ", entry.getValue()) + "}")
            .collect(Collectors.joining(", ", "{", "}")));
    String said =
        run(
            root,
            Requirements.distribution().resolve("bin").resolve("orrery").toString(),
            "hub",
            "--strict-config",
            "--config=" + file);
    assertThat(UNKNOWN.matcher(said).results().map(found -> found.group(1)))
        .as(said)
        .containsExactlyInAnyOrderElementsOf(
            traits.stream().filter(trait -> trait.endsWith(".no_such_trait")).toList());
  }

  private static String run(Path folder, String... command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    try (var out = process.getInputStream()) {
      String said = new String(out.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return said;
    } finally {
      process.destroyForcibly();
    }
  }
}
