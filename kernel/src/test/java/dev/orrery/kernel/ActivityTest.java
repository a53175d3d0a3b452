package dev.orrery.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.orrery.kernel.message.Channel;
import dev.orrery.kernel.message.Header;
import dev.orrery.kernel.message.Message;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class ActivityTest {

  private final Activity activity = new Activity(KernelSettings.defaults().untrackedMessageTypes());

  @Test
  void answerToOurOwnQuestionMakesAStartingKernelIdle() {
    status("busy", "kernel_info_request");
    assertThat(activity.state()).isEqualTo(ExecutionState.IDLE);
  }

  @Test
  void onlyTrackedRequestsMakeItBusy() {
    status("idle", "kernel_info_request");
    status("busy", "comm_info_request");
    assertThat(activity.state()).isEqualTo(ExecutionState.IDLE);
    status("busy", "execute_request");
    assertThat(activity.state()).isEqualTo(ExecutionState.BUSY);
    status("idle", "debug_request");
    assertThat(activity.state()).isEqualTo(ExecutionState.BUSY);
    status("idle", "execute_request");
    assertThat(activity.state()).isEqualTo(ExecutionState.IDLE);
  }

  @Test
  void lateWordOfAStartChangesNothing() {
    status("idle", "kernel_info_request");
    status("starting", "");
    assertThat(activity.state()).isEqualTo(ExecutionState.IDLE);
  }

  @Test
  void kernelThatIsBeingEndedStaysSo() {
    activity.set(ExecutionState.TERMINATING);
    status("idle", "execute_request");
    assertThat(activity.state()).isEqualTo(ExecutionState.TERMINATING);
  }

  @Test
  void outputOfABusyKernelIsActivityAndLookingIsNot() {
    Instant start = activity.last();
    publish("stream", "kernel_info_request", "{}");
    status("idle", "kernel_info_request");
    assertThat(activity.last()).isEqualTo(start);
    status("busy", "execute_request");
    Instant busy = activity.last();
    assertThat(busy).isAfter(start);
    publish("stream", "kernel_info_request", "{}");
    assertThat(activity.last()).isAfterOrEqualTo(busy);
  }

  private void status(String state, String parentType) {
    publish("status", parentType, "{\"execution_state\":\"" + state + "\"}");
  }

  private void publish(String type, String parentType, String content) {
    var parent = new Header("id", "s", "u", parentType, "5.4", "");
    Message message = Message.create(Channel.IOPUB, type, "kernel", parent, content);
    activity.observe(message, message.parsedHeader(), parent);
  }
}
