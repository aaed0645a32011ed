// Signs the buyer in with what LINE says. LINE's script is loaded only where it is needed: inside LINE, on the way
// back from LINE, and on the sign-in page. What it tells of people is sent as one signed token and never used here.
(() => {
  // Not called "liff": an element by that id would be window.liff.
  const place = document.getElementById("line-door");
  if (!place) return;
  const enter = document.getElementById("enter");
  const query = new URLSearchParams(location.search);
  const opened = query.has("liff.state") || location.hash.includes("access_token=");
  const returned = query.has("code") && query.has("liffClientId");
  // The address that LINE opens leads on to the page that was asked for: the credentials are read there.
  if (opened) sessionStorage.setItem("opened-in-line", "1");
  const fresh = opened || returned || sessionStorage.getItem("opened-in-line") !== null;
  const inside = /\bLIFF\b/.test(navigator.userAgent);
  if (!enter && !fresh && !inside) return;

  const show = (...names) => {
    if (!enter) return;
    for (const part of enter.querySelectorAll("[data-shown]")) part.hidden = !names.includes(part.dataset.shown);
  };

  const load = () =>
    new Promise((done, failed) => {
      if (window.liff) return done();
      const script = document.createElement("script");
      script.src = place.dataset.sdk;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });

  const post = (token) =>
    fetch(place.dataset.session, {
      method: "POST",
      headers: { "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content },
      body: new URLSearchParams({ id_token: token }),
    });

  const done = () => {
    place.dataset.signedIn = "";
    for (const hint of document.querySelectorAll("[data-signed-out]")) hint.hidden = true;
    if (enter) location.replace(enter.dataset.next);
  };

  const login = () => window.liff.login({ redirectUri: location.href });

  const trade = async () => {
    const token = window.liff.getIDToken();
    if (!token) return show("no_token");
    const answer = await post(token);
    if (answer.ok) return done();
    const said = answer.status === 401 || answer.status === 503 ? (await answer.json()).error : "refused";
    // A token lives an hour, a page may stay open for days: LINE gives a new one for signing in anew.
    if (said === "expired" && !window.liff.isInClient()) {
      window.liff.logout();
      return enter ? login() : undefined;
    }
    show(said === "line_silent" ? "line_silent" : "refused", "again");
  };

  const begin = async () => {
    try {
      await load();
      await window.liff.init({ liffId: place.dataset.id });
    } catch {
      return show("line_silent", "again");
    }
    if (!window.liff.isLoggedIn()) return window.liff.isInClient() ? login() : show("ask");
    sessionStorage.removeItem("opened-in-line");
    if (enter || fresh || !("signedIn" in place.dataset)) await trade();
  };

  for (const button of document.querySelectorAll("[data-sign-in]"))
    button.addEventListener("click", () => {
      if (window.liff && !window.liff.isLoggedIn()) login();
      else location.reload();
    });
  begin();
})();
