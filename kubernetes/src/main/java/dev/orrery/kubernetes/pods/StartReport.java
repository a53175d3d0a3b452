package dev.orrery.kubernetes.pods;

import dev.orrery.kubernetes.api.PodEvents.PodEvent;
import dev.orrery.kubernetes.api.PodView;
import dev.orrery.spawner.spi.SpawnListener;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Tells who waits how their pod comes along, each thing once, in words people understand. */
public final class StartReport {

  /** Each word gets a third nearer to this, since nobody knows how many there will be. */
  private static final double NEARLY = 90;

  /** Sentences of one start; a pod that is told of without end is not listened to without end. */
  static final int MOST = 200;

  private final SpawnListener listener;
  private final KubeSettings.Slow slow;
  private final int images;
  private final long started = System.nanoTime();
  private final Set<String> told = new HashSet<>();
  private final Set<String> pulled = new HashSet<>();
  private String last = "";
  private double progress;
  private Duration nextPatience;

  /**
   * For one start.
   *
   * @param images how many the pod has
   */
  public StartReport(SpawnListener listener, KubeSettings.Slow slow, int images) {
    this.listener = listener;
    this.slow = slow;
    this.images = images;
    this.nextPatience = slow.after();
  }

  /** An event of the pod. */
  public void event(PodEvent event) {
    if (isFull()) {
      return;
    }
    switch (event.reason()) {
      case "Pulling" -> {
        pulled.add(event.message());
        say(
            images > 1
                ? "Pulling image "
                    + pulled.size()
                    + " of "
                    + images
                    + ": "
                    + quoted(event.message())
                : "Pulling the image " + quoted(event.message()));
      }
      case "Scheduled" -> say("There is a machine for it: " + lastWord(event.message()));
      case "Pulled", "Created", "Started" -> say(event.message());
      case "TriggeredScaleUp" -> say("Another machine is being started");
      default -> say(PodTroubles.inWords(event.reason(), event.message()));
    }
  }

  /** What is known of the pod. */
  public void seen(PodView pod) {
    for (PodView.Trouble trouble : pod.troubles()) {
      say(PodTroubles.inWords(trouble.reason(), trouble.message()));
    }
  }

  /** What there was to say last, be it for the first time or not. */
  Optional<String> last() {
    return Optional.of(last).filter(sentence -> !sentence.isEmpty());
  }

  /** Says something unless it was said before. */
  public void say(String sentence) {
    if (!sentence.isBlank()) {
      last = sentence;
    }
    if (!sentence.isBlank() && !isFull() && told.add(sentence)) {
      progress += (NEARLY - progress) / 3;
      listener.progress((int) progress, sentence, Optional.empty());
    }
  }

  private boolean isFull() {
    return told.size() >= MOST;
  }

  /** Time has gone by. */
  public void tick() {
    Duration waited = Duration.ofNanos(System.nanoTime() - started);
    if (!slow.after().isZero() && waited.compareTo(nextPatience) >= 0) {
      nextPatience = waited.plus(slow.every());
      listener.progress(
          (int) progress,
          slow.message().replace("{seconds}", Long.toString(waited.toSeconds())),
          Optional.empty());
    }
  }

  private static String quoted(String message) {
    int from = message.indexOf('"');
    int to = message.lastIndexOf('"');
    return from >= 0 && to > from ? message.substring(from + 1, to) : message;
  }

  private static String lastWord(String message) {
    return message.substring(message.lastIndexOf(' ') + 1);
  }
}
