package dev.orrery.conformance;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.junit.jupiter.api.Test;

/** Files that are no text, and long ones, in the viewers of JupyterLab and Notebook. */
class LabViewersInBrowserTest extends InBrowser {

  private static final int ROWS = 100_000;

  @Test
  void picturesOfAllKindsAndADocumentToPrintAreShown() throws IOException {
    var square = new BufferedImage(30, 20, BufferedImage.TYPE_INT_RGB);
    square.createGraphics().fillRect(0, 0, 15, 20);
    for (String format : new String[] {"png", "jpeg", "gif", "bmp"}) {
      ImageIO.write(square, format, file("square." + format).toFile());
    }
    Texts.write(
        file("square.svg"),
        "<svg xmlns='http://www.w3.org/2000/svg' width='30' height='20'><rect width='15' height='20'/></svg>");
    openLab("/lab");
    for (String format : new String[] {"png", "jpeg", "gif", "bmp", "svg"}) {
      open("square." + format);
      page()
          .waitForFunction(
              "() => window.jupyterapp.shell.currentWidget?.node"
                  + ".querySelector('.jp-ImageViewer img')?.naturalWidth === 30");
    }
    look("svg");

    // What a browser shows it with differs; that gets it whole, by its type.
    byte[] pdf = page().pdf();
    Files.write(file("printed.pdf"), pdf);
    open("printed.pdf");
    page()
        .waitForFunction(
            """
            async size => {
              const frame = document.querySelector('.jp-PDFContainer iframe');
              const shown = frame?.contentWindow.document.querySelector('object');
              if (!shown?.data.startsWith('blob:')) return false;
              const file = await (await fetch(shown.data)).blob();
              return shown.type === file.type && file.type === 'application/pdf' && file.size === size;
            }\
            """,
            pdf.length);
    look("pdf");
  }

  @Test
  void soundsAndAFilmArePlayed() throws IOException {
    tone(file("second.wav"));
    Files.write(file("silence.mp3"), mp3());
    openLab("/lab");
    for (String name : new String[] {"second.wav", "silence.mp3"}) {
      open(name);
      play("audio");
    }
    look("sound");
    // The browser films what it draws, so that no film has to be kept here.
    page()
        .evaluate(
            """
            async () => {
              const canvas = document.createElement('canvas');
              const pen = canvas.getContext('2d');
              const film = new MediaRecorder(canvas.captureStream(25), {mimeType: 'video/webm'});
              const parts = [];
              film.ondataavailable = event => parts.push(event.data);
              const over = new Promise(done => film.onstop = done);
              film.start();
              for (let i = 0; i < 25; i++) {
                pen.fillStyle = `hsl(${i * 14} 90% 50%)`;
                pen.fillRect(0, 0, 300, 150);
                await new Promise(requestAnimationFrame);
                await new Promise(done => setTimeout(done, 20));
              }
              film.stop();
              await over;
              const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
              const content = btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''));
              await window.jupyterapp.serviceManager.contents.save(
                'film.webm', {type: 'file', format: 'base64', content});
            }\
            """);
    open("film.webm");
    play("video");
    look("film");
  }

  @Test
  void aTableOfAHundredThousandLinesIsScrolledToItsEnd() {
    Texts.write(
        file("long.csv"),
        IntStream.range(0, ROWS)
            .mapToObj(i -> i + ",name " + i + "," + i * 7L)
            .collect(Collectors.joining("\n", "number,name,seven\n", "\n")));
    openLab("/lab/tree/long.csv");
    Locator grid = page().locator(".jp-CSVViewer .lm-DataGrid");
    assertThat(grid).isVisible();
    awaitLastRow();
    grid.click();
    page().keyboard().press("Control+ArrowDown");
    page()
        .waitForFunction(
            "() => { const grid = window.jupyterapp.shell.currentWidget.content._grid;"
                + " return grid.maxScrollY > 1000000 && grid.scrollY === grid.maxScrollY; }");
    look("end");
  }

  private void awaitLastRow() {
    page()
        .waitForFunction(
            "() => { const model = window.jupyterapp.shell.currentWidget?.content?._grid?.dataModel;"
                + " return model?.rowCount('body') === %1$d".formatted(ROWS)
                + " && model.data('body', %1$d, 1) === 'name %1$d'; }".formatted(ROWS - 1));
  }

  @Test
  void aDocumentHasAPageOfItsOwn() {
    Notebooks.write(file("single.ipynb"), "6*7");
    openLab("/doc/tree/single.ipynb");
    assertThat(page().locator("#jp-title-panel-title input")).hasValue("single.ipynb");
    assertThat(page().locator("#jp-main-dock-panel .lm-TabBar-tab")).isHidden();
    runCell(0);
    assertThat(output(0)).hasText("42");
    look("doc");
  }

  private Path file(String name) {
    return server().notebooks().resolve(name);
  }

  private void open(String name) {
    execute("docmanager:open", Map.of("path", name));
    page()
        .waitForFunction(
            "name => window.jupyterapp.shell.currentWidget?.title.label === name", name);
    assertThat(page().locator(".jp-DirListing-item").getByText(name)).isVisible();
  }

  /** Without a sound, until it is under way. */
  private void play(String element) {
    page()
        .waitForFunction(
            """
            async element => {
              const player = window.jupyterapp.shell.currentWidget?.node.querySelector(element);
              if (!player || player.readyState < 2) return false;
              player.muted = true;
              await player.play();
              return player.ended || player.currentTime > 0.1;
            }\
            """,
            element);
  }

  /** A second of a tone. */
  private static void tone(Path file) throws IOException {
    byte[] samples = new byte[8000];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (byte) (128 + 100 * Math.sin(i * 0.35));
    }
    var format = new AudioFormat(samples.length, 8, 1, false, false);
    var tone = new AudioInputStream(new ByteArrayInputStream(samples), format, samples.length);
    AudioSystem.write(tone, AudioFileFormat.Type.WAVE, file.toFile());
  }

  /** A second of silence: frames of MPEG 1 layer III with 128 kbit/s and nothing in them. */
  private static byte[] mp3() {
    var mp3 = new ByteArrayOutputStream();
    for (int i = 0; i < 40; i++) {
      byte[] frame = new byte[417];
      frame[0] = (byte) 0xff;
      frame[1] = (byte) 0xfb;
      frame[2] = (byte) 0x90;
      frame[3] = (byte) 0x64;
      mp3.writeBytes(frame);
    }
    return mp3.toByteArray();
  }
}
