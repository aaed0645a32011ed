// htmx sends the CSRF token from the page's head, and a lost connection is said out loud, once.
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector("meta[name=csrf-token]");
  if (token && event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = token.content;
});

function showTrouble(shown) {
  const trouble = document.getElementById("connection-trouble");
  if (trouble) trouble.hidden = !shown;
}

document.addEventListener("htmx:sendError", () => showTrouble(true));
document.addEventListener("htmx:responseError", (event) => showTrouble(event.detail.xhr.status >= 500));
document.addEventListener("htmx:afterOnLoad", () => showTrouble(false));
