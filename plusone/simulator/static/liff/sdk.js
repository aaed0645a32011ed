// A stand-in for LINE's LIFF SDK, written for the simulator: the part of window.liff that shops use, with the same names,
// promises and error codes, over the simulator's HTTP instead of LINE's. It contains nothing of LINE's own SDK.

(() => {
  const LINE = new URL(document.currentScript.src).origin;
  const LANGUAGES = { zh: ["分享到", "取消", "分享", "沒有可分享的群組"], ja: ["送信先を選ぶ", "キャンセル", "送信", "送れるグループがありません"], en: ["Share with", "Cancel", "Share", "There is no group to share with"] };
  const SECRET_KEYS = ["access_token", "id_token", "context_token", "feature_token", "client_id"];
  const ANSWER_KEYS = ["code", "state", "error", "error_description", "liffClientId", "liffRedirectUri", "friendship_status_changed", "liff.state"];

  class LiffError extends Error {
    constructor(code, message) {
      super(message);
      Object.assign(this, { name: code, code });
    }
  }

  let id = null;
  let context = null;
  let begun = null;
  let makeReady;
  const ready = new Promise((done) => { makeReady = done; });

  // LINE's own browser keeps what it knows as long as the page's tab lives; other browsers for longer.
  const key = (name) => `LIFF_STORE:${id}:${name}`;
  const stores = () => [sessionStorage, localStorage];
  const get = (name) => stores().map((store) => store.getItem(key(name))).find((value) => value !== null) ?? null;
  const put = (store, values) => Object.entries(values).forEach(([name, value]) => store.setItem(key(name), value));
  const drop = (...names) => stores().forEach((store) => names.forEach((name) => store.removeItem(key(name))));
  const TOKENS = ["accessToken", "IDToken", "clientId", "expires", "inClient"];

  const alive = () => Number(get("expires") ?? 0) > Date.now();
  const isLoggedIn = () => Boolean(get("accessToken")) && alive();
  const isInClient = () => get("inClient") === "1";
  const getAccessToken = () => (isLoggedIn() ? get("accessToken") : null);
  const getIDToken = () => (isLoggedIn() ? get("IDToken") : null);

  async function call(method, path, { body, token } = {}) {
    const headers = token === null ? {} : { Authorization: `Bearer ${token ?? need()}` };
    const options = { method, headers, cache: "no-store" };
    if (body instanceof URLSearchParams) options.body = body;
    else if (body) {
      options.body = JSON.stringify(body);
      headers["Content-Type"] = "application/json";
    }
    const answer = await fetch(`${LINE}/${path}`, options).catch(() => { throw new LiffError("INTERNAL_ERROR", "LINE did not answer"); });
    const data = await answer.json().catch(() => ({}));
    if (answer.ok) return data;
    throw new LiffError(codeOf(answer.status), data.error_description ?? data.message ?? String(answer.status));
  }

  const codeOf = (status) => ({ 400: "INVALID_ARGUMENT", 401: "UNAUTHORIZED", 403: "FORBIDDEN" })[status] ?? String(status);

  function need() {
    const token = getAccessToken();
    if (!token) throw new LiffError("UNAUTHORIZED", "Need access_token for api call, Please login first");
    return token;
  }

  function init(config, done, failed) {
    begun ??= start(config);
    if (done || failed) begun.then(done, failed);
    return begun;
  }

  async function start({ liffId, withLoginOnExternalBrowser = false } = {}) {
    if (!liffId) throw new LiffError("INVALID_CONFIG", "liffId is necessary for liff.init()");
    id = liffId;
    takeCredentials();
    const query = new URLSearchParams(location.search);
    if (query.get("liffClientId") && query.get("code")) await takeCode(query);
    else if (query.has("error") && query.get("liffClientId")) throw new LiffError("INIT_FAILED", query.get("error_description"));
    if (get("accessToken") && !alive()) drop(...TOKENS);
    if (query.has("liff.state")) return goOn(query);
    if (isLoggedIn()) context = await call("GET", `liff/v2/apps/${encodeURIComponent(id)}/context`).catch(forgetDead);
    if (!isLoggedIn() && withLoginOnExternalBrowser) return login();
    makeReady();
    return undefined;
  }

  // A token that LINE no longer knows (revoked, or the simulator was started again) is no login.
  function forgetDead(error) {
    if (error.code !== "UNAUTHORIZED") throw error;
    drop(...TOKENS);
    return null;
  }

  function takeCredentials() {
    const given = new URLSearchParams(location.hash.slice(1));
    if (!given.get("access_token")) return;
    drop(...TOKENS);
    keep(sessionStorage, given.get("access_token"), given.get("id_token"), given.get("client_id"), "1");
    SECRET_KEYS.forEach((name) => given.delete(name));
    const rest = given.toString();
    history.replaceState(history.state, "", location.pathname + location.search + (rest ? `#${rest}` : ""));
  }

  function keep(store, accessToken, idToken, clientId, inClient) {
    const expires = String(Date.now() + 12 * 3600 * 1000);
    put(store, { accessToken, ...(idToken && { IDToken: idToken }), clientId, expires, inClient });
  }

  async function takeCode(query) {
    const kept = JSON.parse(localStorage.getItem(key("login")) ?? "null");
    localStorage.removeItem(key("login"));
    if (!kept || kept.state !== query.get("state")) throw new LiffError("INIT_FAILED", "state does not match");
    const body = new URLSearchParams({
      grant_type: "authorization_code",
      client_id: query.get("liffClientId"),
      code: query.get("code"),
      redirect_uri: query.get("liffRedirectUri"),
      code_verifier: kept.verifier,
      id_token_key_type: "JWK",
    });
    const tokens = await call("POST", "oauth2/v2.1/token", { body, token: null });
    keep(localStorage, tokens.access_token, tokens.id_token, query.get("liffClientId"), "0");
    const wanted = query.get("liff.state");
    ANSWER_KEYS.forEach((name) => query.delete(name));
    if (wanted) query.set("liff.state", wanted);
    history.replaceState(history.state, "", location.pathname + (query.size ? `?${query}` : "") + location.hash);
  }

  // From the primary address to the secondary one: endpoint + path and query of the LIFF address.
  function goOn(query) {
    const wanted = query.get("liff.state");
    const base = `${location.origin}${location.pathname.replace(/\/$/, "")}`;
    const target = new URL(base + (/^[/?#]/.test(wanted) ? wanted : `/${wanted}`));
    query.delete("liff.state");
    for (const [name, value] of query) if (!target.searchParams.has(name)) target.searchParams.append(name, value);
    if (target.origin !== location.origin) throw new LiffError("INIT_FAILED", "liff.state leads elsewhere");
    location.replace(target);
    return new Promise(() => {});
  }

  async function login({ redirectUri = location.href.split("#")[0] } = {}) {
    if (!globalThis.crypto?.subtle) throw new LiffError("INIT_FAILED", "Sign-in needs https or localhost");
    const [state, verifier] = [random(), random() + random()];
    localStorage.setItem(key("login"), JSON.stringify({ state, verifier }));
    const query = new URLSearchParams({
      app_id: id,
      client_id: id.split("-")[0],
      response_type: "code",
      state,
      redirect_uri: redirectUri,
      code_challenge: base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))),
      code_challenge_method: "S256",
      ui_locales: document.documentElement.lang,
    });
    location.assign(`${LINE}/liff/v1/authorize?${query}`);
    return new Promise(() => {});
  }

  const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));
  const base64url = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  function logout() {
    const [token, client] = [get("accessToken"), get("clientId")];
    drop(...TOKENS);
    context = null;
    if (token) call("POST", "oauth2/v2.1/revoke", { body: new URLSearchParams({ access_token: token, client_id: client }), token: null }).catch(() => {});
  }

  function getDecodedIDToken() {
    const token = getIDToken();
    if (!token) return null;
    const bytes = atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"));
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes, (letter) => letter.charCodeAt(0))));
  }

  async function sendMessages(messages) {
    if (!isInClient() || !["utou", "group", "room"].includes(context?.type)) throw new LiffError("FORBIDDEN", "sendMessages works in a page that was opened from a chat");
    await call("POST", "message/v3/share", { body: { messages } });
  }

  async function shareTargetPicker(messages) {
    if (!context?.availability?.shareTargetPicker?.permission) throw new LiffError("FORBIDDEN", "shareTargetPicker is not enabled");
    const { targets } = await call("GET", "liff/v2/share/targets");
    const chosen = await pick(targets);
    if (!chosen.length) return undefined;
    await call("POST", "liff/v2/share", { body: { targets: chosen, messages } });
    return { status: "success" };
  }

  // A list to choose from, over the page; the browser's own dialog keeps the keyboard inside.
  function pick(targets) {
    const [title, cancel, share, nobody] = LANGUAGES[document.documentElement.lang.slice(0, 2)] ?? LANGUAGES.en;
    return new Promise((done) => {
      const dialog = node("dialog", { padding: "20px", border: "0", borderRadius: "16px", width: "min(340px, 90vw)" });
      const form = node("form", { display: "grid", gap: "8px" });
      form.method = "dialog";
      form.append(node("strong", {}, title), ...targets.map(choice));
      if (!targets.length) form.append(node("span", {}, nobody));
      form.append(targets.length ? answer(share, "share", "#06c755") : "", answer(cancel, "", "transparent"));
      dialog.append(form);
      dialog.addEventListener("close", () => {
        const chosen = [...form.querySelectorAll("input:checked")].map((box) => box.value);
        dialog.remove();
        done(dialog.returnValue === "share" ? chosen : []);
      });
      document.body.append(dialog);
      dialog.showModal();
    });
  }

  function choice({ id: target, name }) {
    const label = node("label", { display: "flex", gap: "10px", alignItems: "center", minHeight: "44px" });
    const box = node("input", { width: "20px", height: "20px" });
    Object.assign(box, { type: "checkbox", value: target });
    label.append(box, name);
    return label;
  }

  function answer(words, value, background) {
    const looks = { minHeight: "44px", borderRadius: "10px", border: "0", background, color: value ? "#06251a" : "inherit", fontWeight: "600" };
    return Object.assign(node("button", looks, words), { value });
  }

  function node(tag, looks, words = "") {
    const made = document.createElement(tag);
    Object.assign(made.style, looks);
    made.textContent = words;
    return made;
  }

  function openWindow({ url, external = false }) {
    if (!url) throw new LiffError("INVALID_ARGUMENT", "url is necessary");
    if (isInClient() && !external && window.parent !== window) window.parent.postMessage({ liff: "open", url }, "*");
    else window.open(url, "_blank", "noopener");
  }

  function closeWindow() {
    if (window.parent !== window) window.parent.postMessage({ liff: "close" }, "*");
    else window.close();
  }

  const granted = (scope) => ({ state: context?.scope?.includes(scope) ? "granted" : "unavailable" });
  const language = () => document.documentElement.lang || navigator.language;

  window.liff = {
    id: null,
    ready,
    init: (...given) => { window.liff.id = given[0]?.liffId ?? null; return init(...given); },
    isInClient,
    isLoggedIn,
    login: (config) => void login(config).catch((error) => console.error(error)),
    logout,
    getAccessToken,
    getIDToken,
    getDecodedIDToken,
    getContext: () => context,
    getProfile: () => call("GET", "v2/profile"),
    getFriendship: () => call("GET", "friendship/v1/status"),
    sendMessages,
    shareTargetPicker,
    openWindow,
    closeWindow,
    getOS: () => "web",
    getLanguage: language,
    getAppLanguage: language,
    getVersion: () => "2.0.0-simulator",
    getLineVersion: () => (isInClient() ? "15.0.0" : null),
    isApiAvailable: (name) => name === "shareTargetPicker" && isLoggedIn() && Boolean(context?.availability?.shareTargetPicker?.permission),
    permission: {
      query: async (scope) => granted(scope),
      getGrantedAll: async () => [...(context?.scope ?? [])],
      requestAll: async () => {},
    },
    permanentLink: { createUrlBy: async (url) => createUrl(url) },
  };

  function createUrl(url) {
    const endpoint = new URL(context?.endpointUrl ?? location.href);
    const asked = new URL(url);
    const root = endpoint.pathname.replace(/\/$/, "");
    if (asked.origin !== endpoint.origin || !(asked.pathname + "/").startsWith(root + "/")) throw new LiffError("INVALID_ARGUMENT", "url must start with the endpoint");
    return `${LINE}/${id}${asked.pathname.slice(root.length)}${asked.search}${asked.hash}`;
  }
})();
