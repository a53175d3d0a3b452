// Lets people see the password they type.
const button = document.getElementById("show-password");
const field = document.getElementById(button.getAttribute("aria-controls"));
button.hidden = false;
button.addEventListener("click", () => {
  const shown = field.type === "password";
  field.type = shown ? "text" : "password";
  button.setAttribute("aria-pressed", String(shown));
  field.focus();
});
