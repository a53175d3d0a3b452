package dev.orrery.server.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class WorkspaceFileTest {

  /** What jupyterlab_server makes of the same ids. */
  @Test
  void fileNamesAreThoseOfJupyterlabServer() {
    Map.of(
            "default",
            "default-37a8",
            "a b/c",
            "a-bc-5391",
            "Überß x",
            "ber-x-4bae",
            "w1",
            "w1-60c5",
            "-x-",
            "-x--c6cf",
            "日本",
            "-cf2a",
            "a".repeat(200),
            "a".repeat(102) + "-c2a9",
            "Foo_Bar.baz",
            "foo_barbaz-86ff")
        .forEach((id, slug) -> {
          assertThat(WorkspaceFile.name(id)).isEqualTo(slug + WorkspaceFile.EXTENSION);
          assertThat(WorkspaceFile.name("/" + id)).isEqualTo(slug + WorkspaceFile.EXTENSION);
        });
  }
}
