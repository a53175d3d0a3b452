// What the pages of a hub do without being loaded anew: forms that use the REST API, and parts that
// follow what happens. A form says what it sends in its attributes:
//   data-rest  method and path, in which {field} stands for the field of that name
//   data-said  what is told when it was done
//   data-go    where that leads; without it, #live is renewed
//   data-show  the field of the answer that is shown in #result
//   data-keep  that the fields stay as they are
// A field's data-kind says what it is in the body: list (words), scopes (words, or nothing), number,
// flag, json; else text.
const status = document.getElementById("status");
const result = document.getElementById("result");
const { xsrf, failed, lost } = document.getElementById("content").dataset;
const PAUSE = 2000;
let waiting;

const tell = (text, problem = false) => {
  status.textContent = "";
  status.className = problem ? "problem" : "";
  status.textContent = text;
};

const words = (text) => text.split(/[\s,]+/).filter(Boolean);

const value = (field) => {
  switch (field.dataset.kind) {
    case "list":
      return words(field.value);
    case "scopes":
      return field.value.trim() === "" ? undefined : words(field.value);
    case "number":
      return field.value === "" ? undefined : Number(field.value);
    case "flag":
      return field.type === "checkbox" ? field.checked : field.value === "true";
    case "json":
      return JSON.parse(field.value);
    default:
      return field.value === "" ? undefined : field.value;
  }
};

const request = (form) => {
  const [method, pattern] = form.dataset.rest.split(" ");
  const body = {};
  let whole;
  const path = pattern.replace(/\{(\w+)\}/g, (_, name) => encodeURIComponent(form.elements[name].value.trim()));
  for (const field of form.elements) {
    if (!field.name || pattern.includes(`{${field.name}}`)) {
      continue;
    }
    const sent = value(field);
    if (field.name === "*") {
      whole = sent;
    } else if (sent !== undefined) {
      body[field.name] = sent;
    }
  }
  const headers = { "X-XSRFToken": xsrf, Accept: "application/json", "Content-Type": "application/json" };
  return [path, { method, headers, body: JSON.stringify(whole ?? body) }];
};

const sentence = async (answer) => {
  const text = await answer.text();
  try {
    return JSON.parse(text).message || `${failed} (${answer.status})`;
  } catch {
    return `${failed} (${answer.status})`;
  }
};

const renew = async () => {
  clearTimeout(waiting);
  const answer = await fetch(window.location.href, { headers: { "X-XSRFToken": xsrf, Accept: "text/html" } });
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
  const live = document.getElementById("live");
  if (!answer.ok || !fresh || !live) {
    window.location.reload();
    return;
  }
  const focused = live.contains(document.activeElement) ? document.activeElement.id : undefined;
  live.replaceChildren(...fresh.childNodes);
  if (focused !== undefined) {
    // The button may be another one now; who works with the keyboard stays where they are.
    (document.getElementById(focused) ?? live).focus();
  }
  follow();
};

// As long as something is under way, this looks again.
const follow = () => {
  clearTimeout(waiting);
  if (document.querySelector("#live [data-pending]")) {
    waiting = setTimeout(async () => {
      const busy = ["INPUT", "TEXTAREA", "SELECT"].includes(document.activeElement?.tagName);
      try {
        await (busy ? follow() : renew());
      } catch {
        follow();
      }
    }, PAUSE);
  }
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.rest) {
    return;
  }
  event.preventDefault();
  const button = event.submitter ?? form.querySelector("button");
  if (button.getAttribute("aria-disabled") === "true") {
    return;
  }
  button.setAttribute("aria-disabled", "true");
  try {
    const answer = await fetch(...request(form));
    if (!answer.ok) {
      tell(await sentence(answer), true);
      return;
    }
    if (form.dataset.go) {
      window.location.assign(form.dataset.go);
      return;
    }
    if (form.dataset.show) {
      result.hidden = false;
      result.querySelector("input").value = (await answer.json())[form.dataset.show];
      result.querySelector("input").focus();
    }
    tell(form.dataset.said ?? "");
    if (!form.closest("#live") && !("keep" in form.dataset)) {
      form.reset();
    }
    await renew();
  } catch (error) {
    tell(error instanceof SyntaxError ? `${failed}: ${error.message}` : lost, true);
  } finally {
    button.removeAttribute("aria-disabled");
  }
});

for (const button of document.querySelectorAll("button[data-copies]")) {
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).value);
    tell(button.dataset.said);
  });
}

follow();
