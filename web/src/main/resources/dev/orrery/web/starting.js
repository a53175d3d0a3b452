// Shows how the start of a server goes, and leads to it.
const { events } = document.currentScript.dataset;
const bar = document.getElementById("progress-bar");
const message = document.getElementById("progress-message");
const log = document.getElementById("progress-log");
const source = new EventSource(events);

source.onmessage = ({ data }) => {
  const event = JSON.parse(data);
  if (typeof event.progress === "number") {
    bar.value = event.progress;
  }
  message.textContent = event.message;
  const line = document.createElement("li");
  line.textContent = event.message;
  log.append(line);
  if (event.ready) {
    source.close();
    // The page knows where to go from here.
    window.location.reload();
  } else if (event.failed) {
    source.close();
    window.location.reload();
  }
};
