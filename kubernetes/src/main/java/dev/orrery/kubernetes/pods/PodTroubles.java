package dev.orrery.kubernetes.pods;

import dev.orrery.kubernetes.api.PodView;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What Kubernetes says of pods that do not come up, in words for people who never heard of it. */
public final class PodTroubles {

  /** Nothing of what the cluster tries again will help. */
  private static final Set<String> HOPELESS =
      Set.of("InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError");

  /** The first program could not be started. */
  private static final Set<String> NO_START = Set.of("StartError", "ContainerCannotRun");

  private static final Set<String> NO_IMAGE = Set.of("ErrImagePull", "ImagePullBackOff");

  /** What registries say when they do not have an image, or not for us. */
  private static final Pattern REFUSED =
      Pattern.compile(
          "not found|manifest unknown|does not exist|unauthorized|denied|name unknown"
              + "|invalid reference",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern ENDING_CLAIM =
      Pattern.compile("persistentvolumeclaim \"[^\"]*\" is being deleted");

  /** What the scheduler misses, by how it says so. */
  private static final Map<Pattern, String> SCARCE = new LinkedHashMap<>();

  static {
    SCARCE.put(
        Pattern.compile("Insufficient memory"), "Waiting for a machine with enough free memory");
    SCARCE.put(
        Pattern.compile("Insufficient cpu"), "Waiting for a machine with enough free processors");
    SCARCE.put(
        Pattern.compile("Insufficient nvidia\\.com/gpu|Insufficient amd\\.com/gpu"),
        "Waiting for a machine with a free GPU");
    SCARCE.put(
        Pattern.compile("Insufficient ephemeral-storage"),
        "Waiting for a machine with enough free disk");
    SCARCE.put(Pattern.compile("Too many pods"), "Waiting for a machine with room for one more");
    // Before Kubernetes 1.34 it was a conflict.
    SCARCE.put(
        Pattern.compile(
            "volume node affinity conflict|match PersistentVolume's node affinity"
                + "|no available volume zone"),
        "Waiting for a machine that can reach the volume with the files");
    SCARCE.put(
        Pattern.compile(
            "unbound immediate PersistentVolumeClaims|unbound PersistentVolumeClaims"
                + "|find available persistent volumes to bind"),
        "Waiting for the volume for the files");
    SCARCE.put(
        Pattern.compile("ReadWriteOncePod access mode already in-use"),
        "Waiting until nothing else uses the volume with the files");
    SCARCE.put(
        Pattern.compile("bound to non-existent pv"), "The volume with the files does not exist");
    SCARCE.put(ENDING_CLAIM, "The volume for the files is being deleted");
    SCARCE.put(
        Pattern.compile("persistentvolumeclaim \"[^\"]*\" not found"),
        "The volume for the files does not exist");
    SCARCE.put(
        Pattern.compile("node affinity/selector|node selector|untolerated taint|anti-affinity"),
        "Waiting for a machine of the kind that is asked for");
  }

  private PodTroubles() {}

  /** A sentence for who waits, with Kubernetes' own words behind it where they say more. */
  public static String inWords(String reason, String message) {
    return switch (reason) {
      case "Unschedulable", "FailedScheduling" -> scarce(message);
      case "ErrImagePull", "ImagePullBackOff", "BackOff", "Failed" ->
          message.toLowerCase(Locale.ROOT).contains("image")
              ? with("The image can't be pulled; it is tried again", message)
              : with("The server did not start; it is tried again", message);
      case "InvalidImageName" -> with("The name of the image is none", message);
      case "ErrImageNeverPull" ->
          with("The image is not on the machine and may not be pulled", message);
      case "CrashLoopBackOff" -> with("The server ends as soon as it starts", message);
      case "CreateContainerConfigError" -> with("What the pod refers to is missing", message);
      case "CreateContainerError", "RunContainerError" ->
          with("The container can't be started", message);
      case "FailedMount", "FailedAttachVolume" -> with("Waiting for the volume", message);
      case "NotTriggerScaleUp" -> with("No further machine can be started for it", message);
      case "Evicted", "Preempting", "Preempted" ->
          with("The machine needed the room for something else", message);
      case "FailedCreatePodSandBox" -> with("The machine can't set up the network yet", message);
      default -> with(reason, message);
    };
  }

  private static String scarce(String message) {
    for (var entry : SCARCE.entrySet()) {
      if (entry.getKey().matcher(message).find()) {
        return with(entry.getValue(), message);
      }
    }
    return with("Waiting for a machine", message);
  }

  private static String with(String sentence, String message) {
    return message.isBlank() ? sentence : sentence + " (" + message.strip() + ")";
  }

  /** Why it is of no use to wait for this pod any longer, where it is. */
  public static Optional<String> hopeless(PodView pod) {
    if (NO_START.contains(pod.endReason())) {
      return Optional.of(inWords("RunContainerError", pod.endMessage()));
    }
    if (pod.isOver()) {
      String why =
          pod.endReason().equals("OOMKilled")
              ? "it needed more memory than it may have"
              : pod.endReason();
      return Optional.of(
          "The server ended at once"
              + (pod.exitCode().isPresent() ? " with exit code " + pod.exitCode().getAsInt() : "")
              + (why.isEmpty() || why.equals("Error") ? "" : ": " + why));
    }
    return pod.troubles().stream()
        .filter(trouble ->
            HOPELESS.contains(trouble.reason())
                || NO_IMAGE.contains(trouble.reason()) && REFUSED.matcher(trouble.message()).find())
        .map(trouble -> inWords(trouble.reason(), trouble.message()))
        .findFirst();
  }

  /** Whether the cluster says that a claim of the pod is being deleted. */
  static boolean isOfEndingClaim(PodView pod) {
    return pod.troubles().stream()
        .anyMatch(trouble -> ENDING_CLAIM.matcher(trouble.message()).find());
  }
}
