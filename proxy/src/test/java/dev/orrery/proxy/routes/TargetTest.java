package dev.orrery.proxy.routes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TargetTest {

  @Test
  void readsHostPortAndPath() {
    assertThat(Target.parse("http://127.0.0.1:8081/hub?x=1"))
        .isEqualTo(
            new Target(false, "127.0.0.1", 8081, Optional.empty(), "/hub?x=1", "127.0.0.1:8081"));
    assertThat(Target.parse("https://host.example"))
        .isEqualTo(new Target(true, "host.example", 443, Optional.empty(), "/", "host.example"));
    assertThat(Target.parse("http://[::1]:80").host()).isEqualTo("::1");
    assertThat(Target.parse("http://[::1]:81").authority()).isEqualTo("[::1]:81");
  }

  @Test
  void readsUnixSockets() {
    Target target = Target.parse("unix+http://%2Frun%2Fa%2Bb.sock/base");
    assertThat(target.socket()).contains(Path.of("/run/a+b.sock"));
    assertThat(target.path()).isEqualTo("/base");
    assertThat(Target.parse("http+unix://%2Fx").path()).isEqualTo("/");
  }

  @Test
  void refusesWhatIsNoTarget() {
    for (String wrong :
        new String[] {
          "",
          "host:80",
          "ftp://x",
          "http://",
          "http://x:0",
          "http://x:70000",
          "http://a b",
          "http://x:-1",
          "unix+http:/x",
          "unix+http://relative",
          "http:///path"
        }) {
      assertThatThrownBy(() -> Target.parse(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'" + wrong + "'");
    }
  }
}
