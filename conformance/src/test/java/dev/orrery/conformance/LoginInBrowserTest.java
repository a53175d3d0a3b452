package dev.orrery.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Response;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** How a person gets in, and out. */
class LoginInBrowserTest extends InBrowser {

  @Test
  void withoutTheTokenThePageAsksForItAndGoesOnToWhereItWasGoing() {
    Texts.write(server().notebooks().resolve("wanted.txt"), "wanted");
    page().navigate("/lab/tree/wanted.txt");
    assertThat(page()).hasURL(Pattern.compile("/login\\?next=%2Flab%2Ftree%2Fwanted\\.txt"));
    look("asked");

    page().locator("input[type=password]").fill(OrreryServer.TOKEN);
    page().locator("button[type=submit], input[type=submit]").first().click();
    assertThat(page()).hasURL(Pattern.compile("/lab/tree/wanted\\.txt"));
    awaitApplication();
    assertThat(page().locator(".jp-FileEditor .cm-content")).hasText("wanted");
  }

  @Test
  void aWrongTokenIsRefusedWithAMessage() {
    complaints().expect("401 (Unauthorized)", "the answer that this test provokes");
    page().navigate("/login?next=%2Flab");
    page().locator("input[type=password]").fill("wrong");
    Locator submit = page().locator("button[type=submit], input[type=submit]").first();
    Response answer =
        page().waitForResponse(response -> response.url().contains("/login"), submit::click);
    assertThat(answer.status()).isEqualTo(401);
    assertThat(page().locator("body")).containsText("Invalid token");
    assertThat(page().locator("input[type=password]")).isVisible();
  }

  @Test
  void afterLoggingOutThePagesAskAgain() {
    page().navigate(server().url("/tree"));
    page().navigate("/logout");
    assertThat(page().locator("body")).containsText("logged out");
    look("out");
    page().navigate("/lab");
    assertThat(page()).hasURL(Pattern.compile("/login\\?next="));
  }

  @Test
  void aNextOnAnotherHostIsNotFollowed() {
    page().navigate("/login?next=" + "https%3A%2F%2Fexample.org%2F");
    page().locator("input[type=password]").fill(OrreryServer.TOKEN);
    page().locator("button[type=submit], input[type=submit]").first().click();
    page().waitForURL(url -> !url.contains("/login"));
    assertThat(page().url()).startsWith(server().origin());
  }
}
